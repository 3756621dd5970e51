import type { Money } from '../shared/money.js';
import type { SeatLayout } from '../seating-plan/layout.js';
import type { SaleChange } from './commands.js';
import { AVAILABLE, BLOCKED, RESERVED, SOLD, type SeatAvailability } from './availability.js';
import type {
  InventoryOpenedData,
  PaymentTurnedDown,
  SeatInventoryEvent,
  SeatsExchanged,
  SeatsReservedData,
  TurnedDownReason,
  UndoneReason,
} from './events.js';
import { HoldDeadlines } from './hold-deadlines.js';
import { openReservations, type Reservations } from './reservations.js';

/** Version of this fold. Raise it whenever `evolve`, the state's shape or how it is packed changes: older snapshots are then ignored. */
export const SEAT_INVENTORY_FOLD_VERSION = 10;

export type ReservationStatus = 'held' | 'confirmed' | 'expired' | 'released' | 'refunded';

/** One customer's seats. A record is replaced, never changed, so a caller may keep what it was given. */
export interface Reservation {
  readonly id: string;
  /** Its number within this inventory, from 1: what a seat remembers of its holder. */
  readonly number: number;
  readonly customerId: string;
  readonly seatIds: readonly string[];
  readonly status: ReservationStatus;
  readonly total: Money;
  readonly requestDigest: string;
  /** Milliseconds since the epoch. */
  readonly reservedAt: number;
  /** When the hold may be expired, milliseconds since the epoch. It lives until the log says so. */
  readonly expiresAt: number;
  readonly paymentStarted: boolean;
  readonly paymentReference?: string;
  /** When the seats were sold, milliseconds since the epoch: the codes of its tickets say so. */
  readonly confirmedAt?: number;
  /** Why the sale was undone. */
  readonly refundReason?: UndoneReason;
  /** Payments that came and were turned down. */
  readonly turnedDown?: readonly {
    readonly paymentReference: string;
    readonly reason: TurnedDownReason;
  }[];
  /** Oldest first. */
  readonly exchanges?: readonly Exchange[];
  /** Ids of refunds and exchanges that were withdrawn before they were decided. */
  readonly withdrawn?: readonly string[];
}

/** A sale that is still valid. Only this type gets tickets. */
export type ConfirmedReservation = Reservation & {
  readonly status: 'confirmed';
  readonly confirmedAt: number;
};

export const isConfirmed = (
  reservation: Reservation | undefined,
): reservation is ConfirmedReservation =>
  reservation?.status === 'confirmed' && reservation.confirmedAt !== undefined;

/** Seats that were exchanged once. */
export interface Exchange {
  /** Of the capture that paid for dearer seats; null when there was nothing to pay. */
  readonly paymentReference: string | null;
  /** What cheaper seats have left over, in minor units. */
  readonly dueBackMinor: number;
}

/**
 * All seats of one event: one status byte and one reservation number per seat, so that 94,000 seats are a
 * few hundred kilobytes and a decision costs only the seats it names.
 */
export interface SeatInventory extends SeatAvailability {
  readonly layout: SeatLayout;
  /** The rules of the sale; undefined until the inventory is open. */
  rules: InventoryOpenedData | undefined;
  /** Price of each category of the layout, by category index. */
  priceOf: readonly Money[];
  /** Reserving is refused before, ISO 8601; null: on sale at once. */
  onSaleAt: string | null;
  /** No reservations from this time on, ISO 8601; undefined: unknown. */
  salesEndAt: string | undefined;
  salesClosed: boolean;
  /** No sale can come about any more. */
  cancelled: boolean;
  /** Number of the reservation that holds or owns the seat; 0 for none. */
  readonly holder: Uint32Array;
  readonly reservations: Reservations;
  /** Seats that each customer holds or owns. */
  readonly seatsOf: Map<string, number>;
  /** Numbers of the reservations that are held now. */
  readonly holds: Set<number>;
  readonly deadlines: HoldDeadlines;
  /** Where folds are recorded that may have to be taken back; undefined when they are final. */
  draft: Draft | undefined;
}

