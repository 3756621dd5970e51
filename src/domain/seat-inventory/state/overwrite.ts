import { AVAILABLE } from './availability.js';
import type { Reservation } from './reservation.js';
import { reservationOf, type SeatInventory } from './state.js';

/** Rules and dates of the sale, which `evolve` replaces together. */
type SaleRules = Pick<
  SeatInventory,
  'rules' | 'priceOf' | 'onSaleAt' | 'salesEndAt' | 'salesClosed' | 'cancelled'
>;

/** A value that `evolve` has replaced, as it was before. `restore` puts it back. */
export type Overwritten =
  | { readonly of: 'sale'; readonly before: SaleRules }
  | { readonly of: 'seat'; readonly seat: number; readonly status: number; readonly holder: number }
  | { readonly of: 'customer'; readonly customerId: string; readonly seats: number }
  | { readonly of: 'reservation'; readonly before: Reservation }
  /** A new reservation, which had no value before. */
  | { readonly of: 'newest-reservation' };

/** Receives each value that is overwritten, in order. Undefined when changes are final. */
export type Recorder = ((overwritten: Overwritten) => void) | undefined;

/** Puts back a value that `evolve` has overwritten. Values must be restored newest first. */
export function restore(inventory: SeatInventory, overwritten: Overwritten): void {
  switch (overwritten.of) {
    case 'sale':
      Object.assign(inventory, overwritten.before);
      break;
    case 'seat':
      setSeat(inventory, overwritten.seat, overwritten.status, overwritten.holder);
      break;
    case 'customer':
      setSeatCount(inventory, overwritten.customerId, overwritten.seats);
      break;
    case 'reservation':
      setReservation(inventory, overwritten.before);
      break;
    case 'newest-reservation':
      inventory.holds.delete(inventory.reservations.count);
      inventory.reservations.removeNewest();
  }
}

/** Reports the rules of the sale, which the caller is about to replace. */
export function recordSale(inventory: SeatInventory, record: Recorder): void {
  if (!record) return;
  const { rules, priceOf, onSaleAt, salesEndAt, salesClosed, cancelled } = inventory;
  record({
    of: 'sale',
    before: { rules, priceOf, onSaleAt, salesEndAt, salesClosed, cancelled },
  });
}

/** Adds a reservation under the next number. */
export function addNewest(
  inventory: SeatInventory,
  reservation: Reservation,
  record: Recorder,
): void {
  record?.({ of: 'newest-reservation' });
  setReservation(inventory, reservation);
}

export function changeReservation(
  inventory: SeatInventory,
  reservationId: string,
  changes: Partial<Reservation>,
  record: Recorder,
): void {
  const before = existing(inventory, reservationId);
  record?.({ of: 'reservation', before });
  setReservation(inventory, { ...before, ...changes });
}

function setReservation(
  { reservations, holds, deadlines }: SeatInventory,
  reservation: Reservation,
): void {
  const { number, status, expiresAt } = reservation;
  reservations.set(reservation);
  if (status === 'held') {
    holds.add(number);
    deadlines.add(number, expiresAt);
  } else holds.delete(number);
}

export function addToCustomer(
  inventory: SeatInventory,
  { customerId, seatIds }: Reservation,
  sign: 1 | -1,
  record: Recorder,
): void {
  const seats = inventory.seatsOf.get(customerId) ?? 0;
  record?.({ of: 'customer', customerId, seats });
  setSeatCount(inventory, customerId, seats + sign * seatIds.length);
}

function setSeatCount({ seatsOf }: SeatInventory, customerId: string, seats: number): void {
  if (seats > 0) seatsOf.set(customerId, seats);
  else seatsOf.delete(customerId);
}

export function setSeatsOf(
  inventory: SeatInventory,
  { number, seatIds }: Reservation,
  status: number,
  record: Recorder,
): void {
  setSeats(inventory, seatIds, status, status === AVAILABLE ? 0 : number, record);
}

export function setSeats(
  inventory: SeatInventory,
  seatIds: readonly string[],
  status: number,
  holder: number,
  record: Recorder,
): void {
  for (const seatId of seatIds) {
    const seat = indexOf(inventory, seatId);
    record?.({
      of: 'seat',
      seat,
      status: inventory.status[seat]!,
      holder: inventory.holder[seat]!,
    });
    setSeat(inventory, seat, status, holder);
  }
}

function setSeat(inventory: SeatInventory, seat: number, status: number, holder: number): void {
  const run = inventory.layout.runOf[seat]!;
  if (inventory.status[seat] === AVAILABLE) inventory.freeInRun[run]!--;
  if (status === AVAILABLE) inventory.freeInRun[run]!++;
  inventory.status[seat] = status;
  inventory.holder[seat] = holder;
}

/** @throws Error for a reservation that does not exist: the stream is broken */
export function existing(inventory: SeatInventory, reservationId: string): Reservation {
  const reservation = reservationOf(inventory, reservationId);
  if (!reservation)
    throw new Error(`The stream names reservation ${reservationId}, which does not exist`);
  return reservation;
}

/** @throws Error for a seat that the plan does not have: the stream is broken */
function indexOf({ layout }: SeatInventory, seatId: string): number {
  const seat = layout.indexOf.get(seatId);
  if (seat === undefined)
    throw new Error(`The stream names seat ${seatId}, which the seating plan does not have`);
  return seat;
}

/** Uses the strings of the plan, so that a reservation keeps no copy of those from the stream. */
export const spelledAsInPlan = (inventory: SeatInventory, seatIds: readonly string[]): string[] =>
  seatIds.map((seatId) => inventory.layout.seatIds[indexOf(inventory, seatId)]!);
