import { performance } from 'node:perf_hooks';
import pg from 'pg';
import { systemClock } from '../../src/adapters/system/clock.js';
import type { SeatLayout } from '../../src/domain/seating-plan/layout.js';
import { waitingQueries } from '../../src/ports/event-store/waiting-queries.js';
import { seatStatusProjection } from '../../src/projections/seat-status.js';
import {
  openLiveSeatStatus,
  type LiveSeatStatus,
} from '../../src/read-models/seat-inventory/live-seat-status.js';
import type { SeatStatusDelta } from '../../src/read-models/seat-inventory/seat-status-board.js';
import { seatStatus } from '../../src/read-models/seat-inventory/seat-status.js';
import { prepareReadModel, serve } from '../../src/read-models/tables/versions.js';
import { confirmed, opened, released, reserved } from '../support/seat-inventory/events.js';
import { rectangularPlan, layoutOf, theatre } from '../support/seat-inventory/plans.js';
import { LOGS, openReadSide, until, type ReadSide } from '../support/read-side.js';

const openLive = (side: ReadSide, ...layouts: SeatLayout[]) =>
  openLiveSeatStatus({
    connectionString: side.url,
    db: side.pool,
    layoutOf: async (hash) => [theatre, ...layouts].find((layout) => layout.hash === hash)!,
    clock: systemClock,
  });

/** Collects the deltas of a subscriber until it leaves. */
function subscribe(live: LiveSeatStatus, eventId: string, afterRevision?: number) {
  const leaving = new AbortController();
  const deltas: SeatStatusDelta[] = [];
  const ended = (async () => {
    for await (const delta of live.changes(eventId, { afterRevision, signal: leaving.signal }))
      deltas.push(delta);
  })();
  const leave = async () => {
    leaving.abort();
    await ended;
  };
  return { deltas, ended, leave, seats: () => deltas.flatMap(({ changes }) => changes) };
}

