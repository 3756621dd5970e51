import { MAX_ATTEMPTS, type PaymentCommand } from '../../../src/domain/payment/commands.js';
import { decidePayment } from '../../../src/domain/payment/decide.js';
import type { PaymentEvent } from '../../../src/domain/payment/events.js';
import { isSettled } from '../../../src/domain/payment/state.js';
import {
  at,
  capture,
  captured,
  completed,
  due,
  fail,
  failed,
  given,
  keep,
  kept,
  NOON,
  owe,
  paymentAfter,
  PRICE,
  refund,
  request,
  requested,
} from './payment.fixture.js';

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
  it('changes nothing when reported twice, whatever reports it', () =>
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
