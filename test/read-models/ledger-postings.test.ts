import fc from 'fast-check';
import type { PaymentEvent } from '../../src/domain/payment/events.js';
import type { RecordedEvent } from '../../src/ports/event-store/event-store.js';
import { ledgerProjection } from '../../src/projections/ledger.js';
import type { Account, Posting } from '../../src/read-models/payment/ledger.js';
import { moneyOf, story, tell } from '../support/payment/payment-stories.js';

const NOON = '2026-06-11T12:00:00.000Z';
const of = { eventId: 'e1', reservationId: 'r1' };
const amount = { amountMinor: 9_000, currency: 'EUR' };
const payer = { ...of, currency: 'EUR' };

const posted = (events: readonly PaymentEvent[]): Posting[] =>
  events.flatMap((event, at) => {
    const recorded = {
      ...event,
      ...{ stream: 'payment-r1', revision: BigInt(at), id: `id-${at}` },
    } as unknown as RecordedEvent;
    return [...(ledgerProjection.project(recorded) ?? [])];
  });

const refundDue = (reason: string): PaymentEvent =>
  ({
    type: 'RefundDue',
    data: { ...of, refundId: 'b1', reference: 'py_1', amount, reason, dueAt: NOON },
  }) as PaymentEvent;

describe('the postings of the ledger', () => {
  const rows: [what: string, event: PaymentEvent, debit: Account, credit: Account][] = [
    [
      'a capture is with the provider, and unsettled',
      {
        type: 'PaymentCaptured',
        data: {
          ...{ ...of, attempt: 1, reference: 'py_1', amount },
          ...{ heardBy: 'answer', noticeId: null, capturedAt: NOON },
        },
      },
      'provider',
      'unsettled',
    ],
    [
      'what seats were sold for is a sale',
      { type: 'PaymentKept', data: { ...of, reference: 'py_1', amount, keptAt: NOON } },
      'unsettled',
      'sales',
    ],
    ['what came too late is due back', refundDue('seats-lost'), 'unsettled', 'refunds-due'],
    [
      'what came for seats given back is due back',
      refundDue('released'),
      'unsettled',
      'refunds-due',
    ],
    ['what came twice is due back', refundDue('paid-twice'), 'unsettled', 'refunds-due'],
    [
      'what other seats were not given for is due back',
      refundDue('exchange-refused'),
      'unsettled',
      'refunds-due',
    ],
    [
      'what came after the sale was cancelled is due back',
      refundDue('sale-cancelled'),
      'unsettled',
      'refunds-due',
    ],
    ['a sale undone is due back', refundDue('refunded-by-organizer'), 'sales', 'refunds-due'],
    [
      'a sale of a cancelled event is due back',
      refundDue('event-cancelled'),
      'sales',
      'refunds-due',
    ],
    ['the difference of an exchange is due back', refundDue('exchange'), 'sales', 'refunds-due'],
  ];

  it.each(rows)('say that %s', (_, event, debit, credit) => {
    expect(posted([event])).toEqual([
      {
        ...of,
        domainEventId: 'id-0',
        revision: 0,
        debit,
        credit,
        amount,
        reference: 'py_1',
        refundReference: null,
        at: NOON,
      },
    ]);
  });

  it('credit the provider for a completed refund, with its reference', () => {
    const paidBack = { ...of, refundId: 'b1', reference: 'py_1', amount, refundReference: 're_1' };
    expect(
      posted([{ type: 'RefundCompleted', data: { ...paidBack, refundedAt: NOON } }]),
    ).toMatchObject([
      {
        debit: 'refunds-due',
        credit: 'provider',
        amount,
        reference: 'py_1',
        refundReference: 're_1',
      },
    ]);
  });

  it(
    'reverse the posting of a refund that fails later, and post nothing for one that was never ' +
      'posted',
    () => {
      const failed = (before: string): PaymentEvent =>
        ({
          type: 'RefundFailed',
          data: {
            ...{
              ...of,
              refundId: 'b1',
              reference: 'py_1',
              amount,
              try: 1,
              refundReference: 're_1',
            },
            ...{ before, reason: 'closed', failedAt: NOON },
          },
        }) as PaymentEvent;
      const of1 = {
        debit: 'refunds-due',
        credit: 'provider',
        amount,
        reference: 'py_1',
        refundReference: 're_1',
      };
      expect(posted([failed('completed')])).toMatchObject([{ ...of1, reversal: true }]);
      expect(posted([failed('pending'), failed('due')])).toEqual([]);
    },
  );

  it('contain nothing for attempts that move no money', () => {
    const [requested] = tell(payer, [
      { step: { act: 'pay', amountMinor: 1 }, twice: false },
    ]).events;
    const failed: PaymentEvent = {
      type: 'PaymentFailed',
      data: { ...of, attempt: 1, reason: 'declined', failedAt: NOON },
    };
    expect(posted([requested!, failed])).toEqual([]);
  });

  it('reject domain events of newer code', () => {
    expect(() => posted([refundDue('because-of-rain')])).toThrow(/because-of-rain/);
    expect(() => posted([{ ...refundDue('exchange'), type: 'RefundHalved' } as never])).toThrow(
      /RefundHalved/,
    );
  });

  it('agree with the payment aggregate at every step of any story', () => {
    fc.assert(
      fc.property(story, (acts) => {
        const { events, payment } = tell(payer, acts);
        const postings = posted(events);
        const { debit, credit, balance } = sums(postings);
        const money = {
          capturedMinor: debit('provider'),
          keptMinor: balance('sales'),
          refundedMinor: credit('provider'),
          obligationsMinor: balance('refunds-due'),
          unsettledMinor: balance('unsettled'),
        };
        expect(money).toEqual(moneyOf(payment));
        const { capturedMinor, ...parts } = money;
        expect(capturedMinor).toBe(Object.values(parts).reduce((sum, part) => sum + part, 0));
        for (let length = 1; length <= postings.length; length++) {
          const until = sums(postings.slice(0, length));
          for (const account of ['unsettled', 'sales', 'refunds-due'] as const) {
            expect(until.balance(account)).toBeGreaterThanOrEqual(0);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});

function sums(postings: readonly Posting[]) {
  const of = (side: 'debit' | 'credit') => (account: Account) =>
    postings.reduce((sum, posting) => {
      if (posting[side] !== account) return sum;
      return posting.reversal ? sum - posting.amount.amountMinor : sum + posting.amount.amountMinor;
    }, 0);
  const [debit, credit] = [of('debit'), of('credit')];
  return { debit, credit, balance: (account: Account) => credit(account) - debit(account) };
}