export function emptyInventory(layout: SeatLayout): SeatInventory {
  const freeInRun = new Uint16Array(layout.runStart.length - 1);
  for (let run = 0; run < freeInRun.length; run++) {
    freeInRun[run] = layout.runStart[run + 1]! - layout.runStart[run]!;
  }
  const reservations = openReservations(layout);
  const isSo = (number: number, expiresAt: number) => {
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
    deadlines: new HoldDeadlines(isSo),
    draft: undefined,
  };
}

export function reservationOf(
  inventory: SeatInventory,
  reservationId: string,
): Reservation | undefined {
  const { reservations } = inventory;
  const number = reservations.numberOf(reservationId);
  return number === undefined ? undefined : reservations.get(number);
}

/** Another customer's reservation is answered like one that was never made; the system (null) finds any. */
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

/** Whether seats were sold for this payment. */
export const wasBoughtWith = (
  { paymentReference, exchanges = [] }: Reservation,
  reference: string,
): boolean =>
  paymentReference === reference ||
  exchanges.some((exchange) => exchange.paymentReference === reference);

/** Why this payment was turned down, if it was. */
export const turnedDownReason = (
  { turnedDown = [] }: Reservation,
  reference: string,
): TurnedDownReason | undefined =>
  turnedDown.find(({ paymentReference }) => paymentReference === reference)?.reason;

/** Whether sales have ended. `now` is milliseconds since the epoch. */
export const isOver = ({ salesEndAt }: SeatInventory, now: number): boolean =>
  salesEndAt !== undefined && now >= Date.parse(salesEndAt);

/** Whether this refund or exchange was withdrawn. */
export const isWithdrawn = ({ withdrawn = [] }: Reservation, changeId: string): boolean =>
  withdrawn.includes(changeId);

/** Whether a refund or exchange cannot happen: a ticket is not void yet, or the change was withdrawn. */
export function mustWait(
  change: SaleChange | undefined,
  reservation: Reservation,
  takenBack: readonly string[],
): boolean {
  if (!change) return false;
  const isVoid = new Set(change.voidedSeatIds);
  return isWithdrawn(reservation, change.id) || !takenBack.every((seatId) => isVoid.has(seatId));
}

/** Past its time, but not yet expired in the log. `now` is milliseconds since the epoch. */
export function isOverdue(reservation: Reservation, now: number): boolean {
  return reservation.status === 'held' && reservation.expiresAt <= now;
}

/** All of these, oldest first. */
export function overdueHolds(
  { deadlines, reservations }: SeatInventory,
  now: number,
): Reservation[] {
  return deadlines.passed(now).map((number) => reservations.get(number)!);
}

/** What was folded but is not durable yet: the steps that take it back, oldest first. */
export type Draft = (() => void)[];

/** From here on every fold is recorded in the new draft, until the next one begins or `endDraft`. */
export function beginDraft(inventory: SeatInventory): Draft {
  return (inventory.draft = []);
}

/** Folds are final again. */
export function endDraft(inventory: SeatInventory): void {
  inventory.draft = undefined;
}

/** Takes back the newest folds of a draft until `steps` (its earlier length) are left. Of two drafts, the younger goes first. */
export function takeBack(draft: Draft, steps = 0): void {
  while (draft.length > steps) draft.pop()!();
}

/** A later version has written it: what it means for the seats, this fold cannot know. */
export class UnknownDomainEvent extends Error {
  override name = 'UnknownDomainEvent';
}

