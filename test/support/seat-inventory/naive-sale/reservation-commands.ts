import {
  PAYMENT_EXTENSION_SECONDS,
  type SeatInventoryCommand,
} from '../../../../src/domain/seat-inventory/commands.js';
import { rules } from '../rules.js';
import { exchange, isDecided } from './exchange.js';
import type { NaiveAnswer, NaiveState, Reservation } from './state.js';

type Type =
  | `${'Confirm' | 'Release' | 'Reinstate' | 'Refund'}Reservation`
  | 'StartPayment'
  | 'SettlePayment'
  | 'WithdrawSaleChange'
  | 'ExchangeSeats';
/** A command that names one reservation. */
export type ReservationCommand = Extract<SeatInventoryCommand, { type: Type }>;

type Handlers = {
  [T in Type]: (
    state: NaiveState,
    one: Reservation,
    command: Extract<ReservationCommand, { type: T }>,
  ) => NaiveAnswer;
};

/** Carries a command about one reservation out. */
export function answerReservation(state: NaiveState, command: ReservationCommand): NaiveAnswer {
  const one = state.reservations.get(command.reservationId);
  if (!one || (command.customerId !== null && command.customerId !== one.customer))
    return 'reservation-not-found';
  return HANDLERS[command.type](state, one, command as never);
}

const HANDLERS: Handlers = {
  StartPayment: (state, one, command) => {
    const { status } = one;
    if (status === 'confirmed' || (status === 'held' && one.paying && !state.cancelled))
      return 'done';
    if (status !== 'held') return `reservation-${status}`;
    if (state.cancelled) return 'event-cancelled';
    one.paying = true;
    one.expiresAt = Math.max(
      one.expiresAt,
      Math.min(
        command.now + Math.min(PAYMENT_EXTENSION_SECONDS, rules.holdSeconds) * 1_000,
        one.reservedAt + rules.holdCapSeconds * 1_000,
      ),
    );
    return 'done';
  },
  ConfirmReservation: (state, one, { paymentReference }) => {
    const { status } = one;
    if (status === 'confirmed' && one.payment === paymentReference) return 'done';
    if (status !== 'held') return `reservation-${status}`;
    if (state.cancelled) return 'event-cancelled';
    Object.assign(one, { status: 'confirmed', payment: paymentReference });
    state.give(one, 'sold');
    return 'done';
  },
  SettlePayment: (state, one, command) => {
    const { paymentReference } = command;
    if (isDecided(one, paymentReference)) return 'done';
    const type = one.status === 'expired' ? 'ReinstateReservation' : 'ConfirmReservation';
    if (answerReservation(state, { ...command, type }) !== 'done')
      one.turnedDown.push(paymentReference);
    return 'done';
  },
  ExchangeSeats: exchange,
  ReleaseReservation: (state, one) => {
    const { status } = one;
    if (status === 'expired' || status === 'released') return 'done';
    if (status !== 'held') return `reservation-${status}`;
    state.end(one, 'released');
    return 'done';
  },
  ReinstateReservation: (state, one, { paymentReference, now }) => {
    const { status } = one;
    if (status === 'confirmed' && one.payment === paymentReference) return 'done';
    if (status !== 'expired' && status !== 'released') return 'reservation-not-expired';
    if (state.cancelled) return 'event-cancelled';
    if (state.seatsHad(one.customer) + one.seats.length > rules.maxSeatsPerCustomer)
      return 'too-many-seats';
    if (state.seatsOf(one).some((seat) => seat.status !== 'available')) return 'seats-unavailable';
    one.expiresAt = now + rules.holdSeconds * 1_000;
    Object.assign(one, { status: 'confirmed', payment: paymentReference });
    state.give(one, 'sold');
    return 'done';
  },
  RefundReservation: (state, one) => {
    if (one.status === 'refunded') return 'done';
    if (one.status !== 'confirmed') return 'reservation-not-confirmed';
    state.end(one, 'refunded');
    return 'done';
  },
  WithdrawSaleChange: () => 'done',
};
