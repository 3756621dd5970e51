import fc from 'fast-check';
import { seatInventoryStream } from '../../src/domain/seat-inventory/events.js';
import { paymentStream } from '../../src/domain/payment/events.js';
import type { RecordedEvent } from '../../src/ports/event-store/event-store.js';
import { ledgerProjection } from '../../src/projections/ledger.js';
import { ledgerQueries, type LedgerTotals } from '../../src/read-models/payment/ledger-queries.js';
import { ledger } from '../../src/read-models/payment/ledger.js';
import {
  moneyOf,
  story,
  tell,
  type Payer,
  type Story,
} from '../support/payment/payment-stories.js';
import { LOGS, openReadSide, type ReadSide } from '../support/read-side.js';

const pay = (amountMinor: number): Story[number] => ({
  step: { act: 'pay', amountMinor },
  twice: false,
});
const then = (act: 'capture' | 'fail' | 'keep' | 'pay-back', which = 0): Story[number] => ({
  step: { act, which },
  twice: false,
});
const turnDown: Story[number] = {
  step: { act: 'turn-down', which: 0, reason: 'paid-twice' },
  twice: false,
};
const undo = (share: number): Story[number] => ({
  step: { act: 'undo', which: 0, share, reason: 'exchange' },
  twice: false,
});
const euros = (eventId: string, reservationId: string): Payer => ({
  eventId,
  reservationId,
  currency: 'EUR',
});

describe.each(LOGS)('the ledger, projected from %s', (log) => {
  let side: ReadSide;
  beforeAll(async () => {
    side = await openReadSide(log);
    side.run(ledgerProjection);
  });
  afterAll(() => side.close());

  it('shows where the money of an event is', async () => {
    const bought = tell(euros('opera', 'kept'), [pay(9_000), then('capture'), then('keep')]);
    const cheaper = tell(euros('opera', 'exchanged'), [
      pay(4_000),
      then('capture'),
      then('keep'),
      undo(0.5),
    ]);
    const back = tell(euros('opera', 'back'), [
      pay(700),
      then('capture'),
      turnDown,
      then('pay-back'),
    ]);
    const open = tell(euros('opera', 'open'), [pay(30), then('capture')]);
    const declined = tell(euros('opera', 'declined'), [pay(5), then('fail')]);
    for (const { events } of [bought, cheaper, back, open, declined]) {
      await side.appendTo(paymentStream(events[0]!.data.reservationId), ...events);
    }
    await side.caughtUp();

    const { totalsOf, faults } = ledgerQueries(side.pool);
    expect(await totalsOf('opera')).toEqual([
      {
        currency: 'EUR',
        capturedMinor: 13_730,
        keptMinor: 11_000,
        refundedMinor: 700,
        obligationsMinor: 2_000,
        unsettledMinor: 30,
        balanced: true,
      },
    ]);
    expect(await totalsOf('no such event')).toEqual([]);
    expect(await faults(10)).toEqual({ count: 0, faults: [] });
  });

  it('balances for any valid stories, by event and in total, and mixes no currencies', async () => {
    const currencies = ['EUR', 'MXN', 'USD'];
    const before = await ledgerQueries(side.pool).totals();
    const stories = fc.sample(story, { numRuns: 60, seed: 2026 }).map((acts, at) => {
      const reservationId = `r${at}`;
      const payer = { eventId: `e${at % 4}`, reservationId, currency: currencies[at % 3]! };
      return { payer, ...tell(payer, acts) };
    });
    for (const { payer, events } of stories) {
      if (events.length > 0) await side.appendTo(paymentStream(payer.reservationId), ...events);
    }
    await side.caughtUp();

    const expected = (of: typeof stories, ...and: LedgerTotals[]) => {
      const totals = new Map(and.map((total) => [total.currency, total]));
      for (const { payer, payment } of of) {
        const money = moneyOf(payment);
        if (!payment?.captures.length) continue;
        const sum = totals.get(payer.currency);
        const plus = (name: keyof typeof money) => money[name] + (sum?.[name] ?? 0);
        totals.set(payer.currency, {
          currency: payer.currency,
          capturedMinor: plus('capturedMinor'),
          keptMinor: plus('keptMinor'),
          refundedMinor: plus('refundedMinor'),
          obligationsMinor: plus('obligationsMinor'),
          unsettledMinor: plus('unsettledMinor'),
          balanced: true,
        });
      }
      return [...totals.values()].sort((a, b) => (a.currency < b.currency ? -1 : 1));
    };
    const { totals, totalsOf, faults } = ledgerQueries(side.pool);
    for (const eventId of ['e0', 'e1', 'e2', 'e3']) {
      const ofEvent = expected(stories.filter(({ payer }) => payer.eventId === eventId));
      expect(ofEvent.length).toBeGreaterThan(1);
      expect(await totalsOf(eventId)).toEqual(ofEvent);
    }
    expect(await totals()).toEqual(expected(stories, ...before));
    expect(await faults(10)).toEqual({ count: 0, faults: [] });
  });
});