/** Folds one domain event into the inventory, in place: it is owned by one writer. @throws UnknownDomainEvent */
export function evolve(inventory: SeatInventory, event: SeatInventoryEvent): void {
  switch (event.type) {
    case 'InventoryOpened':
      return open(inventory, event.data);
    case 'SeatsReserved':
      return addReservation(inventory, event.data);
    case 'PaymentStarted':
      return change(inventory, event.data.reservationId, {
        paymentStarted: true,
        expiresAt: Date.parse(event.data.expiresAt),
      });
    case 'ReservationConfirmed':
      setSeatsOf(inventory, event.data.reservationId, SOLD);
      return change(inventory, event.data.reservationId, {
        status: 'confirmed',
        paymentReference: event.data.paymentReference,
        confirmedAt: Date.parse(event.data.confirmedAt),
      });
    case 'PaymentTurnedDown':
      return addTurnedDown(inventory, event.data);
    case 'SaleChangeWithdrawn': {
      const { reservationId, changeId } = event.data;
      const { withdrawn = [] } = known(inventory, reservationId);
      return change(inventory, reservationId, { withdrawn: [...withdrawn, changeId] });
    }
    case 'SeatsExchanged':
      return exchange(inventory, event.data);
    case 'ReservationExpired':
      return end(inventory, event.data.reservationId, 'expired');
    case 'ReservationReleased':
      return end(inventory, event.data.reservationId, 'released');
    case 'ReservationRefunded':
      end(inventory, event.data.reservationId, 'refunded');
      return change(inventory, event.data.reservationId, { refundReason: event.data.reason });
    case 'ReservationReinstated':
      change(inventory, event.data.reservationId, {
        status: 'held',
        expiresAt: Date.parse(event.data.expiresAt),
      });
      addToCustomer(inventory, event.data.reservationId, +1);
      return setSeatsOf(inventory, event.data.reservationId, RESERVED);
    case 'SeatsBlocked':
      return setSeats(inventory, event.data.seatIds, BLOCKED, 0);
    case 'SeatsUnblocked':
      return setSeats(inventory, event.data.seatIds, AVAILABLE, 0);
    case 'OnSaleMoved':
      return setOnSale(inventory, event.data.onSaleAt);
    case 'SalesEndMoved':
      return setSalesEnd(inventory, event.data.salesEndAt);
    case 'SalesClosed':
      return setClosed(inventory, inventory.cancelled);
    case 'SaleCancelled':
      return setClosed(inventory, true);
    default:
      throw new UnknownDomainEvent((event satisfies never as { type: string }).type);
  }
}

function open(inventory: SeatInventory, rules: InventoryOpenedData): void {
  const { rules: before, priceOf } = inventory;
  inventory.draft?.push(() => Object.assign(inventory, { rules: before, priceOf }));
  inventory.rules = rules;
  setOnSale(inventory, rules.onSaleAt);
  setSalesEnd(inventory, rules.salesEndAt);
  const prices = new Map(
    rules.prices.map(({ category, amountMinor, currency }) => [
      category,
      { amountMinor, currency },
    ]),
  );
  const currency = rules.prices[0]?.currency ?? 'XXX';
  inventory.priceOf = inventory.layout.categories.map(
    ({ name }) => prices.get(name) ?? { amountMinor: 0, currency },
  );
}

function setOnSale(inventory: SeatInventory, onSaleAt: string | null): void {
  const { onSaleAt: before } = inventory;
  inventory.draft?.push(() => Object.assign(inventory, { onSaleAt: before }));
  inventory.onSaleAt = onSaleAt;
}

function setSalesEnd(inventory: SeatInventory, salesEndAt: string | undefined): void {
  const { salesEndAt: before } = inventory;
  inventory.draft?.push(() => Object.assign(inventory, { salesEndAt: before }));
  inventory.salesEndAt = salesEndAt;
}

function setClosed(inventory: SeatInventory, cancelled: boolean): void {
  const { salesClosed, cancelled: before } = inventory;
  inventory.draft?.push(() => Object.assign(inventory, { salesClosed, cancelled: before }));
  Object.assign(inventory, { salesClosed: true, cancelled });
}

function addReservation(inventory: SeatInventory, data: SeatsReservedData): void {
  const number = inventory.reservations.count + 1;
  inventory.draft?.push(() => {
    inventory.reservations.removeNewest();
    inventory.holds.delete(number);
  });
  const expiresAt = Date.parse(data.expiresAt);
  inventory.reservations.set({
    id: data.reservationId,
    number,
    customerId: data.customerId,
    seatIds: asInPlan(inventory, data.seatIds),
    status: 'held',
    total: data.total,
    requestDigest: data.requestDigest,
    reservedAt: Date.parse(data.reservedAt),
    expiresAt,
    paymentStarted: false,
  });
  inventory.holds.add(number);
  inventory.deadlines.add(number, expiresAt);
  addToCustomer(inventory, data.reservationId, +1);
  setSeats(inventory, data.seatIds, RESERVED, number);
}

