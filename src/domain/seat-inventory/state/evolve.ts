import type { Money } from '../../shared/money.js';
import { AVAILABLE, BLOCKED, RESERVED, SOLD } from './availability.js';
import type {
  InventoryOpenedData,
  SeatInventoryEvent,
  SeatsExchanged,
  SeatsReservedData,
} from '../events.js';
import {
  addNewest,
  addToCustomer,
  changeReservation,
  existing,
  recordSale,
  setSeats,
  setSeatsOf,
  spelledAsInPlan,
  type Recorder,
} from './overwrite.js';
import type { Reservation, ReservationStatus } from './reservation.js';
import type { SeatInventory } from './state.js';

/** A later version has written this domain event, and its effect on the seats is unknown here. */
export class UnknownDomainEvent extends Error {
  override name = 'UnknownDomainEvent';
}

/**
 * Folds one domain event into the inventory, in place: one writer owns the inventory.
 * @param record receives each value that is overwritten, in order
 * @throws UnknownDomainEvent
 */
export function evolve(
  inventory: SeatInventory,
  event: SeatInventoryEvent,
  record?: Recorder,
): SeatInventory {
  switch (event.type) {
    case 'SeatsReserved':
      addReservation(inventory, event.data, record);
      break;
    case 'SeatsBlocked':
      setSeats(inventory, event.data.seatIds, BLOCKED, 0, record);
      break;
    case 'SeatsUnblocked':
      setSeats(inventory, event.data.seatIds, AVAILABLE, 0, record);
      break;
    case 'InventoryOpened':
    case 'OnSaleMoved':
    case 'SalesEndMoved':
    case 'SalesClosed':
    case 'SaleCancelled':
      recordSale(inventory, record);
      evolveSale(inventory, event);
      break;
    default:
      evolveReservation(inventory, event, record);
  }
  return inventory;
}

type SaleEvent = Extract<
  SeatInventoryEvent,
  { type: 'InventoryOpened' | 'OnSaleMoved' | 'SalesEndMoved' | 'SalesClosed' | 'SaleCancelled' }
>;

function evolveSale(inventory: SeatInventory, { type, data }: SaleEvent): void {
  switch (type) {
    case 'InventoryOpened':
      inventory.rules = data;
      inventory.onSaleAt = data.onSaleAt;
      inventory.salesEndAt = data.salesEndAt;
      inventory.priceOf = pricesByCategory(inventory, data);
      break;
    case 'OnSaleMoved':
      inventory.onSaleAt = data.onSaleAt;
      break;
    case 'SalesEndMoved':
      inventory.salesEndAt = data.salesEndAt;
      break;
    case 'SaleCancelled':
      inventory.cancelled = true;
      inventory.salesClosed = true;
      break;
    case 'SalesClosed':
      inventory.salesClosed = true;
  }
}

function pricesByCategory({ layout }: SeatInventory, { prices }: InventoryOpenedData): Money[] {
  const priceOf = new Map(
    prices.map(({ category, amountMinor, currency }) => [category, { amountMinor, currency }]),
  );
  const currency = prices[0]?.currency ?? 'XXX';
  return layout.categories.map(({ name }) => priceOf.get(name) ?? { amountMinor: 0, currency });
}

type ReservationEvent = Exclude<
  SeatInventoryEvent,
  SaleEvent | { type: 'SeatsReserved' | 'SeatsBlocked' | 'SeatsUnblocked' }
>;

/** Folds a domain event about an existing reservation. */
function evolveReservation(
  inventory: SeatInventory,
  event: ReservationEvent,
  record: Recorder,
): void {
  const change = (changes: Partial<Reservation>) =>
    changeReservation(inventory, event.data.reservationId, changes, record);
  const before = () => existing(inventory, event.data.reservationId);
  switch (event.type) {
    case 'PaymentStarted':
      return change({ paymentStarted: true, expiresAt: Date.parse(event.data.expiresAt) });
    case 'ReservationConfirmed': {
      const { paymentReference, confirmedAt } = event.data;
      setSeatsOf(inventory, before(), SOLD, record);
      return change({
        status: 'confirmed',
        paymentReference,
        confirmedAt: Date.parse(confirmedAt),
      });
    }
    case 'PaymentTurnedDown': {
      const { paymentReference, reason } = event.data;
      const { turnedDown = [] } = before();
      return change({ turnedDown: [...turnedDown, { paymentReference, reason }] });
    }
    case 'SaleChangeWithdrawn': {
      const { withdrawn = [] } = before();
      return change({ withdrawn: [...withdrawn, event.data.changeId] });
    }
    case 'SeatsExchanged':
      return exchange(inventory, before(), event.data, record);
    case 'ReservationExpired':
      return end(inventory, before(), 'expired', record);
    case 'ReservationReleased':
      return end(inventory, before(), 'released', record);
    case 'ReservationRefunded':
      end(inventory, before(), 'refunded', record);
      return change({ refundReason: event.data.reason });
    case 'ReservationReinstated':
      change({ status: 'held', expiresAt: Date.parse(event.data.expiresAt) });
      addToCustomer(inventory, before(), +1, record);
      return setSeatsOf(inventory, before(), RESERVED, record);
    default:
      throw new UnknownDomainEvent((event satisfies never as { type: string }).type);
  }
}

function addReservation(inventory: SeatInventory, data: SeatsReservedData, record: Recorder): void {
  const reservation: Reservation = {
    id: data.reservationId,
    number: inventory.reservations.count + 1,
    customerId: data.customerId,
    seatIds: spelledAsInPlan(inventory, data.seatIds),
    status: 'held',
    total: data.total,
    requestDigest: data.requestDigest,
    reservedAt: Date.parse(data.reservedAt),
    expiresAt: Date.parse(data.expiresAt),
    paymentStarted: false,
  };
  addNewest(inventory, reservation, record);
  addToCustomer(inventory, reservation, +1, record);
  setSeats(inventory, data.seatIds, RESERVED, reservation.number, record);
}

/** Ends a hold or a sale and makes its seats available. */
function end(
  inventory: SeatInventory,
  reservation: Reservation,
  status: ReservationStatus,
  record: Recorder,
): void {
  setSeatsOf(inventory, reservation, AVAILABLE, record);
  addToCustomer(inventory, reservation, -1, record);
  changeReservation(inventory, reservation.id, { status }, record);
}

/** Returns the old seats before it takes the new ones, so that seats in both lists stay sold. */
function exchange(
  inventory: SeatInventory,
  before: Reservation,
  { seatIds, total, fromTotal, paymentReference }: SeatsExchanged['data'],
  record: Recorder,
): void {
  const { id, exchanges = [] } = before;
  const dueBackMinor = Math.max(0, fromTotal.amountMinor - total.amountMinor);
  setSeatsOf(inventory, before, AVAILABLE, record);
  addToCustomer(inventory, before, -1, record);
  const changes = {
    seatIds: spelledAsInPlan(inventory, seatIds),
    total,
    exchanges: [...exchanges, { paymentReference, dueBackMinor }],
  };
  changeReservation(inventory, id, changes, record);
  const after = existing(inventory, id);
  addToCustomer(inventory, after, +1, record);
  setSeatsOf(inventory, after, SOLD, record);
}
