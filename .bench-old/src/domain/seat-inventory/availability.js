/** Status of one seat, as one byte. Its letter is what the read model and the API show. */ export const AVAILABLE = 0;
export const RESERVED = 1;
export const SOLD = 2;
export const BLOCKED = 3;

//# sourceMappingURL=availability.js.map