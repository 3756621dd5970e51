import { setTimeout as pause } from 'node:timers/promises';
import type { DomainEvent } from '../../src/domain/shared/domain-event.js';
import { seatInventoryStream } from '../../src/domain/seat-inventory/events.js';
import { seatStatusProjection } from '../../src/projections/seat-status.js';
import { seatStatusQueries } from '../../src/read-models/seat-inventory/seat-status-queries.js';
import { confirmed, opened, released, reserved } from '../support/seat-inventory/events.js';
import { openReadSide, until, type ReadSide } from '../support/read-side.js';
import { countsOf, sale } from '../support/seat-inventory/seat-status-side.js';

const parkedEvents = async (side: ReadSide) => {
  const { rows } = await side.pool.query<{
    stream: string;
    type: string;
    error: string;
    attempts: number;
  }>(
    'select name, stream, revision::int, type, error, attempts, event from parked_events ' +
      'order by stream, revision',
  );
  return rows;
};

const poison: [name: string, event: DomainEvent, error: RegExp][] = [
  ['that the database refuses', reserved('bad', ['S\0']), /Unicode/],
  [
    'of a type that it does not know',
    { type: 'SeatsPainted', data: {} },
    /Unknown domain event type SeatsPainted/,
  ],
  ['that leaves fewer than no seats', confirmed('bad', ['S1']), /check constraint/],
  ['that makes no sense', { type: 'SeatsReserved', data: null }, /null/],
];

