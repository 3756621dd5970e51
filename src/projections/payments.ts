import { PAYMENT, type PaymentEvent, type RefundReason } from '../domain/payment/events.js';
import { SEAT_INVENTORY, type SeatInventoryEvent } from '../domain/seat-inventory/events.js';
import type { RecordedEvent } from '../ports/event-store.js';
import { payments, type PaymentChange } from '../read-models/payments.js';
import { unknownType, type Projection } from './projection.js';

/** The money of each reservation; of the inventory it needs to know which sales were undone. */
export const paymentsProjection: Projection<PaymentChange> = {
  readModel: payments,
  prefixes: [PAYMENT, SEAT_INVENTORY],
  project: (recorded) => {
    const change = recorded.stream.startsWith(PAYMENT) ? ofPayment(recorded) : ofInventory(recorded);
    return change && [change];
  },
};

function ofInventory({ stream, type, data }: RecordedEvent): PaymentChange | undefined {
  const event = { type, data } as SeatInventoryEvent;
  if (event.type !== 'ReservationRefunded') return undefined;
  const { reservationId, refundedAt } = event.data;
  return { eventId: stream.slice(SEAT_INVENTORY.length), reservationId, at: refundedAt, undone: true };
}

/** These take back what no seats were sold for; the others, what was kept. */
const TURNED_DOWN: readonly RefundReason[] = ['seats-lost', 'released', 'paid-twice'];

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
      return { ...of, at: capturedAt, pending: false, failure: null, unsettled: amount.amountMinor };
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
      return { ...of, at: dueAt, [from]: -amount.amountMinor, due: amount.amountMinor };
    }
    case 'RefundCompleted': {
      const { amountMinor } = event.data.amount;
      return { ...of, at: event.data.refundedAt, due: -amountMinor, refunded: amountMinor };
    }
    default:
      throw unknownType(event);
  }
}
