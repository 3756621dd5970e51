import { accept, reject, type Decision } from '../shared/decider.js';
import type { Money } from '../shared/money.js';
import type { SeatLayout } from '../seating-plan/layout.js';
import { nfc } from '../shared/text.js';
import { AVAILABLE } from './availability.js';
import type { ExchangeSeats, SeatInventoryRejection } from './commands.js';
import type { InventoryOpenedData, SeatInventoryEvent } from './events.js';
import {
  checkSeatIds,
  expired,
  inTheWay,
  layoutSeatIds,
  roomUnderLimit,
  seatNames,
  totalOf,
  withoutHolds,
  type Refusal,
} from './reserve.js';
import { strandedSeats } from './single-seat-rule.js';
import {
  findReservation,
  isWithdrawn,
  mustWait,
  turnedDownReason,
  wasBoughtWith,
  type Reservation,
  type SeatInventory,
} from './state.js';

/** The new seats with their price, and the lapsed holds that must be expired first to have them. */
type Choice = {
  readonly seats: readonly number[];
  readonly total: Money;
  readonly lapsed: readonly Reservation[];
};

/**
 * All or nothing, in one append: the buyer has the old seats or the new ones, never both and never neither. Dearer seats
 * are given only for a payment of exactly the difference. Such a payment is decided upon once and for all, as by `SettlePayment`:
 * it has bought the exchange, or it is turned down, the sale stays as it is, and the money has to go back.
 */
export function exchangeSeats(
  command: ExchangeSeats,
  inventory: SeatInventory,
  rules: InventoryOpenedData,
): Decision<SeatInventoryEvent, SeatInventoryRejection> {
  const reservation = findReservation(command, inventory);
  if (!reservation) return reject({ code: 'reservation-not-found' });
  const { payment, now } = command;
  const reference = payment?.reference ?? null;
  if (reference !== null && wasBoughtWith(reservation, reference)) return accept();
  if (reference !== null && turnedDownReason(reservation, reference)) return accept();
  if (!payment && reservation.status === 'confirmed' && hasExactly(reservation, command.seatIds))
    return accept();

  const choice = choose(command, reservation, inventory, rules);
  const refused =
    'refused' in choice ? choice.refused : refusalOfPrice(reservation, choice.total, payment);
  if (refused && reference === null) return reject(refused);
  const givenUp = command.change !== undefined && isWithdrawn(reservation, command.change.id);
  const waits = mustWait(command.change, reservation, givenBack(reservation, command.seatIds));
  if (!refused && waits && !(givenUp && reference !== null)) return accept();
  if (refused || givenUp || 'refused' in choice) {
    const reason = inventory.cancelled ? 'sale-cancelled' : 'exchange-refused';
    return accept({
      type: 'PaymentTurnedDown',
      data: {
        reservationId: reservation.id,
        paymentReference: reference!,
        reason,
        turnedDownAt: new Date(now).toISOString(),
      },
    });
  }
  return accept(
    ...choice.lapsed.map((hold) => expired(hold, now)),
    exchanged(reservation, choice, inventory, reference, now),
  );
}

/** Seats of the sale that are not among these. Ids are compared in Unicode NFC, because callers may have no layout. */
export function givenBack({ seatIds: owned }: Reservation, seatIds: readonly string[]): string[] {
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

/** As in reserving, with the old seats given back. */
function choose(
  { seatIds: named, now }: ExchangeSeats,
  reservation: Reservation,
  inventory: SeatInventory,
  rules: InventoryOpenedData,
): Choice | Refusal {
  if (reservation.status !== 'confirmed') return { refused: { code: 'reservation-not-confirmed' } };
  if (inventory.cancelled) return { refused: { code: 'event-cancelled' } };
  const seatIds = layoutSeatIds(named, inventory.layout);
  const problem = checkSeatIds(seatIds, inventory);
  if (problem) return { refused: problem };
  const { customerId, seatIds: owned } = reservation;
  const room = roomUnderLimit({ customerId, now }, seatIds.length, inventory, rules, owned.length);
  if ('refused' in room) return room;

  const seats = seatIds.map((seatId) => inventory.layout.indexOf.get(seatId)!);
  const others = seats.filter((seat) => inventory.holder[seat] !== reservation.number);
  const { unavailable, lapsed: inWay } = inTheWay(others, inventory, now);
  const lapsed = [...new Set([...room.lapsed, ...inWay])];
  if (unavailable.length > 0) {
    return {
      refused: { code: 'seats-unavailable', unavailableSeatIds: seatNames(inventory, unavailable) },
    };
  }
  const stranded = strandedByExchange(seats, lapsed, reservation, inventory, rules);
  if (stranded.length > 0) {
    return {
      refused: { code: 'single-seat-left', strandedSeatIds: seatNames(inventory, stranded) },
    };
  }
  return { seats, total: totalOf(inventory, seats), lapsed };
}

/** As if the old seats were given back and the new ones picked then; what was alone with the old ones is nobody's fault. */
function strandedByExchange(
  seats: readonly number[],
  lapsed: readonly Reservation[],
  reservation: Reservation,
  inventory: SeatInventory,
  { singleSeatRule }: InventoryOpenedData,
): readonly number[] {
  if (singleSeatRule === 'off') return [];
  const { layout } = inventory;
  const before = withoutHolds(inventory, lapsed).status;
  const between = withoutHolds(inventory, [...lapsed, reservation]).status;
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

/** An event is sold in one currency, so without a payment only amounts can differ. */
function refusalOfPrice(
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
  choice: Choice,
  inventory: SeatInventory,
  paymentReference: string | null,
  now: number,
): SeatInventoryEvent {
  return {
    type: 'SeatsExchanged',
    data: {
      reservationId: id,
      fromSeatIds: seatIds,
      seatIds: seatNames(inventory, choice.seats),
      fromTotal: total,
      total: choice.total,
      paymentReference,
      exchangedAt: new Date(now).toISOString(),
    },
  };
}
