import type { ExchangeSeats } from '../../../../src/domain/seat-inventory/commands.js';
import { rules } from '../rules.js';
import { isLapsed, type NaiveAnswer, type NaiveState, type Reservation } from './state.js';

export const isDecided = (
  { payment, turnedDown, exchangePayments }: Reservation,
  reference: string,
): boolean =>
  payment === reference || turnedDown.includes(reference) || exchangePayments.includes(reference);

/** Exchanges the seats of a sale. */
export function exchange(state: NaiveState, one: Reservation, command: ExchangeSeats): NaiveAnswer {
  const { seatIds, payment, now } = command;
  if (payment && isDecided(one, payment.reference)) return 'done';
  const isSame = JSON.stringify([...seatIds].sort()) === JSON.stringify([...one.seats].sort());
  if (!payment && one.status === 'confirmed' && isSame) return 'done';
  const why = whyNot(state, one, command);
  if (why) {
    if (!payment) return why;
    one.turnedDown.push(payment.reference);
    return 'done';
  }
  const over = state.priceOf(one.seats) - state.priceOf(seatIds);
  for (const lapse of lapsesEnded(state, one, seatIds, now)) state.end(lapse, 'expired');
  state.end(one, 'confirmed');
  one.seats = [...seatIds];
  state.give(one, 'sold');
  one.dueBack.push(Math.max(0, over));
  if (payment) one.exchangePayments.push(payment.reference);
  return 'done';
}

/** Holds past their time that the exchange ends. */
function lapsesEnded(
  state: NaiveState,
  one: Reservation,
  ids: readonly string[],
  now: number,
): Reservation[] {
  const seatsAfter = state.seatsHad(one.customer) - one.seats.length + ids.length;
  const own = seatsAfter > rules.maxSeatsPerCustomer ? state.lapsedOf(one.customer, now) : [];
  const others = state
    .seatsNamed(ids)
    .map(({ by }) => state.reservations.get(by!))
    .filter((by) => isLapsed(by, now));
  return [...new Set([...own, ...others.map((by) => by!)])];
}

function whyNot(
  state: NaiveState,
  one: Reservation,
  { seatIds, payment, now }: ExchangeSeats,
): NaiveAnswer | undefined {
  if (one.status !== 'confirmed') return 'reservation-not-confirmed';
  if (state.cancelled) return 'event-cancelled';
  const bad = state.badNames(seatIds);
  if (bad) return bad;
  const others = state.seatsHad(one.customer) - one.seats.length;
  if (others + seatIds.length > rules.maxSeatsPerCustomer) {
    const without = others - state.lapsedOf(one.customer, now).flatMap((own) => own.seats).length;
    if (without + seatIds.length > rules.maxSeatsPerCustomer) return 'too-many-seats';
  }
  const isTaken = state
    .seatsNamed(seatIds)
    .filter(({ status, by }) => status !== 'available' && by !== one.id)
    .some((seat) => !state.isLapsedHold(seat, now));
  if (isTaken) return 'seats-unavailable';
  const dearer = state.priceOf(seatIds) - state.priceOf(one.seats);
  const isPaid = payment ? payment.amount.amountMinor === dearer : dearer <= 0;
  return isPaid ? undefined : 'payment-required';
}
