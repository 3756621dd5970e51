import type { PaymentCommand } from '../../../src/domain/payment/commands.js';
import {
  MAX_REFUND_TRIES,
  refundKeyOf,
  type PaymentEvent,
} from '../../../src/domain/payment/events.js';
import { isGivenUp, isSettled, openRefunds } from '../../../src/domain/payment/state.js';
import {
  at,
  captured,
  completed,
  due,
  given,
  NOON,
  of,
  paymentAfter,
  PRICE,
  requested,
} from './payment.fixture.js';

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
