import type { PaymentCommand, PaymentRejection } from '../../../src/domain/payment/commands.js';
import { decidePayment } from '../../../src/domain/payment/decide.js';
import {
  chargeKeyOf,
  type PaymentEvent,
  type PaymentFailure,
  type RefundReason,
} from '../../../src/domain/payment/events.js';
import { evolvePayment, type Payment } from '../../../src/domain/payment/state.js';

export const NOON = Date.parse('2026-06-11T12:00:00Z');
export const at = new Date(NOON).toISOString();
export const PRICE = { amountMinor: 9_000, currency: 'EUR' };
export const of = { reservationId: 'r1', eventId: 'show' };
export const HOLD_END = '2026-06-11T12:10:00.000Z';

export const asked = (token = 'card-1') => ({
  ...of,
  customerId: 'ann',
  provider: 'sandbox',
  token,
  amount: PRICE,
  purpose: { type: 'reservation' } as const,
  holdExpiresAt: HOLD_END,
});

export const requested = (attempt = 1, token?: string): PaymentEvent => ({
  type: 'PaymentRequested',
  data: { ...asked(token), attempt, idempotencyKey: chargeKeyOf('r1', attempt), requestedAt: at },
});
export const captured = (reference = 'py-1', attempt = 1): PaymentEvent => ({
  type: 'PaymentCaptured',
  data: {
    ...of,
    attempt,
    reference,
    amount: PRICE,
    heardBy: 'notice',
    noticeId: 'n-1',
    capturedAt: at,
  },
});
export const failed = (reason: PaymentFailure = 'declined', attempt = 1): PaymentEvent => ({
  type: 'PaymentFailed',
  data: { ...of, attempt, reason, failedAt: at },
});
export const kept = (reference = 'py-1'): PaymentEvent => ({
  type: 'PaymentKept',
  data: { ...of, reference, amount: PRICE, keptAt: at },
});
export const due = (
  reason: RefundReason = 'seats-lost',
  reference = 'py-1',
  amountMinor = 9_000,
): PaymentEvent => ({
  type: 'RefundDue',
  data: {
    ...of,
    refundId: 'rf-1',
    reference,
    amount: { ...PRICE, amountMinor },
    reason,
    dueAt: at,
  },
});
export const completed = (reference = 'py-1'): PaymentEvent => ({
  type: 'RefundCompleted',
  data: {
    ...of,
    refundId: 'rf-1',
    reference,
    amount: PRICE,
    refundReference: 're-1',
    refundedAt: at,
  },
});

export const request = (token?: string): PaymentCommand => ({
  type: 'RequestPayment',
  ...asked(token),
  now: NOON,
});
export const capture = (reference = 'py-1', changes: object = {}): PaymentCommand => ({
  type: 'RecordCapture',
  attempt: 1,
  reference,
  amount: PRICE,
  heardBy: 'notice',
  noticeId: 'n-1',
  now: NOON,
  ...changes,
});
export const fail = (reason: PaymentFailure = 'declined', attempt = 1): PaymentCommand => ({
  type: 'RecordFailure',
  attempt,
  reason,
  now: NOON,
});
export const keep = (reference = 'py-1'): PaymentCommand => ({
  type: 'KeepPayment',
  reference,
  now: NOON,
});
export const owe = (reason: RefundReason = 'seats-lost', changes: object = {}): PaymentCommand => ({
  type: 'OweRefund',
  refundId: 'rf-1',
  reference: 'py-1',
  reason,
  now: NOON,
  ...changes,
});
export const refund = (): PaymentCommand => ({
  type: 'RecordRefund',
  refundId: 'rf-1',
  try: 1,
  outcome: { status: 'succeeded', refundReference: 're-1' },
  now: NOON,
});

export const paymentAfter = (events: readonly PaymentEvent[]) =>
  events.reduce<Payment>((payment, event) => evolvePayment(payment, event), undefined);

export function given(...events: PaymentEvent[]) {
  const payment = paymentAfter(events);
  return {
    when: (command: PaymentCommand) => ({
      then: (...expected: PaymentEvent[]) =>
        expect(decidePayment(command, payment)).toEqual({ accepted: true, events: expected }),
      thenNothing: () =>
        expect(decidePayment(command, payment)).toEqual({ accepted: true, events: [] }),
      thenRejected: (rejection: PaymentRejection) =>
        expect(decidePayment(command, payment)).toEqual({ accepted: false, rejection }),
    }),
  };
}