/** Tables of the newest version. */
const SET = `v${ledger.version}` as const;

/** Id of the domain event at a place in its story. */
const idOf = (at: number): string => `00000000-0000-4000-8000-00000000000${at}`;

describe('the ledger', () => {
  let side: ReadSide;
  beforeEach(async () => {
    side = await openReadSide();
  });
  afterEach(() => side.close());

  const postingsOf = (payer: Payer, acts: Story) =>
    tell(payer, acts).events.flatMap((event, at) => {
      const recorded = { ...event, id: idOf(at), revision: BigInt(at) } as unknown as RecordedEvent;
      return [...(ledgerProjection.project(recorded) ?? [])];
    });

  it('posts repeated deliveries once, with or without newer domain events', async () => {
    const postings = postingsOf(euros('e1', 'r1'), [
      pay(900),
      then('capture'),
      then('keep'),
      undo(0.5),
    ]);
    await ledger.write(side.pool, SET, postings.slice(0, 2));
    await ledger.write(side.pool, SET, postings);
    await ledger.write(side.pool, SET, [...postings, ...postings]);

    const { totalsOf, faults } = ledgerQueries(side.pool);
    expect(await totalsOf('e1')).toMatchObject([
      { capturedMinor: 900, keptMinor: 450, obligationsMinor: 450, balanced: true },
    ]);
    expect((await side.pool.query('select from ledger_lines')).rowCount).toBe(6);
    expect(await faults(10)).toEqual({ count: 0, faults: [] });
  });

  it('posts domain events of one revision in two streams, which differ by their id', async () => {
    const event = tell(euros('e1', 'r1'), [pay(900), then('capture')]).events.at(-1)!;
    const streams = [paymentStream('r1'), seatInventoryStream('e1')];
    const postings = streams.flatMap((stream, at) => [
      ...ledgerProjection.project({
        ...event,
        ...{ stream, revision: 1n, id: idOf(at) },
      } as unknown as RecordedEvent)!,
    ]);
    await ledger.write(side.pool, SET, postings);
    expect(await ledgerQueries(side.pool).totalsOf('e1')).toMatchObject([
      { capturedMinor: 1_800, balanced: true },
    ]);
  });

  it('reports a capture that was settled twice', async () => {
    const [captured, kept] = postingsOf(euros('e1', 'r1'), [
      pay(900),
      then('capture'),
      then('keep'),
    ]);
    await ledger.write(side.pool, SET, [
      captured!,
      kept!,
      { ...kept!, domainEventId: idOf(7), credit: 'refunds-due' },
    ]);

    expect(await ledgerQueries(side.pool).faults(10)).toEqual({
      count: 1,
      faults: [
        {
          fault: 'account-overdrawn',
          eventId: 'e1',
          reservationId: 'r1',
          what: 'unsettled py_r1_1',
          amountMinor: -900,
          currency: 'EUR',
        },
      ],
    });
  });

  it('reports a posting with an altered line, and the balance that does not match', async () => {
    await ledger.write(
      side.pool,
      SET,
      postingsOf(euros('e1', 'r1'), [pay(900), then('capture'), then('keep')]),
    );
    await side.pool.query(`update ledger_lines set credit_minor = 901 where account = 'sales'`);

    const { faults, count } = await ledgerQueries(side.pool).faults(10);
    expect(count).toBe(2);
    expect(faults).toMatchObject([
      { fault: 'balance-wrong', eventId: 'e1', reservationId: null, what: 'sales', amountMinor: 1 },
      {
        fault: 'posting-unbalanced',
        eventId: 'e1',
        reservationId: 'r1',
        what: idOf(2),
        amountMinor: -1,
      },
    ]);
    expect(await ledgerQueries(side.pool).faults(1)).toMatchObject({ count: 2, faults: [{}] });
  });

  it('reports totals that do not add up to the captured amount', async () => {
    await ledger.write(side.pool, SET, postingsOf(euros('e1', 'r1'), [pay(900), then('capture')]));
    await side.pool.query(
      `update ledger_balances set credit_minor = 899 where account = 'unsettled'`,
    );
    expect(await ledgerQueries(side.pool).totals()).toMatchObject([
      { capturedMinor: 900, unsettledMinor: 899, balanced: false },
    ]);
  });

  it.each([
    ['of less than nothing', `debit_minor = -1`],
    ['on both sides', `debit_minor = 5, credit_minor = 5`],
    ['in an account that there is not', `account = 'petty-cash'`],
  ])('hold no line %s', async (_, change) => {
    await ledger.write(side.pool, SET, postingsOf(euros('e1', 'r1'), [pay(900), then('capture')]));
    await expect(side.pool.query(`update ledger_lines set ${change}`)).rejects.toThrow(
      /check constraint/,
    );
  });
});
