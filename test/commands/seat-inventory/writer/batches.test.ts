import { systemClock } from '../../../../src/adapters/system/clock.js';
import {
  MailboxFull,
  type Outcome,
} from '../../../../src/commands/seat-inventory/writer/outcome.js';
import type { SeatInventoryCommand } from '../../../../src/domain/seat-inventory/commands.js';
import { AppendTooLarge, MAX_APPEND_BYTES } from '../../../../src/ports/event-store/event-store.js';
import { proveLog } from '../../../support/log/log-proof.js';
import {
  block,
  close,
  confirm,
  expire,
  release,
  reserve,
  unblock,
} from '../../../support/seat-inventory/commands.js';
import { rectangularPlan } from '../../../support/seat-inventory/plans.js';
import { LOGS, openWriteSide, type WriteSide } from '../../../support/write-side.js';

const accepted = (outcomes: readonly Outcome[]) => outcomes.map((outcome) => outcome.accepted);
const revisions = (outcomes: readonly Outcome[]) =>
  outcomes.map((outcome) => (outcome.accepted ? outcome.revision : undefined));

describe.each(LOGS)('The writer, over %s', (logName) => {
  let side: WriteSide;
  beforeAll(async () => {
    side = await openWriteSide(logName);
  });
  afterAll(() => side.close());

  const hall = rectangularPlan(500);
  const seatIds = hall.zones[0]!.rows.flatMap(({ seats }) => seats.map(({ id }) => id));

  it(
    'writes what many ask for at once in few appends, and answers each with its own ' + 'revision',
    async () => {
      const sale = await side.openSale({}, hall);
      const node = side.openNode();
      const outcomes = await Promise.all(
        seatIds.map((seatId, at) =>
          sale.ask(node, reserve([seatId], { as: `r${at}`, by: `buyer-${at}` })),
        ),
      );
      expect(new Set(accepted(outcomes))).toEqual(new Set([true]));
      expect(revisions(outcomes)).toEqual(seatIds.map((_, at) => BigInt(at + 1)));
      expect(node.writers.stats).toMatchObject({ commands: 500, events: 500, conflicts: 0 });
      expect(node.writers.stats.appends).toBeLessThanOrEqual(8);
      expect(proveLog(await sale.log()).statusOf.size).toBe(500);
    },
  );

  it.each([
    ['warm', true],
    ['still being read', false],
  ])('serves the first caller first, with an inventory that is %s', async (_, warm) => {
    const sale = await side.openSale();
    const node = side.openNode();
    if (warm) await sale.ask(node, release('nobody'));
    const outcomes = await Promise.all(
      Array.from({ length: 300 }, (_, at) =>
        sale.ask(node, reserve(['A1'], { as: `r${at}`, by: `buyer-${at}` })),
      ),
    );
    expect(accepted(outcomes)).toEqual([true, ...Array.from({ length: 299 }, () => false)]);
  });

  it('decides each command on what the one before it did, in one batch', async () => {
    const sale = await side.openSale();
    const node = side.openNode();
    await sale.ask(node, release('nobody'));
    const commands = [
      reserve(['A1', 'A2']),
      reserve(['A2'], { as: 'r2', by: 'bob' }),
      release('r1'),
      reserve(['A2'], { as: 'r3', by: 'bob' }),
      confirm('r3', { by: 'bob' }),
      block(['A2']),
      close(),
      reserve(['A1'], { as: 'r4', by: 'cleo' }),
      reserve(['A2'], { as: 'r3', by: 'bob' }),
    ];
    const outcomes = await Promise.all(commands.map((command) => sale.ask(node, command)));
    expect(accepted(outcomes)).toEqual([true, false, true, true, true, false, true, false, true]);
    expect(revisions(outcomes)).toEqual([1n, undefined, 2n, 3n, 4n, undefined, 5n, undefined, 5n]);
    expect(outcomes[8]).toMatchObject({
      written: false,
      reservation: { id: 'r3', status: 'confirmed' },
    });
    expect(node.writers.stats.appends).toBe(1);
  });

  it('keeps a reservation as it was when it answered, whatever follows', async () => {
    const sale = await side.openSale();
    const node = side.openNode();
    const [held, sold] = await Promise.all([
      sale.ask(node, reserve(['A1'])),
      sale.ask(node, confirm('r1')),
    ]);
    expect([held, sold]).toMatchObject([
      { reservation: { status: 'held' } },
      { reservation: { status: 'confirmed' } },
    ]);
  });

  it(
    'refuses one command more than its mailbox holds, and takes them again when it ' + 'is empty',
    async () => {
      const sale = await side.openSale();
      const node = side.openNode({ limits: { maxMailbox: 100, maxBatch: 10 } });
      await sale.ask(node, release('nobody'));
      const ask = (at: number) =>
        sale.ask(node, reserve(['A1'], { as: `r${at}`, by: `buyer-${at}` }));
      const settled = await Promise.allSettled(Array.from({ length: 101 }, (_, at) => ask(at)));
      expect(settled.map(({ status }) => status)).toEqual([
        ...Array.from({ length: 100 }, () => 'fulfilled'),
        'rejected',
      ]);
      expect(settled[100]).toMatchObject({ reason: expect.any(MailboxFull) });
      expect(await ask(100)).toMatchObject({ rejection: { code: 'seats-unavailable' } });
    },
  );

  it('never appends more than the store takes, however large the reservations', async () => {
    const plan = rectangularPlan(12_000, 100);
    const renamed = {
      ...plan,
      name: 'Hall with the longest names',
      zones: plan.zones.map((zone) => ({
        ...zone,
        rows: zone.rows.map((row) => ({
          ...row,
          seats: row.seats.map((seat) => ({ ...seat, id: seat.id.padStart(64, '席') })),
        })),
      })),
    };
    const sale = await side.openSale({ maxSeatsPerCustomer: 100 }, renamed);
    const node = side.openNode();
    const outcomes = await Promise.all(
      renamed.zones[0]!.rows.map(({ seats, label }) =>
        sale.ask(
          node,
          reserve(
            seats.map(({ id }) => id),
            { as: label, by: label, digest: label },
          ),
        ),
      ),
    );
    expect(new Set(accepted(outcomes))).toEqual(new Set([true]));
    expect(outcomes).toHaveLength(120);
    expect(node.traffic.appends.reduce((a, b) => a + b)).toBeGreaterThan(2 * MAX_APPEND_BYTES);
    expect(Math.max(...node.traffic.appends)).toBeLessThanOrEqual(MAX_APPEND_BYTES);
    const late = Date.parse('2027-01-01');
    const ids = renamed.zones[0]!.rows.map(({ label }) => label);
    for (let left = ids.length; left > 0;) {
      const expired = await sale.ask(node, expire(ids, late));
      expect(expired).toMatchObject({ accepted: true, written: true });
      left = [...proveLog(await sale.log()).statusOf.values()].filter(
        (status) => status === 'held',
      ).length;
    }
    expect(Math.max(...node.traffic.appends)).toBeLessThanOrEqual(MAX_APPEND_BYTES);
  });

  it('answers refusals at once although the clock has been set back by an hour', async () => {
    let back = 0;
    const clock = { ...systemClock, now: () => systemClock.now() - back };
    const sale = await side.openSale();
    const node = side.openNode({ clock });
    await sale.ask(node, reserve(['A1']));
    back = 3_600_000;
    const refused = sale.ask(node, reserve(['A1'], { as: 'r2', by: 'bob' }));
    const late = systemClock.sleep(2_000).then(() => 'nothing in two seconds');
    expect(await Promise.race([refused, late])).toMatchObject({
      rejection: { code: 'seats-unavailable' },
    });
  });

  describe('a command that cannot be carried out fails alone', () => {
    const malformed = {
      ...reserve(['A3'], { as: 'r3', by: 'cleo' }),
      selection: undefined,
    } as never as SeatInventoryCommand;
    it.each([
      ['its decision throws', malformed, TypeError],
      [
        'one of its domain events is too large',
        { ...block(['A3']), reason: 'x'.repeat(300_000) },
        AppendTooLarge,
      ],
      [
        'it is too large for any append',
        { ...close(), reason: '席'.repeat(1_000_000) },
        AppendTooLarge,
      ],
    ] as const)('when %s', async (_, poison, error) => {
      const sale = await side.openSale();
      const node = side.openNode();
      await sale.ask(node, release('nobody'));
      const settled = await Promise.allSettled([
        sale.ask(node, reserve(['A1'])),
        sale.ask(node, poison),
        sale.ask(node, reserve(['A2'], { as: 'r2', by: 'bob' })),
        sale.ask(node, reserve(['A1'], { as: 'r4', by: 'bob' })),
      ]);
      expect(settled).toMatchObject([
        { value: { accepted: true, revision: 1n } },
        { reason: expect.any(error) },
        { value: { accepted: true, revision: 2n } },
        { value: { accepted: false } },
      ]);
      expect(await sale.ask(node, unblock(['A3']))).toMatchObject({
        accepted: true,
        written: false,
      });
      expect(proveLog(await sale.log()).statusOf.size).toBe(2);
    });
  });

  it.each([
    ['reserve', reserve(['A1'])],
    ['confirm', confirm('r1')],
    ['close', close()],
  ])('an event that does not exist: %s is refused and nothing is written', async (_, command) => {
    const sale = side.noSale();
    const node = side.openNode();
    expect(await sale.ask(node, command)).toEqual({
      accepted: false,
      rejection: { code: 'event-not-found' },
    });
    expect(node.traffic.appends).toEqual([]);
    expect(node.writers.knownRevision(sale.eventId)).toBeUndefined();
    expect(await sale.log()).toEqual([]);
  });
});
