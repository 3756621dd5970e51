import {
  decidePayment,
  MAX_ATTEMPTS,
  type PaymentCommand,
  type PaymentRejection,
} from '../../src/domain/payment/decide.js';
import type { PaymentEvent, PaymentFailure, RefundReason } from '../../src/domain/payment/events.js';
import { evolvePayment, isSettled, type Payment } from '../../src/domain/payment/state.js';

const NOON = Date.parse('2026-06-11T12:00:00Z');
const at = new Date(NOON).toISOString();
const PRICE = { amountMinor: 9_000, currency: 'EUR' };
const of = { reservationId: 'r1', eventId: 'show' };
const HOLD_END = '2026-06-11T12:10:00.000Z';

const asked = (token = 'card-1') => ({
  ...of,
  customerId: 'ann',
  provider: 'sandbox',
  token,
  amount: PRICE,
  purpose: { type: 'reservation' } as const,
  holdExpiresAt: HOLD_END,
});

// What has happened.
const requested = (attempt = 1, token?: string): PaymentEvent => ({
  type: 'PaymentRequested',
  data: { ...asked(token), attempt, idempotencyKey: `r1/${attempt}`, requestedAt: at },
});
const captured = (reference = 'py-1', attempt = 1): PaymentEvent => ({
  type: 'PaymentCaptured',
  data: { ...of, attempt, reference, amount: PRICE, heardBy: 'notice', noticeId: 'n-1', capturedAt: at },
});
const failed = (reason: PaymentFailure = 'declined', attempt = 1): PaymentEvent => ({
  type: 'PaymentFailed',
  data: { ...of, attempt, reason, failedAt: at },
});
const kept = (reference = 'py-1'): PaymentEvent => ({
  type: 'PaymentKept',
  data: { ...of, reference, amount: PRICE, keptAt: at },
});
const due = (reason: RefundReason = 'seats-lost', reference = 'py-1', amountMinor = 9_000): PaymentEvent => ({
  type: 'RefundDue',
  data: { ...of, refundId: 'rf-1', reference, amount: { ...PRICE, amountMinor }, reason, dueAt: at },
});
const completed = (reference = 'py-1'): PaymentEvent => ({
  type: 'RefundCompleted',
  data: { ...of, refundId: 'rf-1', reference, amount: PRICE, refundReference: 're-1', refundedAt: at },
});

// What is asked for.
const request = (token?: string): PaymentCommand => ({
  type: 'RequestPayment',
  ...asked(token),
  keyOf: (attempt) => `r1/${attempt}`,
  now: NOON,
});
const capture = (reference = 'py-1', changes: object = {}): PaymentCommand => ({
  type: 'RecordCapture',
  ...{ attempt: 1, reference, amount: PRICE, heardBy: 'notice', noticeId: 'n-1', now: NOON, ...changes },
});
const fail = (reason: PaymentFailure = 'declined', attempt = 1): PaymentCommand => ({
  type: 'RecordFailure',
  ...{ attempt, reason, now: NOON },
});
const keep = (reference = 'py-1'): PaymentCommand => ({ type: 'KeepPayment', reference, now: NOON });
const owe = (reason: RefundReason = 'seats-lost', changes: object = {}): PaymentCommand => ({
  type: 'OweRefund',
  ...{ refundId: 'rf-1', reference: 'py-1', reason, now: NOON, ...changes },
});
const refund = (): PaymentCommand => ({
  type: 'RecordRefund',
  ...{ refundId: 'rf-1', refundReference: 're-1', now: NOON },
});

const paymentAfter = (events: readonly PaymentEvent[]) =>
  events.reduce<Payment>((payment, event) => evolvePayment(payment, event), undefined);

function given(...events: PaymentEvent[]) {
  const payment = paymentAfter(events);
  return {
    when: (command: PaymentCommand) => ({
      then: (...expected: PaymentEvent[]) =>
        expect(decidePayment(command, payment)).toEqual({ accepted: true, events: expected }),
      thenNothing: () => expect(decidePayment(command, payment)).toEqual({ accepted: true, events: [] }),
      thenRejected: (rejection: PaymentRejection) =>
        expect(decidePayment(command, payment)).toEqual({ accepted: false, rejection }),
    }),
  };
}

