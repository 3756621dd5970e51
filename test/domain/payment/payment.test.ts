import {
  MAX_ATTEMPTS,
  type PaymentCommand,
  type PaymentRejection,
} from '../../../src/domain/payment/commands.js';
import { decidePayment } from '../../../src/domain/payment/decide.js';
import {
  chargeKeyOf,
  MAX_REFUND_TRIES,
  refundKeyOf,
  type PaymentEvent,
  type PaymentFailure,
  type RefundReason,
} from '../../../src/domain/payment/events.js';
import {
  evolvePayment,
  isGivenUp,
  isSettled,
  openRefunds,
  type Payment,
} from '../../../src/domain/payment/state.js';

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
  data: { ...asked(token), attempt, idempotencyKey: chargeKeyOf('r1', attempt), requestedAt: at },
});
const captured = (reference = 'py-1', attempt = 1): PaymentEvent => ({
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
const failed = (reason: PaymentFailure = 'declined', attempt = 1): PaymentEvent => ({
  type: 'PaymentFailed',
  data: { ...of, attempt, reason, failedAt: at },
});
const kept = (reference = 'py-1'): PaymentEvent => ({
  type: 'PaymentKept',
  data: { ...of, reference, amount: PRICE, keptAt: at },
});
const due = (
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
const completed = (reference = 'py-1'): PaymentEvent => ({
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

// What is asked for.
const request = (token?: string): PaymentCommand => ({
  type: 'RequestPayment',
  ...asked(token),
  now: NOON,
});
const capture = (reference = 'py-1', changes: object = {}): PaymentCommand => ({
  type: 'RecordCapture',
  ...{
    attempt: 1,
    reference,
    amount: PRICE,
    heardBy: 'notice',
    noticeId: 'n-1',
    now: NOON,
    ...changes,
  },
});
const fail = (reason: PaymentFailure = 'declined', attempt = 1): PaymentCommand => ({
  type: 'RecordFailure',
  ...{ attempt, reason, now: NOON },
});
const keep = (reference = 'py-1'): PaymentCommand => ({
  type: 'KeepPayment',
  reference,
  now: NOON,
});
const owe = (reason: RefundReason = 'seats-lost', changes: object = {}): PaymentCommand => ({
  type: 'OweRefund',
  ...{ refundId: 'rf-1', reference: 'py-1', reason, now: NOON, ...changes },
});
const refund = (): PaymentCommand => ({
  type: 'RecordRefund',
  ...{
    refundId: 'rf-1',
    try: 1,
    outcome: { status: 'succeeded', refundReference: 're-1' },
    now: NOON,
  },
});

const paymentAfter = (events: readonly PaymentEvent[]) =>
  events.reduce<Payment>((payment, event) => evolvePayment(payment, event), undefined);

function given(...events: PaymentEvent[]) {
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

describe('A try to pay', () => {
  it('is written down before the provider is called', () =>
    given().when(request()).then(requested()));
  it('is not made twice for the same token while it is under way', () =>
    given(requested()).when(request()).thenNothing());
  it('does not begin after the end of sales; one that is under way goes on', () => {
    const salesEndAt = at;
    const late = { ...request(), salesEndAt } as PaymentCommand;
    const over = { code: 'event-over', salesEndAt } as const;
    given(requested(), failed()).when(late).thenRejected(over);
    given().when(late).thenRejected(over);
    given(requested()).when(late).thenNothing();
    given(requested(), captured(), kept()).when(late).thenNothing();
    const inTime = { ...late, now: NOON - 1 } as PaymentCommand;
    expect(decidePayment(inTime, paymentAfter([requested(), failed()]))).toMatchObject({
      accepted: true,
    });
  });
  it('for an exchange is another one when it is forced', () => {
    const purpose = (force?: boolean) =>
      ({ type: 'exchange', seatIds: ['A1'], ...(force !== undefined && { force }) }) as const;
    const pending = requested();
    const under = (force?: boolean) =>
      given({ ...pending, data: { ...pending.data, purpose: purpose(force) } } as PaymentEvent);
    const asking = (force?: boolean) =>
      ({ ...request(), purpose: purpose(force) }) as PaymentCommand;
    under().when(asking(true)).thenRejected({ code: 'payment-under-way' });
    under(true).when(asking()).thenRejected({ code: 'payment-under-way' });
    under(true).when(asking(true)).thenNothing();
    under().when(asking(false)).thenNothing();
  });
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
    given(requested(), captured(), kept(), due('refunded-by-organizer'))
      .when(keep())
      .thenNothing());
  it('is owed back whole when it buys nothing', () =>
    given(requested(), captured()).when(owe()).then(due()));
  it('is owed back once under one id', () =>
    given(requested(), captured(), due()).when(owe()).thenNothing());
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
])('is settled: %s, when %s', (settled, _, events) =>
  expect(isSettled(paymentAfter(events))).toBe(settled),
);

describe('A refund', () => {
  type News = 'succeeded' | 'pending' | 'failed';
  const said = (status: News, number = 1): PaymentCommand => {
    const refundReference = `re-${number}`;
    const outcome =
      status === 'failed'
        ? { status, refundReference, reason: 'closed' }
        : { status, refundReference };
    return { type: 'RecordRefund', refundId: 'rf-1', try: number, outcome, now: NOON };
  };
  const ofRefund = { ...of, refundId: 'rf-1', reference: 'py-1', amount: PRICE };
  const pending = (number = 1): PaymentEvent => ({
    type: 'RefundPending',
    data: { ...ofRefund, try: number, refundReference: `re-${number}`, pendingAt: at },
  });
  const back = (more: object = {}, number = 1): PaymentEvent => ({
    type: 'RefundCompleted',
    data: { ...ofRefund, refundReference: `re-${number}`, refundedAt: at, ...more },
  });
  const bounced = (before: 'due' | 'pending' | 'completed', number = 1): PaymentEvent => ({
    type: 'RefundFailed',
    data: {
      ...{ ...ofRefund, try: number, refundReference: `re-${number}` },
      ...{ before, reason: 'closed', failedAt: at },
    },
  });
  const owed = [requested(), captured(), due()];

  it('that the provider has accepted is not done', () => {
    given(...owed)
      .when(said('pending'))
      .then(pending());
    given(...owed, pending())
      .when(said('pending'))
      .thenNothing();
    expect(isSettled(paymentAfter([...owed, pending()]))).toBe(false);
  });
  it('is done when the provider says that it has succeeded', () => {
    given(...owed, pending())
      .when(said('succeeded'))
      .then(back({ before: 'pending' }));
    given(...owed, back())
      .when(said('pending'))
      .thenNothing();
  });
  it.each<['due' | 'pending' | 'completed', PaymentEvent[]]>([
    ['due', []],
    ['pending', [pending()]],
    ['completed', [back()]],
  ])('may fail when it was %s, and is due again', (before, events) => {
    given(...owed, ...events)
      .when(said('failed'))
      .then(bounced(before));
    const payment = paymentAfter([...owed, ...events, bounced(before)]);
    expect(openRefunds(payment)).toMatchObject([{ refundId: 'rf-1', status: 'due', try: 2 }]);
    expect(payment!.captures[0]!.dueBack).toBe(PRICE.amountMinor);
  });
  it.each(['succeeded', 'pending', 'failed'] as const)(
    'of an earlier try is an old message: %s',
    (status) =>
      given(...owed, bounced('due'))
        .when(said(status))
        .thenNothing(),
  );
  it('is tried again as a refund of its own', () =>
    given(...owed, bounced('completed'))
      .when(said('succeeded', 2))
      .then(back({ try: 2 }, 2)));
  it('of a try that was not made is unknown', () =>
    given(...owed)
      .when(said('succeeded', 2))
      .thenRejected({ code: 'payment-unknown' }));
  it(`is given up after ${MAX_REFUND_TRIES} tries, each with a key of its own`, () => {
    const keys = [1, 2, 3].map((number) => refundKeyOf('rf-1', number));
    expect(keys).toEqual(['rf-1', 'rf-1/2', 'rf-1/3']);
    const [two, three] = [
      [1, 2],
      [1, 2, 3],
    ].map((tries) => paymentAfter([...owed, ...tries.map((number) => bounced('due', number))]));
    expect(openRefunds(two).map(isGivenUp)).toEqual([false]);
    expect(openRefunds(three).map(isGivenUp)).toEqual([true]);
  });
  it('that an older release recorded as done is done', () =>
    expect(isSettled(paymentAfter([...owed, completed()]))).toBe(true));
});
