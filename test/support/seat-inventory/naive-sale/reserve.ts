import type { ReserveSeats } from '../../../../src/domain/seat-inventory/commands.js';
import { rules } from '../rules.js';
import type { NaiveAnswer, NaiveState, Reservation } from './state.js';

/** Carries out a reservation of seats by name. */
export function reserve(state: NaiveState, command: ReserveSeats): NaiveAnswer {
  const { reservationId, customerId, selection, requestDigest, now } = command;
  const before = state.reservations.get(reservationId);
  if (before) {
    return before.customer === customerId && before.digest === requestDigest
      ? 'done'
      : 'idempotency-key-reused';
  }
  const notOnSale = whyNotOnSale(state, now);
  if (notOnSale) return notOnSale;
  if (!('seatIds' in selection)) throw new Error('Name the seats that were picked.');
  const ended = endedBy(state, customerId, selection.seatIds, now);
  if (typeof ended === 'string') return ended;
  for (const one of ended) if (one.status === 'held') state.end(one, 'expired');
  const reservation: Reservation = {
    id: reservationId,
    customer: customerId,
    seats: [...selection.seatIds],
    digest: requestDigest,
    status: 'held',
    reservedAt: now,
    expiresAt: now + rules.holdSeconds * 1_000,
    paying: false,
    turnedDown: [],
    dueBack: [],
    exchangePayments: [],
  };
  state.reservations.set(reservationId, reservation);
  state.give(reservation, 'reserved');
  return 'done';
}

function whyNotOnSale(state: NaiveState, now: number): NaiveAnswer | undefined {
  if (state.cancelled) return 'event-cancelled';
  if (state.closed) return 'sales-closed';
  return state.onSaleAt !== null && now < Date.parse(state.onSaleAt) ? 'sales-not-open' : undefined;
}

/** Returns the holds past their time that a reservation of these seats ends, or its rejection. */
function endedBy(
  state: NaiveState,
  customerId: string,
  seatIds: readonly string[],
  now: number,
): Reservation[] | NaiveAnswer {
  const bad = state.badNames(seatIds);
  if (bad) return bad;
  let ownLapsed: Reservation[] = [];
  if (state.seatsHad(customerId) + seatIds.length > rules.maxSeatsPerCustomer) {
    ownLapsed = state.lapsedOf(customerId, now);
    const without = state.seatsHad(customerId) - ownLapsed.flatMap((one) => one.seats).length;
    if (without + seatIds.length > rules.maxSeatsPerCustomer) return 'too-many-seats';
  }
  const occupied = state.seatsNamed(seatIds).filter((seat) => seat.status !== 'available');
  if (occupied.some((seat) => !state.isLapsedHold(seat, now))) return 'seats-unavailable';
  return [...ownLapsed, ...occupied.map((seat) => state.reservations.get(seat.by!)!)];
}
