/** Most seats that an event may allow one customer, and so one reservation. */ export const MAX_SEATS_PER_CUSTOMER = 100;
/** Seats named in one block command, and in one `SeatsBlocked`, so that it stays far below 256 KiB. */ export const MAX_SEATS_PER_BLOCK = 1_000;
/** Reservations ended by one command, and the seats of them all, so that its domain events fit one append. */ export const MAX_EXPIRED_PER_COMMAND = 100;
export const MAX_SEATS_EXPIRED_PER_COMMAND = 2_000;
/** Payment reference of what cost nothing: no provider was asked. */ export const FREE_OF_CHARGE = 'free of charge';
/** Starting payment gives the hold at least this long, or its own length when that is shorter, within its cap. */ export const PAYMENT_EXTENSION_SECONDS = 300;

//# sourceMappingURL=commands.js.map