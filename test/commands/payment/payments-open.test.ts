import { paymentStream } from '../../../src/domain/payment/events.js';
import { paymentsProjection } from '../../../src/projections/payments.js';
import {
  ASK_ABOUT_REFUND_AFTER_MS,
  paymentQueries,
  REFUND_PENDING_MS,
} from '../../../src/read-models/payment/payments-queries.js';
import { tell, type Story } from '../../support/payment/payment-stories.js';
import { openReadSide, type ReadSide } from '../../support/read-side.js';

type Status = 'succeeded' | 'pending' | 'failed';
const UNDONE: Story = [
  { step: { act: 'pay', amountMinor: 900 }, twice: false },
  { step: { act: 'capture', which: 0 }, twice: false },
  { step: { act: 'turn-down', which: 0, reason: 'paid-twice' }, twice: false },
];
const refund = (status: Status): Story[number] => ({
  step: { act: 'pay-back', which: 0, status },
  twice: false,
});

describe('payments with a refund', () => {
  let side: ReadSide;
  beforeAll(async () => {
    side = await openReadSide();
    side.run(paymentsProjection);
  });
  afterAll(() => side.close());

  /** Which lists name the payment, this long after its last domain event. */
  const listed = async (name: string, ...refunds: Status[]) => {
    const reservationId = `${name}-${refunds.length}`;
    const payer = { eventId: 'opera', reservationId, currency: 'EUR' };
    await side.appendTo(
      paymentStream(reservationId),
      ...tell(payer, [...UNDONE, ...refunds.map(refund)]).events,
    );
    await side.caughtUp();
    const queries = paymentQueries(side.pool);
    const changedAt = Date.parse((await queries.of('opera', reservationId))!.changedAt);
    const isNamed = (rows: readonly { reservationId: string }[]) =>
      rows.some((row) => row.reservationId === reservationId);
    return async (ms: number) => ({
      open: isNamed(await queries.open(changedAt + ms, 100)),
      unresolved: isNamed(await queries.unresolved(changedAt + ms, 100)),
    });
  };

  it('that is due are worked on, and unresolved when nothing moves', async () => {
    const after = await listed('due');
    expect(await after(-1)).toEqual({ open: false, unresolved: false });
    expect(await after(0)).toEqual({ open: true, unresolved: true });
  });

  it(
    'that the provider has accepted are asked about once an hour, and unresolved ' +
      'after two weeks',
    async () => {
      const after = await listed('pending', 'pending');
      expect(await after(ASK_ABOUT_REFUND_AFTER_MS - 1)).toEqual({
        open: false,
        unresolved: false,
      });
      expect(await after(ASK_ABOUT_REFUND_AFTER_MS)).toEqual({ open: true, unresolved: false });
      expect(await after(REFUND_PENDING_MS - 1)).toMatchObject({ unresolved: false });
      expect(await after(REFUND_PENDING_MS)).toMatchObject({ unresolved: true });
    },
  );

  it.each<[string, Status[]]>([
    ['at once', ['failed', 'failed', 'failed']],
    ['after they were accepted', ['pending', 'failed', 'pending', 'failed', 'pending', 'failed']],
    ['after a fourth try', ['failed', 'failed', 'failed', 'pending', 'failed']],
  ])(
    'that has failed three times are unresolved at once, and left to a person: %s',
    async (_, refunds) => {
      const after = await listed('given-up', ...refunds);
      expect(await after(-1)).toEqual({ open: false, unresolved: true });
      expect(await after(REFUND_PENDING_MS)).toEqual({ open: false, unresolved: true });
    },
  );

  it.each<[string, Status[]]>([
    ['at once', ['succeeded']],
    ['later', ['pending', 'succeeded']],
    ['by a person', ['failed', 'failed', 'failed', 'succeeded']],
  ])('that has succeeded are at their end: %s', async (_, refunds) => {
    const after = await listed('done', ...refunds);
    expect(await after(REFUND_PENDING_MS)).toEqual({ open: false, unresolved: false });
  });

  it(
    'that the provider has accepted come last, and can be left out until there is ' + 'work again',
    async () => {
      await listed('first-awaited', 'pending');
      await listed('then-due');
      const queries = paymentQueries(side.pool);
      const later = Date.now() + ASK_ABOUT_REFUND_AFTER_MS + 60_000;
      const ids = ['first-awaited-1', 'then-due-0'];
      const open = async (due: string[], awaiting: string[]) =>
        (await queries.open(later, 1_000, { due, awaiting }))
          .filter(({ reservationId }) => ids.includes(reservationId))
          .map(({ reservationId, awaiting: awaits }) => [reservationId, awaits]);
      expect(await open([], [])).toEqual([
        ['then-due-0', false],
        ['first-awaited-1', true],
      ]);
      expect(await open(ids, [])).toEqual([['first-awaited-1', true]]);
      expect(await open([], ids)).toEqual([['then-due-0', false]]);
    },
  );

  it('that failed after a success are worked on again', async () => {
    const after = await listed('again', 'succeeded', 'failed');
    expect(await after(0)).toEqual({ open: true, unresolved: true });
  });
});