describe.each(LOGS)('live seat status over %s', (log) => {
  let side: ReadSide;
  let live: LiveSeatStatus;
  beforeAll(async () => {
    side = await openReadSide(log);
    live = openLive(side);
    side.run(seatStatusProjection);
  });
  afterAll(async () => {
    await live.close();
    await side.close();
  });

  it('announces a waiting query to other processes, and hears of theirs', async () => {
    const client = new pg.Client({ connectionString: side.url });
    await client.connect();
    try {
      const senders = new Set<string | undefined>();
      client.on('notification', ({ payload }) => senders.add(payload));
      await client.query('listen waiting_queries');
      expect(await live.reached('never', 1, 60)).toBe(false);
      await until(() => senders.size === 1);

      let hurries = 0;
      const forget = waitingQueries.onBegin(() => void hurries++);
      await client.query(`select pg_notify('waiting_queries', 'another process')`);
      await until(() => hurries === 1);
      forget();
    } finally {
      await client.end();
    }
  });

  it('shows every seat in plan order', async () => {
    await side.append(
      'board',
      opened(),
      reserved('r1', ['A1', 'A2']),
      confirmed('r1', ['A1', 'A2']),
    );
    await side.append('board', reserved('r2', ['C4'], { by: 'bob' }));
    await side.caughtUp();

    const board = await live.board('board');
    expect(board).toMatchObject({
      eventId: 'board',
      revision: 3,
      etag: '"3"',
      counts: { available: 17, reserved: 1, sold: 2, blocked: 0 },
      status: 'ssaaaaaaaaaaaaaaaaar',
    });
    expect(JSON.parse(board!.json.toString())).toEqual({
      eventId: 'board',
      revision: 3,
      counts: { available: 17, reserved: 1, sold: 2, blocked: 0 },
      status: 'ssaaaaaaaaaaaaaaaaar',
    });
  });

  it('has no board of an event whose inventory was never opened', async () => {
    expect(await live.board('nobody')).toBeUndefined();
    const nobody = subscribe(live, 'nobody');
    await nobody.ended;
    expect(nobody.deltas).toEqual([]);
  });

  it('follows sales', async () => {
    await side.append('moving', opened());
    await side.caughtUp();
    expect((await live.board('moving'))!.status).toBe('a'.repeat(20));
    await side.append('moving', reserved('r1', ['A2']));
    await live.reached('moving', 1, 5_000);
    expect((await live.board('moving', 1))!.status).toBe('ar' + 'a'.repeat(18));
    await side.append('moving', released('r1', ['A2']));
    await live.reached('moving', 2, 5_000);
    expect((await live.board('moving', 2))!.status).toBe('a'.repeat(20));
  });

  it('sends changes to subscribers, in one object for all', async () => {
    await side.append('feed', opened());
    await side.caughtUp();
    const [ann, bob] = [subscribe(live, 'feed'), subscribe(live, 'feed')];
    await systemClock.sleep(100);
    await side.append('feed', reserved('r1', ['A1', 'A2']), confirmed('r1', ['A1', 'A2']));
    await until(() => ann.deltas.length > 0 && bob.deltas.length > 0);
    await side.append('feed', reserved('r2', ['B1']));
    await until(() => ann.deltas.length > 1 && bob.deltas.length > 1);

    expect(ann.seats()).toEqual([
      { seatId: 'A1', status: 'sold' },
      { seatId: 'A2', status: 'sold' },
      { seatId: 'B1', status: 'reserved' },
    ]);
    expect(ann.deltas[0]!.frame.toString()).toBe(
      'id: 2\ndata: ' +
        '{"revision":2,"changes":[{"seatId":"A1","status":"sold"},' +
        '{"seatId":"A2","status":"sold"}]}\n\n',
    );
    expect(bob.deltas[0]).toBe(ann.deltas[0]);
    expect(bob.deltas[1]).toBe(ann.deltas[1]);
    await Promise.all([ann.leave(), bob.leave()]);
  });

  it('brings a subscriber up to date immediately from any revision', async () => {
    await side.append('resume', opened());
    for (let at = 1; at <= 8; at++) {
      await side.append('resume', reserved(`r${at}`, [`A${at}`], { by: `c${at}` }));
      if (at % 3 === 0) await side.caughtUp();
    }
    await side.caughtUp();
    for (let seen = 0; seen <= 8; seen++) {
      const reader = subscribe(live, 'resume', seen);
      await (seen < 8 ? until(() => reader.deltas.at(-1)?.revision === 8) : systemClock.sleep(100));
      // A batch that began earlier is returned whole: setting a seat to its current status is
      // harmless.
      const told = new Set(reader.seats().map(({ seatId }) => seatId));
      for (let at = seen + 1; at <= 8; at++) expect(told).toContain(`A${at}`);
      if (seen === 8) expect(reader.deltas).toEqual([]);
      await reader.leave();
    }
  });

  it('sends at most twenty deltas a second, and loses nothing', async () => {
    await side.append('busy', opened());
    await side.caughtUp();
    const reader = subscribe(live, 'busy');
    await systemClock.sleep(100);
    const began = performance.now();
    for (let at = 1; at <= 60; at++) {
      const seat = [`${'AB'[at % 2]}${(at % 8) + 1}`];
      await side.append('busy', reserved(`r${at}`, seat), released(`r${at}`, seat));
    }
    await side.append('busy', reserved('last', ['C1']));
    await until(() => reader.deltas.at(-1)?.revision === 121);
    const elapsed = performance.now() - began;

    expect(reader.deltas.length).toBeLessThanOrEqual(Math.ceil(elapsed / 50) + 1);
    const letters = new Map(reader.seats().map(({ seatId, status }) => [seatId, status]));
    expect([...letters].filter(([, status]) => status !== 'available')).toEqual([
      ['C1', 'reserved'],
    ]);
    await reader.leave();
  });
});

