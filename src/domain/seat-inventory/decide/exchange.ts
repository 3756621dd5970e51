import { accept, reject } from '../../shared/decider.js';
import type { Money } from '../../shared/money.js';
import type { SeatLayout } from '../../seating-plan/layout.js';
import { nfc } from '../../shared/text.js';
import { AVAILABLE } from '../state/availability.js';
import type { ExchangeSeats, SeatInventoryDecision, SeatInventoryRejection } from '../commands.js';
import type { InventoryOpenedData, SeatInventoryEvent } from '../events.js';
import { turnedDown } from './payment.js';
import { mustWait } from './refund.js';
import { expired } from './release.js';
import {
  isWithdrawn,
  turnedDownReason,
  wasBoughtWith,
  type Reservation,
} from '../state/reservation.js';
import { checkSeatIds, layoutSeatIds, seatNames } from './seat-names.js';
import {
  availabilityWithout,
  checkCustomerLimit,
  partitionAvailability,
  totalOf,
  type Rejected,
  type SelectedSeats,
} from './selected-seats.js';
import { strandedSeats } from '../picking/single-seat-rule.js';
import { findReservation, type SeatInventory } from '../state/state.js';

/** New seats with their total price. */
type NewSeats = SelectedSeats & { readonly total: Money };

/**
 * Exchanges all seats or none, in one append: the buyer has either the old seats or the new ones.
 * More expensive seats need a payment of exactly the difference. Such a payment is decided once,
 * like in `SettlePayment`: either it buys the exchange, or it is turned down and has to be
 * refunded.
 */
export function exchangeSeats(
  command: ExchangeSeats,
  inventory: SeatInventory,
  rules: InventoryOpenedData,
): SeatInventoryDecision {
  const reservation = findReservation(command, inventory);
  if (!reservation) return reject({ code: 'reservation-not-found' });
  const { payment, change, now } = command;
  if (isDecided(command, reservation)) return accept();

  const turnDown = (reference: string) => {
    const reason = inventory.cancelled ? 'sale-cancelled' : 'exchange-refused';
    return accept(turnedDown(reservation, reference, reason, now));
  };
  const selected = selectNew(command, reservation, inventory, rules);
  if ('rejection' in selected)
    return payment ? turnDown(payment.reference) : reject(selected.rejection);
  if (payment && change && isWithdrawn(reservation, change.id)) return turnDown(payment.reference);
  if (mustWait(change, reservation, returnedSeats(reservation, command.seatIds))) return accept();
  return accept(
    ...selected.overdue.map((hold) => expired(hold, now)),
    exchanged(reservation, selected, inventory.layout, payment?.reference ?? null, now),
  );
}

/** Whether an earlier command has already exchanged the seats or turned the payment down. */
function isDecided({ seatIds, payment }: ExchangeSeats, reservation: Reservation): boolean {
  if (!payment) return reservation.status === 'confirmed' && hasExactly(reservation, seatIds);
  const { reference } = payment;
  return (
    wasBoughtWith(reservation, reference) || turnedDownReason(reservation, reference) !== undefined
  );
}

/**
 * Returns the seats of the sale that are not among `seatIds`. Compares ids in Unicode NFC, because
 * callers may not have the layout.
 */
export function returnedSeats(
  { seatIds: owned }: Reservation,
  seatIds: readonly string[],
): string[] {
  const kept = new Set(seatIds.map(nfc));
  return owned.filter((seatId) => !kept.has(nfc(seatId)));
}

function hasExactly({ seatIds: owned }: Reservation, seatIds: readonly string[]): boolean {
  const wanted = new Set(seatIds.map(nfc));
  return (
    seatIds.length === owned.length &&
    wanted.size === owned.length &&
    owned.every((seatId) => wanted.has(nfc(seatId)))
  );
}

