import type { Money } from '../domain/shared/money.js';
import {
  MAX_REFUND_TRIES,
  PAYMENT,
  type PaymentEvent,
  type RefundFailed,
  type RefundReason,
} from '../domain/payment/events.js';
import { SEAT_INVENTORY, type SeatInventoryEvent } from '../domain/seat-inventory/events.js';
import type { RecordedEvent } from '../ports/event-store/event-store.js';
import { payments, type PaymentChange } from '../read-models/payment/payments.js';
import { handle, type Handlers, type Projection } from './projection.js';

/** Money of each reservation. Reads inventory streams for undone and exchanged sales. */
export const paymentsProjection: Projection<PaymentChange> = {
  readModel: payments,
  prefixes: [PAYMENT, SEAT_INVENTORY],
  project: (recorded) => {
    const change = recorded.stream.startsWith(PAYMENT)
      ? handle(HANDLERS, recorded)
      : changeFromInventory(recorded);
    return change && [change];
  },
};

function changeFromInventory({ stream, type, data }: RecordedEvent): PaymentChange | undefined {
  const event = { type, data } as SeatInventoryEvent;
  const eventId = stream.slice(SEAT_INVENTORY.length);
  if (event.type === 'ReservationRefunded') {
    const { reservationId, refundedAt } = event.data;
    return { eventId, reservationId, at: refundedAt, undone: true };
  }
  if (event.type !== 'SeatsExchanged') return undefined;
  const { reservationId, fromTotal, total, exchangedAt } = event.data;
  const owed = fromTotal.amountMinor - total.amountMinor;
  return owed > 0 ? { eventId, reservationId, at: exchangedAt, owed } : undefined;
}

/** Reasons to refund money for which no seats were sold. All other reasons refund kept money. */
const UNSETTLED_REASONS: readonly RefundReason[] = [
  'seats-lost',
  'released',
  'paid-twice',
  'exchange-refused',
  'sale-cancelled',
];

/** Decreases the counter that held the refund before its attempt changed state. */
function decrease(before: RefundFailed['data']['before'], number: number, { amountMinor }: Money) {
  if (before === 'pending') return { awaiting: -amountMinor };
  return before === 'due' && number > MAX_REFUND_TRIES ? { givenUp: -amountMinor } : {};
}

type Key = Pick<PaymentChange, 'eventId' | 'reservationId'>;

const keyOf = ({ eventId, reservationId }: Key): Key => ({ eventId, reservationId });

const HANDLERS: Handlers<PaymentEvent, PaymentChange> = {
  PaymentRequested: (data) => {
    const { customerId, provider, attempt, amount, requestedAt } = data;
    const requested = { customerId, provider, attempt, ...amount };
    return { ...keyOf(data), at: requestedAt, requested, pending: true, failure: null };
  },
  PaymentCaptured: (data) => ({
    ...keyOf(data),
    at: data.capturedAt,
    pending: false,
    failure: null,
    unsettled: data.amount.amountMinor,
  }),
  PaymentFailed: (data) => ({
    ...keyOf(data),
    at: data.failedAt,
    pending: false,
    failure: data.reason,
  }),
  PaymentKept: (data) => {
    const { amountMinor } = data.amount;
    return { ...keyOf(data), at: data.keptAt, unsettled: -amountMinor, kept: amountMinor };
  },
  RefundDue: (data) => {
    const { amount, reason, dueAt } = data;
    const from = UNSETTLED_REASONS.includes(reason) ? 'unsettled' : 'kept';
    const owed = reason === 'exchange' ? -amount.amountMinor : 0;
    const due = amount.amountMinor;
    return { ...keyOf(data), at: dueAt, [from]: -amount.amountMinor, due, owed };
  },
  RefundPending: (data) => {
    const { amount, try: number, pendingAt } = data;
    const awaiting = amount.amountMinor;
    return { ...keyOf(data), at: pendingAt, ...decrease('due', number, amount), awaiting };
  },
  RefundCompleted: (data) => {
    const { amount, refundedAt, before = 'due', try: number = 1 } = data;
    const { amountMinor } = amount;
    return {
      ...keyOf(data),
      at: refundedAt,
      ...decrease(before, number, amount),
      due: -amountMinor,
      refunded: amountMinor,
    };
  },
  RefundFailed: (data) => {
    const { amount, failedAt, before, try: number } = data;
    const { amountMinor } = amount;
    const reversal = before === 'completed' ? { due: amountMinor, refunded: -amountMinor } : {};
    const { awaiting, givenUp = 0 } = decrease(before, number, amount);
    const isLast = number >= MAX_REFUND_TRIES;
    return {
      ...keyOf(data),
      at: failedAt,
      ...reversal,
      awaiting,
      givenUp: givenUp + (isLast ? amountMinor : 0),
    };
  },
};
