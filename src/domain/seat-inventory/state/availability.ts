/** Status of one seat, as one byte. The read model and the API show it as a letter. */
export const AVAILABLE = 0;
export const RESERVED = 1;
export const SOLD = 2;
export const BLOCKED = 3;

/**
 * The part of the inventory that the selection of seats needs. Both arrays belong to one
 * `SeatLayout`.
 */
export interface SeatAvailability {
  /** One status byte per seat, in plan order. */
  readonly status: Uint8Array;
  /** Number of available seats per run, so that a sold-out row costs one lookup. */
  readonly freeInRun: Uint16Array;
}