/** Names as the plan has them: a reservation is kept for good, and needs no copy of each that the log has brought. */
function asInPlan({ layout }: SeatInventory, seatIds: readonly string[]): string[] {
  return seatIds.map((seatId) => {
    const seat = layout.indexOf.get(seatId);
    if (seat === undefined)
      throw new Error(`The log names seat ${seatId}, which the plan does not have.`);
    return layout.seatIds[seat]!;
  });
}

/** Expired, released or refunded: the seats are anybody's again. */
function end(inventory: SeatInventory, reservationId: string, status: ReservationStatus): void {
  setSeatsOf(inventory, reservationId, AVAILABLE);
  addToCustomer(inventory, reservationId, -1);
  change(inventory, reservationId, { status });
}

function change(
  inventory: SeatInventory,
  reservationId: string,
  changes: Partial<Reservation>,
): void {
  const before = known(inventory, reservationId);
  const after = { ...before, ...changes };
  setReservation(inventory, after);
  inventory.draft?.push(() => setReservation(inventory, before));
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

function addTurnedDown(
  inventory: SeatInventory,
  { reservationId, paymentReference, reason }: PaymentTurnedDown['data'],
): void {
  const { turnedDown = [] } = known(inventory, reservationId);
  change(inventory, reservationId, { turnedDown: [...turnedDown, { paymentReference, reason }] });
}

/** The old seats are given back before the new ones are taken, so that what is in both stays sold. */
function exchange(inventory: SeatInventory, data: SeatsExchanged['data']): void {
  const { reservationId, seatIds, total, fromTotal, paymentReference } = data;
  const { exchanges = [] } = known(inventory, reservationId);
  const dueBackMinor = Math.max(0, fromTotal.amountMinor - total.amountMinor);
  setSeatsOf(inventory, reservationId, AVAILABLE);
  addToCustomer(inventory, reservationId, -1);
  change(inventory, reservationId, {
    seatIds: asInPlan(inventory, seatIds),
    total,
    exchanges: [...exchanges, { paymentReference, dueBackMinor }],
  });
  addToCustomer(inventory, reservationId, +1);
  setSeatsOf(inventory, reservationId, SOLD);
}

function addToCustomer(inventory: SeatInventory, reservationId: string, sign: 1 | -1): void {
  const { customerId, seatIds } = known(inventory, reservationId);
  const { seatsOf } = inventory;
  const before = seatsOf.get(customerId) ?? 0;
  const put = (count: number) =>
    count > 0 ? seatsOf.set(customerId, count) : seatsOf.delete(customerId);
  put(before + sign * seatIds.length);
  inventory.draft?.push(() => put(before));
}

function setSeatsOf(inventory: SeatInventory, reservationId: string, status: number): void {
  const { number, seatIds } = known(inventory, reservationId);
  setSeats(inventory, seatIds, status, status === AVAILABLE ? 0 : number);
}

function setSeats(
  inventory: SeatInventory,
  seatIds: readonly string[],
  status: number,
  number: number,
): void {
  const { indexOf } = inventory.layout;
  for (const seatId of seatIds) {
    const seat = indexOf.get(seatId);
    if (seat === undefined)
      throw new Error(`The log names seat ${seatId}, which the plan does not have.`);
    const statusBefore = inventory.status[seat]!;
    const holderBefore = inventory.holder[seat]!;
    setSeat(inventory, seat, status, number);
    inventory.draft?.push(() => setSeat(inventory, seat, statusBefore, holderBefore));
  }
}

function setSeat(inventory: SeatInventory, seat: number, status: number, number: number): void {
  const run = inventory.layout.runOf[seat]!;
  if (inventory.status[seat] === AVAILABLE) inventory.freeInRun[run]!--;
  if (status === AVAILABLE) inventory.freeInRun[run]!++;
  inventory.status[seat] = status;
  inventory.holder[seat] = number;
}

function known(inventory: SeatInventory, reservationId: string): Reservation {
  const reservation = reservationOf(inventory, reservationId);
  if (!reservation)
    throw new Error(`The log names reservation ${reservationId}, which was never made.`);
  return reservation;
}
