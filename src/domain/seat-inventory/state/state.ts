import type { Money } from '../../shared/money.js';
import type { SeatLayout } from '../../seating-plan/layout.js';
import type { SeatAvailability } from './availability.js';
import type { InventoryOpenedData } from '../events.js';
import { HoldDeadlines } from './hold-deadlines.js';
import type { Reservation } from './reservation.js';
import { Reservations } from './reservations.js';

/**
 * Version of the fold. Raise it whenever `evolve`, the shape of the state or the packing of
 * snapshots changes: snapshots of other versions are ignored.
 */
export const SEAT_INVENTORY_FOLD_VERSION = 10;

/**
 * All seats of one event: one status byte and one reservation number per seat, so that 94,000 seats
 * take a few hundred kilobytes and a decision costs only the seats that it names.
 */
export interface SeatInventory extends SeatAvailability {
  readonly layout: SeatLayout;
  /** Rules of the sale; undefined until the inventory is open. */
  rules: InventoryOpenedData | undefined;
  /** Price of each category of the layout, by category index. */
  priceOf: readonly Money[];
  /** Opening of the sale, ISO 8601; null: on sale at once. */
  onSaleAt: string | null;
  /** End of the sale, ISO 8601; undefined: unknown. */
  salesEndAt: string | undefined;
  salesClosed: boolean;
  /** Whether the event was canceled: no sale is possible any more. */
  cancelled: boolean;
  /** Number of the reservation that holds or owns the seat; 0 for none. */
  readonly holder: Uint32Array;
  readonly reservations: Reservations;
  /** Number of seats that each customer holds or owns. */
  readonly seatsOf: Map<string, number>;
  /** Numbers of the held reservations. */
  readonly holds: Set<number>;
  readonly deadlines: HoldDeadlines;
}

export function emptyInventory(layout: SeatLayout): SeatInventory {
  const freeInRun = new Uint16Array(layout.runStart.length - 1);
  for (let run = 0; run < freeInRun.length; run++) {
    freeInRun[run] = layout.runStart[run + 1]! - layout.runStart[run]!;
  }
  const reservations = new Reservations(layout);
  const isCurrentDeadline = (number: number, expiresAt: number) => {
    const reservation = reservations.get(number);
    return reservation?.status === 'held' && reservation.expiresAt === expiresAt;
  };
  return {
    layout,
    rules: undefined,
    priceOf: [],
    onSaleAt: null,
    salesEndAt: undefined,
    salesClosed: false,
    cancelled: false,
    status: new Uint8Array(layout.seatCount),
    freeInRun,
    holder: new Uint32Array(layout.seatCount),
    reservations,
    seatsOf: new Map(),
    holds: new Set(),
    deadlines: new HoldDeadlines(isCurrentDeadline),
  };
}

export function reservationOf(
  { reservations }: SeatInventory,
  reservationId: string,
): Reservation | undefined {
  const number = reservations.numberOf(reservationId);
  return number === undefined ? undefined : reservations.get(number);
}

/** Returns only the customer's own reservation. The system (null) finds every reservation. */
export function findReservation(
  {
    reservationId,
    customerId,
  }: { readonly reservationId: string; readonly customerId: string | null },
  inventory: SeatInventory,
): Reservation | undefined {
  const reservation = reservationOf(inventory, reservationId);
  return customerId === null || reservation?.customerId === customerId ? reservation : undefined;
}

/** Whether sales have ended. `now` is milliseconds since the epoch. */
export const haveSalesEnded = ({ salesEndAt }: SeatInventory, now: number): boolean =>
  salesEndAt !== undefined && now >= Date.parse(salesEndAt);

/**
 * Returns all holds that are past their time, oldest first. `now` is milliseconds since the epoch.
 */
export const overdueHolds = (
  { deadlines, reservations }: SeatInventory,
  now: number,
): Reservation[] => deadlines.passed(now).map((number) => reservations.get(number)!);