describe('the projection runner', () => {
  let side: ReadSide;
  beforeEach(async () => {
    side = await openReadSide();
  });
  afterEach(() => side.close());

  it('reports its status', async () => {
    const runner = side.run(seatStatusProjection);
    expect(runner.status()).toMatchObject({
      name: 'seat-status',
      version: 1,
      state: 'waiting',
      lagSeconds: null,
    });
    await until(() => runner.status().state === 'live');
    await side.append('e1', ...sale(10));
    await side.caughtUp();
    await until(() => runner.status().state === 'live');
    expect(runner.status()).toMatchObject({
      lagSeconds: 0,
      applied: 16,
      parked: 0,
      lastError: null,
    });
  });

  it('writes domain events that follow one another in few batches', async () => {
    const runner = side.run(seatStatusProjection);
    await until(() => runner.status().state === 'live');
    await side.append('e1', opened());
    await side.caughtUp();
    const began = performance.now();
    for (let n = 1; n <= 8; n++) {
      await side.append('e1', reserved(`r${n}`, [`S${n}`]));
      await pause(15);
    }
    const tookMs = performance.now() - began;
    await side.caughtUp();
    // One row for each batch: the first at once, then at most one in 50 ms.
    const { rows } = await side.pool.query('select from seat_changes where revision > 0');
    expect(rows.length).toBeLessThanOrEqual(2 + tookMs / 50);
  });

  it('lags while it cannot write', async () => {
    const runner = side.run(seatStatusProjection);
    await until(() => runner.status().state === 'live');
    await side.pool.query('alter table seat_changes_v1 rename to seat_changes_away');
    await side.append('e1', ...sale(10));
    await until(() => runner.status().state === 'waiting');
    await until(() => runner.status().lagSeconds! > 1);
    await side.pool.query('alter table seat_changes_away rename to seat_changes_v1');
    await side.caughtUp();
    await until(() => runner.status().lagSeconds === 0);
  });

  it.each(poison)(
    'parks a domain event %s, and what follows it, and nothing else',
    async (_, bad, error) => {
      const sick = seatInventoryStream('sick');
      await side.append('sick', opened());
      await side.append('well', ...sale(10));
      await side.appendTo(sick, bad);
      await side.append('well', released('r1', ['S1']));
      await side.append('sick', reserved('r2', ['A2']), released('r2', ['A2']));
      await side.append('well', released('r3', ['S3']));
      const runner = side.run(seatStatusProjection);
      await side.caughtUp();
      await side.append('sick', reserved('r4', ['A4']));
      await side.append('well', released('r5', ['S5']));
      await side.caughtUp();

      expect(await countsOf(side, 'well')).toEqual({
        available: 3,
        reserved: 2,
        sold: 5,
        blocked: 0,
      });
      expect(await seatStatusQueries(side.pool).inventory('sick')).toMatchObject({
        revision: 0,
        counts: { available: 20, reserved: 0 },
      });
      const behind = (type: string) =>
        expect.objectContaining({ stream: sick, type, error: null, attempts: 0 });
      expect(await parkedEvents(side)).toEqual([
        {
          name: 'seat-status',
          stream: sick,
          revision: 1,
          type: bad.type,
          error: expect.stringMatching(error),
          attempts: 3,
          event: expect.objectContaining({
            stream: sick,
            revision: '1',
            type: bad.type,
            data: bad.data,
          }),
        },
        behind('SeatsReserved'),
        behind('ReservationReleased'),
        behind('SeatsReserved'),
      ]);
      expect(runner.status()).toMatchObject({ state: 'live', parked: 4 });
    },
  );

  it(
    'keeps a stream frozen after a restart, ' + 'until an operator retries the parked event',
    async () => {
      await side.append('sick', opened(), reserved('bad', ['S\0']));
      await side.append('well', opened());
      const first = side.run(seatStatusProjection);
      await side.caughtUp();
      await first.stop();
      const second = side.run(seatStatusProjection);
      await side.append('sick', reserved('r2', ['A2']));
      await side.caughtUp();
      await until(() => second.status().parked === 2);
      expect(await countsOf(side, 'sick')).toMatchObject({ reserved: 0 });

      await side.pool.query('delete from parked_events');
      await side.append('sick', reserved('r3', ['A3']));
      await side.caughtUp();
      expect(await countsOf(side, 'sick')).toMatchObject({ reserved: 1 });
    },
  );

  it(
    'parks nothing when a table is missing: ' + 'the database failed, not the domain event',
    async () => {
      await side.pool.query('alter table seat_changes_v1 rename to seat_changes_away');
      await side.append('e1', ...sale(10));
      const runner = side.run(seatStatusProjection);
      await until(() => runner.status().lastError !== null);
      expect(runner.status().lastError!.message).toMatch(/seat_changes_v1/);
      await side.pool.query('alter table seat_changes_away rename to seat_changes_v1');
      await side.caughtUp();

      expect(await parkedEvents(side)).toEqual([]);
      expect(await countsOf(side, 'e1')).toEqual({
        available: 0,
        reserved: 5,
        sold: 5,
        blocked: 0,
      });
    },
  );

  it('restarts from the stored checkpoint when another runner has moved it', async () => {
    await side.append('e1', ...sale(10));
    const runner = side.run(seatStatusProjection);
    await side.caughtUp();
    await until(() => runner.status().state === 'live');
    await side.pool.query(`
      truncate inventories_v1, seat_status_v1, seat_changes_v1;
      update projection_checkpoints set commit_position = -1, prepare_position = -1
      where name = 'seat-status'`);
    await side.append('e1', released('r1', ['S1']));
    await side.caughtUp();

    expect(runner.status().lastError!.message).toMatch(/Another runner has moved the checkpoint/);
    expect(await countsOf(side, 'e1')).toEqual({ available: 1, reserved: 4, sold: 5, blocked: 0 });
  });

  it(
    'builds a new version while the old one ' + 'serves, and switches when it has caught up',
    async () => {
      await side.append('e1', ...sale(10));
      side.run(seatStatusProjection);
      await side.caughtUp();
      const { readModel } = seatStatusProjection;
      const newer = { ...seatStatusProjection, readModel: { ...readModel, version: 2 } };
      await side.pool.query("update inventories_v1 set seating_plan_hash = 'old'");
      side.run(newer);
      await until(async () => side.messages.includes('seat-status: version 2 serves'));

      const { rows } = await side.pool.query(
        'select serving_version from projections where name = $1',
        ['seat-status'],
      );
      expect(rows).toEqual([{ serving_version: 2 }]);
      expect((await seatStatusQueries(side.pool).inventory('e1'))!.seatingPlanHash).not.toBe('old');
      expect(await countsOf(side, 'e1')).toEqual({
        available: 0,
        reserved: 5,
        sold: 5,
        blocked: 0,
      });
      expect((await side.pool.query('select from inventories_v1')).rowCount).toBe(1);
    },
  );
});
