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
import { unknownType, type Projection } from './projection.js';

/** The money of each reservation; of the inventory it needs to know which sales were undone or exchanged. */
export const paymentsProjection: Projection<PaymentChange> = {
  readModel: payments,
  prefixes: [PAYMENT, SEAT_INVENTORY],
  project: (recorded) => {
    const change = recorded.stream.startsWith(PAYMENT)
      ? ofPayment(recorded)
      : ofInventory(recorded);
    return change && [change];
  },
};

function ofInventory({ stream, type, data }: RecordedEvent): PaymentChange | undefined {
  const event = { type, data } as SeatInventoryEvent;
  const eventId = stream.slice(SEAT_INVENTORY.length);
  if (event.type === 'ReservationRefunded') {
    const { reservationId, refundedAt } = event.data;
    return { eventId, reservationId, at: refundedAt, undone: true };
  }
  if (event.type !== 'SeatsExchanged') return undefined;
  const { reservationId, fromTotal, total, exchangedAt } = event.data;
  const over = fromTotal.amountMinor - total.amountMinor;
  return over > 0 ? { eventId, reservationId, at: exchangedAt, owed: over } : undefined;
}

/** These take back what no seats were sold for; the others, what was kept. */
const TURNED_DOWN: readonly RefundReason[] = [
  'seats-lost',
  'released',
  'paid-twice',
  'exchange-refused',
  'sale-cancelled',
];

/** Which counter of the amount due a refund leaves, now that its attempt has a new state. */
function left(before: RefundFailed['data']['before'], number: number, { amountMinor }: Money) {
  if (before === 'pending') return { awaiting: -amountMinor };
  return before === 'due' && number > MAX_REFUND_TRIES ? { givenUp: -amountMinor } : {};
}

function ofPayment({ type, data }: RecordedEvent): PaymentChange {
  const event = { type, data } as PaymentEvent;
  const { eventId, reservationId } = event.data;
  const of = { eventId, reservationId };
  switch (event.type) {
    case 'PaymentRequested': {
      const { customerId, provider, attempt, amount, requestedAt } = event.data;
      const requested = { customerId, provider, attempt, ...amount };
      return { ...of, at: requestedAt, requested, pending: true, failure: null };
    }
    case 'PaymentCaptured': {
      const { amount, capturedAt } = event.data;
      return {
        ...of,
        at: capturedAt,
        pending: false,
        failure: null,
        unsettled: amount.amountMinor,
      };
    }
    case 'PaymentFailed':
      return { ...of, at: event.data.failedAt, pending: false, failure: event.data.reason };
    case 'PaymentKept': {
      const { amountMinor } = event.data.amount;
      return { ...of, at: event.data.keptAt, unsettled: -amountMinor, kept: amountMinor };
    }
    case 'RefundDue': {
      const { amount, reason, dueAt } = event.data;
      const from = TURNED_DOWN.includes(reason) ? 'unsettled' : 'kept';
      const owed = reason === 'exchange' ? -amount.amountMinor : 0;
      return { ...of, at: dueAt, [from]: -amount.amountMinor, due: amount.amountMinor, owed };
    }
    case 'RefundPending': {
      const { amount, try: number, pendingAt } = event.data;
      return { ...of, at: pendingAt, ...left('due', number, amount), awaiting: amount.amountMinor };
    }
    case 'RefundCompleted': {
      const { amount, refundedAt, before = 'due', try: number = 1 } = event.data;
      const { amountMinor } = amount;
      return {
        ...{ ...of, at: refundedAt, ...left(before, number, amount) },
        ...{ due: -amountMinor, refunded: amountMinor },
      };
    }
    case 'RefundFailed': {
      const { amount, failedAt, before, try: number } = event.data;
      const { amountMinor } = amount;
      const back = before === 'completed' ? { due: amountMinor, refunded: -amountMinor } : {};
      const { awaiting, givenUp = 0 } = left(before, number, amount);
      const isLast = number >= MAX_REFUND_TRIES;
      return {
        ...of,
        at: failedAt,
        ...back,
        awaiting,
        givenUp: givenUp + (isLast ? amountMinor : 0),
      };
    }
    default:
      throw unknownType(event);
  }
}
