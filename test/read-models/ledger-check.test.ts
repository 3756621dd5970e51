import pg from 'pg';
import type { ProviderEntry } from '../../src/ports/payment/payment-gateway.js';
import { paymentsProjection } from '../../src/projections/payments.js';
import { ledgerProjection } from '../../src/projections/ledger.js';
import { checkLedger, MAX_NAMED, SETTLING_MS } from '../../src/read-models/payment/ledger-check.js';
import { paymentStream } from '../../src/domain/payment/events.js';
import { tell, type Story } from '../support/payment/payment-stories.js';
import { NOON } from '../support/seat-inventory/rules.js';
import { openReadSide, type ReadSide } from '../support/read-side.js';

const DAY_MS = 86_400_000;
const NEXT_DAY = NOON + DAY_MS;

const once = (step: Story[number]['step']): Story[number] => ({ step, twice: false });
const captured: Story = [
  once({ act: 'pay', amountMinor: 9_000 }),
  once({ act: 'capture', which: 0 }),
];
const kept: Story = [...captured, once({ act: 'keep', which: 0 })];
const halfBack: Story = [
  ...kept,
  once({ act: 'undo', which: 0, share: 0.5, reason: 'exchange' }),
  once({ act: 'pay-back', which: 0 }),
];
const allBack: Story = [
  ...halfBack,
  once({ act: 'undo', which: 0, share: 1, reason: 'event-cancelled' }),
  once({ act: 'pay-back', which: 0 }),
];

const money = (amountMinor: number, currency = 'EUR') => ({ amountMinor, currency });
const capture = (id: string, amountMinor = 9_000, currency = 'EUR'): ProviderEntry => ({
  kind: 'capture',
  reference: `py_${id}_1`,
  amount: money(amountMinor, currency),
});
const refund = (id: string, amountMinor: number, currency = 'EUR'): ProviderEntry => ({
  ...capture(id, amountMinor, currency),
  kind: 'refund',
});

