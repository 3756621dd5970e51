import { once } from 'node:events';
import type { Log } from '../../src/projections/runner/shared-log.js';
import { seatStatusProjection } from '../../src/projections/seat-status.js';
import { reservationsProjection } from '../../src/projections/reservations.js';
import { ticketsProjection } from '../../src/projections/tickets.js';
import { compareGenerations } from '../../src/read-models/tables/comparison.js';
import { opened, released, reserved } from '../support/seat-inventory/events.js';
import { openReadSide, until, type ReadSide } from '../support/read-side.js';
import { openRebuildSide, type RebuildSide } from '../support/rebuilds.js';
import { countsOf, sale } from '../support/seat-inventory/seat-status-side.js';

const aborted = async (signal: AbortSignal): Promise<void> => {
  if (!signal.aborted) await once(signal, 'abort');
};

const of = (name: string, generation: number, version = 1) => ({ name, version, generation });

const keyOf = (seatId: string) => [
  { column: 'event_id', value: 'e1' },
  { column: 'seat_id', value: seatId },
];

const accepted = <T extends { accepted: boolean }>(outcome: T): Extract<T, { accepted: true }> => {
  expect(outcome).toMatchObject({ accepted: true });
  return outcome as Extract<T, { accepted: true }>;
};

const tablesLike = async (side: ReadSide, pattern: string) => {
  const { rows } = await side.pool.query<{ name: string }>(
    "select relname as name from pg_class where relkind in ('r', 'p') and relname like $1 " +
      'order by relname',
    [pattern],
  );
  return rows.map(({ name }) => name);
};