describe('a reader of live seat status', () => {
  let side: ReadSide;
  let live: LiveSeatStatus;
  beforeEach(async () => {
    side = await openReadSide();
    live = openLive(side, hall);
    side.run(seatStatusProjection);
  });
  afterEach(async () => {
    await live.close();
    await side.close();
  });
  const hall = layoutOf(rectangularPlan(54_000));

  it('misses nothing while the LISTEN connection is lost', async () => {
    await side.append('e1', opened());
    await side.caughtUp();
    const reader = subscribe(live, 'e1');
    await systemClock.sleep(100);
    await side.pool.query(`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'boxoffice-live'`);
    await side.append('e1', reserved('r1', ['A1']));
    await until(() => reader.deltas.length > 0);
    expect(reader.seats()).toEqual([{ seatId: 'A1', status: 'reserved' }]);
    expect(await live.reached('e1', 1, 2_000)).toBe(true);
    await reader.leave();
  });

  it('is not notified of a version that is being built, until it serves', async () => {
    await side.append('e1', opened());
    await side.caughtUp();
    const reader = subscribe(live, 'e1');
    expect(await live.reached('e1', 0, 2_000)).toBe(true);
    const client = new pg.Client({ connectionString: side.url });
    await client.connect();
    await prepareReadModel(client, { ...seatStatus, version: 2 });
    await seatStatus.write(client, 'v2', [
      {
        ...{ kind: 'inventory-opened', eventId: 'e1', revision: 0 },
        ...{ seatingPlanHash: theatre.hash, seatCount: 20, onSaleAt: null },
      },
      {
        ...{ kind: 'seats-moved', eventId: 'e1', revision: 7 },
        ...{ seatIds: ['A1'], from: 'a', to: 'r', reservationId: 'r1' },
      },
    ]);
    expect(await live.reached('e1', 7, 300)).toBe(false);
    expect(reader.deltas).toEqual([]);

    await client.query('begin');
    await serve(client, seatStatus, { version: 2, generation: 1 });
    await client.query('commit');
    await client.end();
    expect(await live.reached('e1', 7, 2_000)).toBe(true);
    await until(() => reader.deltas.length > 0);
    expect(reader.seats()).toEqual([{ seatId: 'A1', status: 'reserved' }]);
    await reader.leave();
  });

  it('ends with the feed', async () => {
    await side.append('e1', opened());
    await side.caughtUp();
    const reader = subscribe(live, 'e1');
    const waiting = live.reached('e1', 99, 10_000);
    await systemClock.sleep(50);
    await live.close();
    await reader.ended;
    expect(await waiting).toBe(false);
  });

  it('waits for a revision together with thousands of others', async () => {
    await side.append('e1', opened({ seatCount: 54_000, seatingPlanHash: hall.hash }));
    await side.caughtUp();
    const waiting = Array.from({ length: 5_000 }, (_, at) => live.reached('e1', at % 500, 10_000));
    const never = live.reached('e1', 1_000, 300);
    const nobody = live.reached('nobody', 0, 300);
    const sales = Array.from({ length: 499 }, (_, at) => reserved(`r${at}`, [hall.seatIds[at]!]));
    await side.append('e1', ...sales);

    expect((await Promise.all(waiting)).every((reached) => reached)).toBe(true);
    const began = performance.now();
    expect(await live.reached('e1', 499, 1_000)).toBe(true);
    expect(performance.now() - began).toBeLessThan(20);
    expect([await never, await nobody]).toEqual([false, false]);
  });

  it('gets a warm board of 54,000 seats within a millisecond of CPU', async () => {
    await side.append('e1', opened({ seatCount: 54_000, seatingPlanHash: hall.hash }));
    for (let at = 0; at < 20; at++) {
      await side.append(
        'e1',
        reserved(`r${at}`, hall.seatIds.slice(at * 1_000, at * 1_000 + 1_000)),
      );
    }
    await side.caughtUp();
    const cold = performance.now();
    await live.board('e1', 20);
    const coldMs = performance.now() - cold;
    const READS = 2_000;
    const before = process.cpuUsage();
    for (let read = 0; read < READS; read++) await live.board('e1');
    const { user, system } = process.cpuUsage(before);
    const warmMs = (user + system) / 1_000 / READS;
    console.info(
      `board of 54,000 seats: cold ${coldMs.toFixed(1)} ms, warm ${warmMs.toFixed(4)} ms of CPU`,
    );
    expect(warmMs).toBeLessThan(1);
    expect((await live.board('e1'))!.status).toBe('r'.repeat(20_000) + 'a'.repeat(34_000));
  });
});
