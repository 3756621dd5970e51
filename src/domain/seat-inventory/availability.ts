/** Status of one seat, as one byte. Its letter is what the read model and the API show. */
export const AVAILABLE = 0;
export const RESERVED = 1;
export const SOLD = 2;
export const BLOCKED = 3;

/** What the choice of seats needs to know of the inventory; both arrays belong to one `SeatLayout`. */
export interface SeatAvailability {
  /** One status byte per seat, in plan order. */
  readonly status: Uint8Array;
  /** Number of available seats per run, so that a sold-out row costs one look. */
  readonly freeInRun: Uint16Array;
}