describe('the check of the ledger against the provider’s list', () => {
  let side: ReadSide;
  let client: pg.Client;
  beforeEach(async () => {
    side = await openReadSide();
    side.run(ledgerProjection, paymentsProjection);
    client = new pg.Client({ connectionString: side.url });
    await client.connect();
  });
  afterEach(async () => {
    await client.end();
    await side.close();
  });

  /** Stories of the payments, by reservation. */
  const given = async (stories: Readonly<Record<string, Story>>, eventId = 'e1') => {
    for (const [reservationId, acts] of Object.entries(stories)) {
      const { events } = tell({ eventId, reservationId, currency: 'EUR' }, acts);
      await side.appendTo(paymentStream(reservationId), ...events);
    }
    await side.caughtUp();
  };
  const check = (theirs: Iterable<ProviderEntry>, now = NEXT_DAY, provider = 'sandbox') =>
    checkLedger(client, theirs, { now, provider });

  it(
    'passes when both have the same entries, in any order, including several refunds of a ' +
      'capture',
    async () => {
      await given({ r1: kept, r2: captured, r3: halfBack, r4: allBack });
      const theirs = [
        ...[refund('r4', 4_500), capture('r4'), refund('r3', 4_500), capture('r3')],
        ...[capture('r2'), refund('r4', 4_500), capture('r1')],
      ];

      const report = await check(theirs);

      expect(report).toMatchObject({
        balanced: true,
        totals: [
          {
            capturedMinor: 36_000,
            refundedMinor: 13_500,
            keptMinor: 13_500,
            unsettledMinor: 9_000,
          },
        ],
        setAside: 0,
        entries: { ours: 7, theirs: 7, settling: 0, elsewhere: 0 },
        faults: { count: 0, named: [] },
        differences: { count: 0, named: [] },
      });
      expect(Date.parse(report.booksUpTo!)).toBeGreaterThan(NOON);
    },
  );

  it('passes with an empty ledger and an empty list', async () => {
    expect(await check([])).toMatchObject({ balanced: true, totals: [], booksUpTo: null });
  });

  const ofR1 = { reference: 'py_r1_1', eventId: 'e1', reservationId: 'r1' };
  const nobodys = { eventId: null, reservationId: null };
  const rows: [what: string, story: Story, theirs: ProviderEntry[], differences: object[]][] = [
    [
      'a capture that we have not heard of',
      kept,
      [capture('r1'), capture('r9', 100)],
      [
        {
          ...{ difference: 'missing-here', kind: 'capture', reference: 'py_r9_1', ...nobodys },
          ...{ ours: null, theirs: money(100) },
        },
      ],
    ],
    [
      'a capture that the provider does not have',
      kept,
      [],
      [{ difference: 'missing-there', kind: 'capture', ...ofR1, ours: money(9_000), theirs: null }],
    ],
    [
      'a capture of another amount',
      kept,
      [capture('r1', 8_999)],
      [
        {
          ...{ difference: 'amount-differs', kind: 'capture', ...ofR1 },
          ...{ ours: money(9_000), theirs: money(8_999) },
        },
      ],
    ],
    [
      'a capture in another currency',
      kept,
      [capture('r1', 9_000, 'MXN')],
      [
        {
          ...{ difference: 'currency-differs', kind: 'capture', ...ofR1 },
          ...{ ours: money(9_000), theirs: money(9_000, 'MXN') },
        },
      ],
    ],
    [
      'a capture that the provider has made twice',
      kept,
      [capture('r1'), capture('r1')],
      [
        {
          ...{ difference: 'missing-here', kind: 'capture', reference: 'py_r1_1', ...nobodys },
          ...{ ours: null, theirs: money(9_000) },
        },
      ],
    ],
    [
      'a refund that we have not heard of',
      halfBack,
      [capture('r1'), refund('r1', 4_500), refund('r1', 4_500)],
      [
        {
          ...{ difference: 'missing-here', kind: 'refund', reference: 'py_r1_1', ...nobodys },
          ...{ ours: null, theirs: money(4_500) },
        },
      ],
    ],
    [
      'one of two refunds that the provider does not have',
      allBack,
      [capture('r1'), refund('r1', 4_500)],
      [{ difference: 'missing-there', kind: 'refund', ...ofR1, ours: money(4_500), theirs: null }],
    ],
    [
      'a refund of another amount, beside one that agrees',
      allBack,
      [refund('r1', 4_600), refund('r1', 4_500), capture('r1')],
      [
        {
          ...{ difference: 'amount-differs', kind: 'refund', ...ofR1 },
          ...{ ours: money(4_500), theirs: money(4_600) },
        },
      ],
    ],
    [
      'a refund in another currency',
      halfBack,
      [capture('r1'), refund('r1', 4_500, 'USD')],
      [
        {
          ...{ difference: 'currency-differs', kind: 'refund', ...ofR1 },
          ...{ ours: money(4_500), theirs: money(4_500, 'USD') },
        },
      ],
    ],
  ];
  it.each(rows)('reports %s', async (_, acts, theirs, named) => {
    await given({ r1: acts });
    const report = await check(theirs);
    expect(report.balanced).toBe(false);
    expect(report.differences).toEqual({ count: named.length, named });
    expect(report.faults.count).toBe(0);
  });

  it('lists the first hundred and counts all', async () => {
    await given({ r1: kept });
    const many = Array.from({ length: 12_000 }, (_, at) => capture(`x${at}`));
    const progress: number[] = [];

    const { differences, entries } = await checkLedger(client, many, {
      now: NEXT_DAY,
      onProgress: (read) => progress.push(read),
    });

    expect(differences.count).toBe(12_001);
    expect(differences.named).toHaveLength(MAX_NAMED);
    expect(entries).toMatchObject({ ours: 1, theirs: 12_000 });
    expect(progress).toEqual([5_000, 10_000, 12_000]);
  });

  it('tolerates a recent capture that is missing on the list', async () => {
    await given({ r1: kept, r2: kept });
    const captureAt = NOON + 1_000;

    const young = await check([capture('r2')], captureAt + SETTLING_MS - 1);
    expect(young).toMatchObject({
      balanced: true,
      entries: { settling: 1 },
      differences: { count: 0 },
    });
    const old = await check([capture('r2')], captureAt + SETTLING_MS);
    expect(old).toMatchObject({
      balanced: false,
      entries: { settling: 0 },
      differences: { count: 1 },
    });
    const wrong = await check([capture('r1', 1), capture('r2')], captureAt);
    expect(wrong.differences).toMatchObject({
      count: 1,
      named: [{ difference: 'amount-differs' }],
    });
  });

  it('compares only payments of this provider, and counts the others', async () => {
    await given({ r1: halfBack });
    const report = await check([], NEXT_DAY, 'stripe');
    expect(report).toMatchObject({ balanced: true, entries: { ours: 0, elsewhere: 2 } });
  });

  it('fails with an inconsistent ledger', async () => {
    await given({ r1: kept });
    await side.pool.query(`update ledger_lines set credit_minor = 1 where account = 'sales'`);
    const report = await check([capture('r1')]);
    expect(report).toMatchObject({
      balanced: false,
      faults: { count: 2 },
      differences: { count: 0 },
    });
  });

  it('fails while domain events of payments are parked', async () => {
    await given({ r1: captured });
    await side.appendTo(paymentStream('r1'), { type: 'PaymentHalved', data: {} });
    await side.caughtUp();
    expect(await check([capture('r1')])).toMatchObject({ balanced: false, setAside: 1 });
  });

  it('leaves nothing behind, even when the provider stops answering', async () => {
    await given({ r1: kept });

    async function* silent(): AsyncGenerator<ProviderEntry> {
      yield capture('r1');
      throw new Error('no answer');
    }
    await expect(checkLedger(client, silent(), { now: NEXT_DAY })).rejects.toThrow('no answer');
    expect(await check([capture('r1')])).toMatchObject({ balanced: true });
    expect(await check([capture('r1')])).toMatchObject({ balanced: true });
  });
});