/** Selects the new seats like a reservation, as if the old seats had been returned. */
function selectNew(
  { seatIds: named, payment, now }: ExchangeSeats,
  reservation: Reservation,
  inventory: SeatInventory,
  rules: InventoryOpenedData,
): NewSeats | Rejected {
  if (reservation.status !== 'confirmed')
    return { rejection: { code: 'reservation-not-confirmed' } };
  if (inventory.cancelled) return { rejection: { code: 'event-cancelled' } };
  const { layout, holder } = inventory;
  const seatIds = layoutSeatIds(named, layout);
  const problem = checkSeatIds(seatIds, layout);
  if (problem) return { rejection: problem };
  const { customerId, number, seatIds: owned } = reservation;
  const customer = { customerId, now };
  const limit = checkCustomerLimit(customer, seatIds.length, inventory, rules, owned.length);
  if ('rejection' in limit) return limit;

  const seats = seatIds.map((seatId) => layout.indexOf.get(seatId)!);
  const others = seats.filter((seat) => holder[seat] !== number);
  const { unavailable, overdue: holding } = partitionAvailability(others, inventory, now);
  if (unavailable.length > 0) {
    const unavailableSeatIds = seatNames(layout, unavailable);
    return { rejection: { code: 'seats-unavailable', unavailableSeatIds } };
  }
  const overdue = [...new Set([...limit.overdue, ...holding])];
  const stranded = strandedByExchange(seats, overdue, reservation, inventory, rules);
  if (stranded.length > 0) {
    const strandedSeatIds = seatNames(layout, stranded);
    return { rejection: { code: 'single-seat-left', strandedSeatIds } };
  }
  const total = totalOf(inventory, seats);
  const rejection = checkPrice(reservation, total, payment);
  return rejection ? { rejection } : { seats, total, overdue };
}

/**
 * Applies the single-seat rule as if the old seats were returned and the new ones picked then. A
 * seat that was alone before the exchange does not count.
 */
function strandedByExchange(
  seats: readonly number[],
  overdue: readonly Reservation[],
  reservation: Reservation,
  inventory: SeatInventory,
  { singleSeatRule }: InventoryOpenedData,
): readonly number[] {
  if (singleSeatRule === 'off') return [];
  const { layout } = inventory;
  const before = availabilityWithout(inventory, overdue).status;
  const between = availabilityWithout(inventory, [...overdue, reservation]).status;
  return strandedSeats(layout, between, seats, singleSeatRule).filter(
    (seat) => !isAlone(layout, before, seat),
  );
}

function isAlone({ runOf, runStart }: SeatLayout, status: Uint8Array, seat: number): boolean {
  const run = runOf[seat]!;
  const freeBeside = [seat - 1, seat + 1].some(
    (beside) =>
      beside >= runStart[run]! && beside < runStart[run + 1]! && status[beside] === AVAILABLE,
  );
  return status[seat] === AVAILABLE && !freeBeside;
}

/** All prices of an event have one currency, so without a payment only amounts can differ. */
function checkPrice(
  { total: from }: Reservation,
  total: Money,
  payment: ExchangeSeats['payment'],
): SeatInventoryRejection | undefined {
  const difference = {
    amountMinor: total.amountMinor - from.amountMinor,
    currency: total.currency,
  };
  const isPaid = payment
    ? payment.amount.amountMinor === difference.amountMinor &&
      payment.amount.currency === difference.currency
    : difference.amountMinor <= 0;
  return isPaid ? undefined : { code: 'payment-required', difference };
}

function exchanged(
  { id, seatIds, total }: Reservation,
  { seats, total: newTotal }: NewSeats,
  layout: SeatLayout,
  paymentReference: string | null,
  now: number,
): SeatInventoryEvent {
  return {
    type: 'SeatsExchanged',
    data: {
      reservationId: id,
      fromSeatIds: seatIds,
      seatIds: seatNames(layout, seats),
      fromTotal: total,
      total: newTotal,
      paymentReference,
      exchangedAt: new Date(now).toISOString(),
    },
  };
}