describe('A try to pay', () => {
  it('is written down before the provider is called', () => given().when(request()).then(requested()));
  it('is not made twice for the same token while it is under way', () =>
    given(requested()).when(request()).thenNothing());
  it('is refused with another token while one is under way: both could be charged', () =>
    given(requested()).when(request('card-2')).thenRejected({ code: 'payment-under-way' }));
  it('is a new one, with a key of its own, once the last has failed', () =>
    given(requested(), failed()).when(request('card-2')).then(requested(2, 'card-2')));
  it('is not made once the money is there', () =>
    given(requested(), captured()).when(request('card-2')).thenNothing());
  it(`is refused after ${MAX_ATTEMPTS}`, () => {
    const tries = Array.from({ length: MAX_ATTEMPTS }, (_, n) => [
      requested(n + 1),
      failed('declined', n + 1),
    ]);
    given(...tries.flat())
      .when(request())
      .thenRejected({ code: 'payment-attempts-exhausted', limit: MAX_ATTEMPTS });
  });
});

describe('What the provider says', () => {
  it('is a capture', () => given(requested()).when(capture()).then(captured()));
  it('is nothing new when it is said twice, by whomever', () =>
    given(requested(), captured())
      .when(capture('py-1', { heardBy: 'answer', noticeId: null }))
      .thenNothing());
  it('is a failure', () => given(requested()).when(fail()).then(failed()));
  it('is an old message when a failure comes after the capture', () =>
    given(requested(), captured()).when(fail()).thenNothing());
  it('counts when a capture comes after a failure: what was taken was taken', () =>
    given(requested(), failed('abandoned')).when(capture()).then(captured()));
  it('counts as a second capture when another try is charged as well', () =>
    given(requested(), failed('abandoned'), requested(2), captured('py-2', 2), kept('py-2'))
      .when(capture())
      .then(captured()));
  it.each([
    ['less', { amountMinor: 8_999, currency: 'EUR' }],
    ['more', { amountMinor: 9_001, currency: 'EUR' }],
    ['another currency', { amountMinor: 9_000, currency: 'USD' }],
  ])('is refused for %s than was asked for', (_, told) =>
    given(requested())
      .when(capture('py-1', { amount: told }))
      .thenRejected({ code: 'payment-amount-mismatch', expected: PRICE, told }),
  );
  it('is refused about a payment, or a try, that nobody has made', () => {
    given().when(capture()).thenRejected({ code: 'payment-unknown' });
    given(requested())
      .when(capture('py-1', { attempt: 2 }))
      .thenRejected({ code: 'payment-unknown' });
    given(requested()).when(fail('declined', 2)).thenRejected({ code: 'payment-unknown' });
  });
});

describe('Money that was captured', () => {
  it('is kept once the seats are sold for it', () =>
    given(requested(), captured()).when(keep()).then(kept()));
  it('is kept once', () => given(requested(), captured(), kept()).when(keep()).thenNothing());
  it('is not kept any more once it is owed back, or has gone back', () => {
    given(requested(), captured(), due()).when(keep()).thenRejected({ code: 'payment-owed-back' });
    given(requested(), captured(), due(), completed())
      .when(keep())
      .thenRejected({ code: 'payment-owed-back' });
  });
  it('stays kept, said again, when the sale is undone later', () =>
    given(requested(), captured(), kept(), due('refunded-by-organizer')).when(keep()).thenNothing());
  it('is owed back whole when it buys nothing', () => given(requested(), captured()).when(owe()).then(due()));
  it('is owed back once under one id', () => given(requested(), captured(), due()).when(owe()).thenNothing());
  it('is not owed back twice under another id either', () =>
    given(requested(), captured(), due())
      .when(owe('seats-lost', { refundId: 'rf-2' }))
      .thenNothing());
  it('is never owed back for more than it was', () =>
    given(requested(), captured(), kept())
      .when(owe('exchange', { amountMinor: 9_001 }))
      .thenRejected({ code: 'refund-exceeds-payment' }));
  it('is gone once the provider confirms the refund, and only once', () => {
    given(requested(), captured(), due()).when(refund()).then(completed());
    given(requested(), captured(), due(), completed()).when(refund()).thenNothing();
  });
  it('is refused to be kept or owed when it never came', () => {
    given(requested()).when(keep()).thenRejected({ code: 'payment-unknown' });
    given(requested()).when(owe()).thenRejected({ code: 'payment-unknown' });
    given(requested()).when(refund()).thenRejected({ code: 'payment-unknown' });
  });
});

it.each<[boolean, string, PaymentEvent[]]>([
  [true, 'nobody has tried to pay', []],
  [false, 'a try is under way', [requested()]],
  [true, 'it failed', [requested(), failed()]],
  [false, 'money came and it is not decided what it buys', [requested(), captured()]],
  [true, 'it is kept', [requested(), captured(), kept()]],
  [false, 'it is owed', [requested(), captured(), due()]],
  [true, 'it went back', [requested(), captured(), due(), completed()]],
])('is settled: %s, when %s', (settled, _, events) => expect(isSettled(paymentAfter(events))).toBe(settled));
