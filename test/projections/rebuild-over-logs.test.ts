import { seatStatusProjection } from '../../src/projections/seat-status.js';
import { reservationsProjection } from '../../src/projections/reservations.js';
import { ticketsProjection } from '../../src/projections/tickets.js';
import { released } from '../support/seat-inventory/events.js';
import { LOGS, openReadSide, until, type ReadSide } from '../support/read-side.js';
import { openRebuildSide, type RebuildSide } from '../support/rebuilds.js';
import { countsOf, sale } from '../support/seat-inventory/seat-status-side.js';

const accepted = <T extends { accepted: boolean }>(outcome: T): Extract<T, { accepted: true }> => {
  expect(outcome).toMatchObject({ accepted: true });
  return outcome as Extract<T, { accepted: true }>;
};

describe.each(LOGS)('a rebuild over %s', (log) => {
  let side: ReadSide;
  let node: RebuildSide;
  beforeEach(async () => {
    side = await openReadSide(log);
    node = openRebuildSide(side, [seatStatusProjection, reservationsProjection, ticketsProjection]);
  });
  afterEach(async () => {
    await node.rebuilds.stop();
    await side.close();
  });

  it(
    'builds new tables, compares them with the live ones, and switches; then the runner writes ' +
      'them',
    async () => {
      await side.append('e1', ...sale(60));
      side.run(seatStatusProjection);
      await side.caughtUp();
      accepted(await node.operations.startRebuild('seat-status', 'olga', false));
      const rebuild = await node.reached('seat-status', 'switched');
      expect(rebuild).toMatchObject({
        ...{
          projection: 'seat-status',
          version: 1,
          generation: 2,
          kind: 'rebuild',
          startedBy: 'olga',
        },
        ...{ done: 91, total: 91, error: null, comparison: { equal: true } },
      });
      expect(
        rebuild.comparison!.tables.map(({ table, oldRows, newRows }) => [table, oldRows, newRows]),
      ).toEqual([
        ['inventories', 1, 1],
        ['seat_status', 60, 60],
      ]);

      await side.append('e1', released('r1', ['S1']));
      await until(async () => (await countsOf(side, 'e1'))?.available === 1);
      const [view] = await node.operations.list();
      expect(view).toMatchObject({
        serving: { version: 1, generation: 2 },
        previous: { generation: 1 },
      });
      // The previous tables stay as they were at the switch.
      expect((await side.pool.query('select available from inventories_v1')).rows).toEqual([
        { available: 0 },
      ]);
      expect((await side.pool.query('select available from inventories_v1_g2')).rows).toEqual([
        { available: 1 },
      ]);
    },
  );

  it('switches back to the previous tables after they have caught up', async () => {
    await side.append('e1', ...sale(10));
    side.run(seatStatusProjection);
    await side.caughtUp();
    expect(await node.operations.switchBack('seat-status', 'olga')).toEqual({
      accepted: false,
      rejection: { code: 'nothing-to-switch-back-to' },
    });
    accepted(await node.operations.startRebuild('seat-status', 'olga', false));
    await node.reached('seat-status', 'switched');
    await side.append('e1', released('r1', ['S1']), released('r3', ['S3']));
    await until(async () => (await countsOf(side, 'e1'))?.available === 2);

    accepted(await node.operations.switchBack('seat-status', 'olga'));
    const back = await node.reached('seat-status', 'switched');
    expect(back).toMatchObject({ kind: 'switch-back', generation: 1, done: 2 });
    expect(await countsOf(side, 'e1')).toMatchObject({ available: 2 });
    await side.append('e1', released('r5', ['S5']));
    await until(async () => (await countsOf(side, 'e1'))?.available === 3);
    const [view] = await node.operations.list();
    expect(view).toMatchObject({ serving: { generation: 1 }, previous: { generation: 2 } });
  });

  it('changes nothing when every batch is delivered twice', async () => {
    await node.rebuilds.stop();
    const twice = {
      ...side.eventStore,
      subscribe: async function* (options: Parameters<ReadSide['eventStore']['subscribe']>[0]) {
        for await (const batch of side.eventStore.subscribe({ ...options, maxBatch: 7 })) {
          yield batch;
          yield { ...batch, events: [...batch.events] };
        }
      },
    };
    node = openRebuildSide(side, [seatStatusProjection], twice);
    await side.append('e1', ...sale(60));
    side.run(seatStatusProjection);
    await side.caughtUp();
    accepted(await node.operations.startRebuild('seat-status', 'olga', false));
    expect(await node.reached('seat-status', 'switched')).toMatchObject({
      done: 91,
      comparison: { equal: true },
    });
  });
});
