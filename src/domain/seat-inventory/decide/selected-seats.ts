import type { Money } from '../../shared/money.js';
import { AVAILABLE, RESERVED, type SeatAvailability } from '../state/availability.js';
import type { SeatInventoryRejection } from '../commands.js';
import type { InventoryOpenedData } from '../events.js';
import { isOverdue, type Reservation } from '../state/reservation.js';
import { overdueHolds, type SeatInventory } from '../state/state.js';

/** Selected seats, and the overdue holds that have to expire first. */
export interface SelectedSeats {
  readonly seats: readonly number[];
  readonly overdue: readonly Reservation[];
}

export interface Rejected {
  readonly rejection: SeatInventoryRejection;
}

/** Separates seats that are unavailable from seats of overdue holds, which can expire now. */
export function partitionAvailability(
  seats: readonly number[],
  { status, holder, reservations }: SeatInventory,
  now: number,
): { readonly unavailable: readonly number[]; readonly overdue: ReadonlySet<Reservation> } {
  const overdue = new Set<Reservation>();
  const unavailable = seats.filter((seat) => {
    if (status[seat] === AVAILABLE) return false;
    const held = status[seat] === RESERVED ? reservations.get(holder[seat]!) : undefined;
    if (!held || !isOverdue(held, now)) return true;
    overdue.add(held);
    return false;
  });
  return { unavailable, overdue };
}

/**
 * Checks that the customer may have so many more seats. If not, counts again without the customer's
 * overdue holds and returns them: they have to expire first.
 * @param returned number of seats that the customer gives back in exchange
 */
export function checkCustomerLimit(
  { customerId, now }: { readonly customerId: string; readonly now: number },
  requested: number,
  inventory: SeatInventory,
  { maxSeatsPerCustomer: limit }: InventoryOpenedData,
  returned = 0,
): { readonly overdue: readonly Reservation[] } | Rejected {
  const counted = (inventory.seatsOf.get(customerId) ?? 0) - returned;
  if (counted + requested <= limit) return { overdue: [] };
  const overdue = overdueHolds(inventory, now).filter((hold) => hold.customerId === customerId);
  const alreadyYours = overdue.reduce((left, { seatIds }) => left - seatIds.length, counted);
  return alreadyYours + requested <= limit
    ? { overdue }
    : { rejection: { code: 'too-many-seats', limit, alreadyYours } };
}

/** Returns a copy of the availability in which the seats of these reservations are available. */
export function availabilityWithout(
  { layout, status, freeInRun }: SeatInventory,
  reservations: Iterable<Reservation>,
): SeatAvailability {
  const copy = { status: status.slice(), freeInRun: freeInRun.slice() };
  for (const { seatIds } of reservations) {
    for (const seatId of seatIds) {
      const seat = layout.indexOf.get(seatId)!;
      copy.status[seat] = AVAILABLE;
      copy.freeInRun[layout.runOf[seat]!]!++;
    }
  }
  return copy;
}

/** Adds up the prices. All prices of an event have the same currency. */
export function totalOf({ layout, priceOf }: SeatInventory, seats: readonly number[]): Money {
  const prices = seats.map((seat) => priceOf[layout.categoryOf[seat]!]!);
  return {
    amountMinor: prices.reduce((sum, { amountMinor }) => sum + amountMinor, 0),
    currency: prices[0]!.currency,
  };
}