describe('a rebuild', () => {
  let side: ReadSide;
  let node: RebuildSide;
  beforeEach(async () => {
    side = await openReadSide();
    node = openRebuildSide(side, [seatStatusProjection, reservationsProjection, ticketsProjection]);
  });
  afterEach(async () => {
    await node.rebuilds.stop();
    await side.close();
  });

  it('creates the same indices as the first tables', async () => {
    await side.append('e1', ...sale(10));
    side.run(reservationsProjection);
    await side.caughtUp();
    accepted(await node.operations.startRebuild('reservations', 'olga', false));
    await node.reached('reservations', 'switched');
    const indices = async (set: string) => {
      const { rows } = await side.pool.query<{ indexdef: string }>(
        'select indexdef from pg_indexes where tablename = $1 order by indexdef',
        [`reservations_${set}`],
      );
      return rows.map(({ indexdef }) => indexdef.replace(/.* USING/, '')).sort();
    };
    expect(await indices('v2_g2')).toEqual(await indices('v2'));
    expect(await indices('v2')).toHaveLength(3);
  });

  it('keeps one previous set of tables, and switches without a failed query', async () => {
    await side.append('e1', ...sale(10));
    side.run(seatStatusProjection);
    await side.caughtUp();
    // Prepared once per connection, executed many times.
    const wrong: unknown[] = [];
    let over = false;
    const read = async () => {
      while (!over) {
        const counts = await countsOf(side, 'e1').catch((error: Error) => error.message);
        if (JSON.stringify(counts) !== '{"available":0,"reserved":5,"sold":5,"blocked":0}')
          wrong.push(counts);
      }
    };
    const readers = [1, 2, 3, 4].map(read);
    try {
      for (const generation of [2, 3, 4]) {
        accepted(await node.operations.startRebuild('seat-status', 'olga', false));
        expect(await node.reached('seat-status', 'switched')).toMatchObject({ generation });
      }
    } finally {
      over = true;
      await Promise.all(readers);
    }
    expect(wrong).toEqual([]);
    await until(async () =>
      (await tablesLike(side, 'inventories_v1%')).every((name) => /_g[34](_p\d)?$/.test(name)),
    );
  });

  it('waits for an operator when old and new tables differ, and lists the keys', async () => {
    await side.append('e1', ...sale(10));
    side.run(seatStatusProjection);
    await side.caughtUp();
    await side.pool.query(`update seat_status_v1 set status = 'b' where seat_id = 'S3'`);
    await side.pool.query(`delete from seat_status_v1 where seat_id = 'S4'`);
    accepted(await node.operations.startRebuild('seat-status', 'olga', false));
    const { comparison } = await node.reached('seat-status', 'differs');
    expect(comparison!.equal).toBe(false);
    expect(comparison!.tables.find(({ table }) => table === 'seat_status')).toMatchObject({
      ...{ oldRows: 9, newRows: 10 },
      differing: [
        { key: keyOf('S3'), in: 'both' },
        { key: keyOf('S4'), in: 'new' },
      ],
    });
    const [before] = await node.operations.list();
    expect(before!.serving.generation).toBe(1);

    accepted(await node.operations.acceptDifference('seat-status', 'otto'));
    expect(await node.reached('seat-status', 'switched')).toMatchObject({ decidedBy: 'otto' });
  });

  it('leaves nothing behind when it is canceled', async () => {
    await side.append('e1', ...sale(10));
    side.run(seatStatusProjection);
    await side.caughtUp();
    await side.pool.query(`update seat_status_v1 set status = 'b' where seat_id = 'S3'`);
    accepted(await node.operations.startRebuild('seat-status', 'olga', false));
    await node.reached('seat-status', 'differs');
    expect(await tablesLike(side, '%_v1_g2')).toEqual([
      'inventories_v1_g2',
      'seat_changes_v1_g2',
      'seat_status_v1_g2',
    ]);
    expect(await node.operations.startRebuild('seat-status', 'otto', false)).toEqual({
      accepted: false,
      rejection: { code: 'rebuild-under-way' },
    });
    accepted(await node.operations.cancelRebuild('seat-status', 'otto'));
    await node.reached('seat-status', 'cancelled');
    expect(await tablesLike(side, '%_v1_g2%')).toEqual([]);
    expect(await node.operations.cancelRebuild('seat-status', 'otto')).toEqual({
      accepted: false,
      rejection: { code: 'rebuild-not-under-way' },
    });
    accepted(await node.operations.startRebuild('seat-status', 'olga', true));
    expect(await node.reached('seat-status', 'switched')).toMatchObject({ generation: 3 });
  });

  it('makes no mail due twice', async () => {
    await side.append('e1', ...sale(10));
    side.run(ticketsProjection);
    await side.caughtUp();
    await side.pool.query('delete from confirmation_mails');
    accepted(await node.operations.startRebuild('tickets', 'olga', false));
    expect(await node.reached('tickets', 'switched')).toMatchObject({
      comparison: { equal: true },
    });
    expect((await side.pool.query('select from confirmation_mails')).rowCount).toBe(0);
  });

  it(
    'parks in the new tables what is parked in ' + 'the live ones, and skips what was skipped',
    async () => {
      await side.append('sick', opened(), reserved('bad', ['S\0']), reserved('r2', ['A2']));
      await side.append('well', ...sale(10));
      side.run(seatStatusProjection);
      await side.caughtUp();
      const [parked] = (await node.operations.parked('seat-status'))!;
      expect(parked).toMatchObject({
        stream: 'seatInventory-sick',
        revision: 1,
        type: 'SeatsReserved',
        waiting: 1,
      });
      expect(await node.operations.retryParked('seat-status', parked!.id)).toMatchObject({
        accepted: false,
        rejection: { code: 'parked-event-still-fails', error: expect.stringMatching(/Unicode/) },
      });
      accepted(await node.operations.startRebuild('seat-status', 'olga', false));
      expect(await node.reached('seat-status', 'switched')).toMatchObject({
        comparison: { equal: true },
      });
      expect(await node.operations.parked('seat-status')).toMatchObject([
        { id: parked!.id, waiting: 1 },
      ]);

      const skipped = await node.operations.skipParked(
        'seat-status',
        parked!.id,
        'olga',
        'a seat nobody has',
      );
      expect(skipped).toEqual({ accepted: true, applied: 1 });
      expect(await countsOf(side, 'sick')).toMatchObject({ reserved: 1 });
      expect(await node.operations.parked('seat-status')).toEqual([]);
      await side.append('sick', reserved('r3', ['A3']));
      await until(async () => (await countsOf(side, 'sick'))?.reserved === 2);

      accepted(await node.operations.startRebuild('seat-status', 'olga', false));
      expect(await node.reached('seat-status', 'switched')).toMatchObject({
        generation: 3,
        comparison: { equal: true },
      });
      expect(await node.operations.parked('seat-status')).toEqual([]);
    },
  );

  it(
    'reapplies parked events while it is loading, ' + 'without keys, but not while keys are built',
    async () => {
      await node.rebuilds.stop();
      let mended = false;
      const moody: typeof seatStatusProjection = {
        ...seatStatusProjection,
        project: (event) => {
          if (!mended && event.stream === 'seatInventory-sick' && event.revision === 2n)
            throw new Error('moody');
          return seatStatusProjection.project(event);
        },
      };
      const gate = new AbortController();
      const halfway: Log = {
        ping: () => side.eventStore.ping(),
        condition: () => side.eventStore.condition(),
        async *subscribe(options) {
          for await (const batch of side.eventStore.subscribe({ ...options, maxBatch: 5 })) {
            yield batch;
            if (!gate.signal.aborted)
              await Promise.race([gate.signal, options.signal].map(aborted));
          }
        },
      };
      node = openRebuildSide(side, [moody], halfway);
      await side.append(
        'sick',
        opened(),
        reserved('r1', ['A1']),
        released('r1', ['A1']),
        reserved('r2', ['A1']),
      );
      await side.append('well', ...sale(10));
      side.run(moody);
      await side.caughtUp();
      accepted(await node.operations.startRebuild('seat-status', 'olga', false));
      const parkedIn = async (generation: number) => {
        const { rowCount } = await side.pool.query(
          'select from parked_events where generation = $1',
          [generation],
        );
        return rowCount;
      };
      await until(async () => (await parkedIn(2)) === 2);
      expect(await node.rebuildOf('seat-status')).toMatchObject({ phase: 'loading' });
      mended = true;
      const [parked] = (await node.operations.parked('seat-status'))!;
      const goTo = (phase: string) =>
        side.pool.query('update projection_rebuilds set phase = $1 where ended_at is null', [
          phase,
        ]);
      await goTo('indexing');
      expect(await node.operations.retryParked('seat-status', parked!.id)).toEqual({
        accepted: false,
        rejection: { code: 'rebuild-under-way' },
      });
      await goTo('loading');
      expect(await node.operations.retryParked('seat-status', parked!.id)).toEqual({
        accepted: true,
        applied: 2,
      });
      expect(await parkedIn(2)).toBe(0);
      gate.abort();
      expect(await node.reached('seat-status', 'switched')).toMatchObject({
        comparison: { equal: true },
      });
    },
  );

  it('rejects an unknown projection', async () => {
    const unknown = { accepted: false, rejection: { code: 'projection-unknown' } };
    expect(await node.operations.startRebuild('seats', 'olga', false)).toEqual(unknown);
    expect(await node.operations.cancelRebuild('seats', 'olga')).toEqual(unknown);
    expect(await node.operations.switchBack('seats', 'olga')).toEqual(unknown);
    expect(await node.operations.rebuildOf('seats')).toBeUndefined();
    expect(await node.operations.parked('seats')).toBeUndefined();
    expect((await side.pool.query('select from projection_rebuilds')).rowCount).toBe(0);
  });

  it('compares in one snapshot while both tables are written', async () => {
    await side.append('e1', ...sale(10));
    side.run(seatStatusProjection);
    await side.caughtUp();
    const same = await compareGenerations(
      side.pool,
      seatStatusProjection.readModel,
      of('seat-status', 1),
      of('seat-status', 1),
    );
    expect(same.equal).toBe(true);
    expect(same.tables.every(({ oldHash }) => oldHash !== '0')).toBe(true);
  });
});
