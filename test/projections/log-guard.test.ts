import type pg from 'pg';
import { systemClock } from '../../src/adapters/system/clock.js';
import { seatInventoryStream } from '../../src/domain/seat-inventory/events.js';
import {
  EventStoreUnavailable,
  LogWentBack,
  START,
} from '../../src/ports/event-store/event-store.js';
import { LOG_TRUST_MS, LogReplaced } from '../../src/ports/event-store/log-identity.js';
import type { LogGuard } from '../../src/projections/log-guard/log-guard.js';
import { openLogGuard } from '../../src/projections/log-guard/open-log-guard.js';
import {
  runProjections,
  type ProjectionRunner,
} from '../../src/projections/runner/projection-runner.js';
import { reservationsProjection } from '../../src/projections/reservations.js';
import { seatStatusProjection } from '../../src/projections/seat-status.js';
import { confirmed, opened, reserved } from '../support/seat-inventory/events.js';
import { impatientClock } from '../support/manual-clock.js';
import { openReadSide, until, type ReadSide } from '../support/read-side.js';
import { openRebuildSide } from '../support/rebuilds.js';
import { RESTORABLE_LOGS, logFixture } from './log-guard.fixture.js';

/** The guard compares every 0.5 s, and every 0.1 s once the log was replaced. */
const CHECKS_FASTER = 10;
const projections = [seatStatusProjection, reservationsProjection];

describe.each(RESTORABLE_LOGS)('The log guard over %s', (logName) => {
  let side: ReadSide;
  let guard: LogGuard;
  let runners: ProjectionRunner[] = [];
  let errors: string[] = [];
  let told: string[] = [];

  let databaseAway = false;
  const { size, restore, shown, identities, clearIdentities, newEvents, append, lastOf } =
    logFixture(() => side);

  beforeEach(async () => {
    databaseAway = false;
    errors = [];
    told = [];
    side = await openReadSide(logName);
    await openNode();
  });
  afterEach(async () => {
    await closeNode();
    await side.close();
  });

  const openNode = async (running = true) => {
    const query = (...asked: Parameters<pg.Pool['query']>) =>
      databaseAway ? Promise.reject(new Error('database away')) : side.pool.query(...asked);
    guard = openLogGuard({
      eventStore: side.eventStore,
      db: { query } as unknown as pg.Pool,
      projections,
      clock: impatientClock(CHECKS_FASTER),
      error: (message) => void errors.push(message),
      warn: (message) => void told.push(message),
      log: (message) => void told.push(message),
    });
    const options = {
      connectionString: side.url,
      eventStore: guard.eventStore,
      clock: systemClock,
      compareLog: guard.compareWhenAvailable,
      anyLog: side.eventStore,
    };
    runners = running ? runProjections(projections, options) : [];
    await guard.check();
  };
  const closeNode = async () => {
    await Promise.all(runners.map((runner) => runner.stop()));
    await guard.close();
  };
  const sell = async () => {
    await side.append('e1', opened(), reserved('r1', ['A1']));
    const backup = await size();
    await side.append('e1', reserved('r2', ['A2']));
    await until(async () => (await shown()).length === 2);
    await until(async () => (await identities()).every((one) => one.event_revision === 2));
    return backup;
  };
  const stream = seatInventoryStream('e1');

  it('stores with each checkpoint the last received domain event', async () => {
    await sell();
    let id = '';
    for await (const event of side.eventStore.readStream(stream, { from: 2n })) ({ id } = event);
    for (const one of await identities())
      expect(one).toMatchObject({ event_stream: stream, event_revision: 2, event_id: id });
    expect(await guard.check()).toEqual({ state: 'ok' });
    expect(await guard.eventStore.condition()).toEqual({ state: 'ok' });
  });

  it('detects a shorter log, logs this once, and refuses every append', async () => {
    await restore(await sell());
    await until(() => guard.isReplaced(), 10_000);
    expect(await guard.check()).toMatchObject({
      ...{ state: 'replaced', cause: expect.stringMatching(/seatInventory-e1@2, found nothing/) },
    });
    expect(await guard.eventStore.condition()).toMatchObject({ state: 'replaced' });
    await expect(guard.eventStore.append(stream, 1n, [])).rejects.toThrow(LogReplaced);
    await systemClock.sleep(2_500 / CHECKS_FASTER);
    expect(errors).toHaveLength(1);
    expect(runners.map((runner) => runner.status().state)).not.toContain('live');
    // Operator actions are still recorded.
    await expect(
      guard.eventStore.append('projection-venues', 'no-stream', []),
    ).resolves.toBeDefined();
  });

  it('detects a shorter log before the first append after a silence', async () => {
    await restore(await sell());
    await expect(guard.eventStore.append('venue-v1', 'no-stream', [])).rejects.toThrow(LogReplaced);
    expect(guard.isReplaced()).toBe(true);
  });

  it(
    'appends nothing while the database is unavailable and the log lacks the newest domain ' +
      'event',
    async () => {
      const backup = await sell();
      databaseAway = true;
      await restore(backup);
      for (let time = 0; time < 2; time++) {
        const refused = await guard.eventStore
          .append('venue-v1', 'no-stream', [])
          .catch((error: unknown) => error);
        expect(refused).toBeInstanceOf(EventStoreUnavailable);
        expect((refused as Error).message).toMatch(
          /found nothing\. The read models cannot be compared .*database away/,
        );
      }
      databaseAway = false;
      await expect(guard.eventStore.append('venue-v1', 'no-stream', [])).rejects.toThrow(
        LogReplaced,
      );
    },
  );

  it('appends while the database is down and the log has the newest domain event', async () => {
    await sell();
    databaseAway = true;
    await systemClock.sleep(LOG_TRUST_MS);
    await expect(
      guard.eventStore.append('venue-v1', 'no-stream', newEvents()),
    ).resolves.toBeDefined();
  });

  it('runners continue when only the checkpoint is beyond the end of the log', async () => {
    await sell();
    const backup = await size();
    await append('foreign-1', 'no-stream');
    await append('foreign-1', 0n);
    const { position } = await lastOf('foreign-1');
    await closeNode();
    // EventStoreDB reports such a checkpoint after many records of other streams.
    await side.pool.query(
      'update projection_checkpoints set commit_position = $1, prepare_position = $2',
      [position.commit, position.prepare],
    );
    await restore(backup);
    await openNode();
    await side.append('e1', reserved('r3', ['A3']));
    await until(async () => (await shown()).length === 3);
    await until(() => runners.every((runner) => runner.status().state === 'live'));
    expect(await guard.check()).toEqual({ state: 'ok' });
    expect(errors).toEqual([]);
  });

  it('continues without a domain event that was received and never applied', async () => {
    const backup = await sell();
    const applied = await size();
    expect(applied).toBeGreaterThan(backup);
    await closeNode();
    await openNode(false);
    const ended = new AbortController();
    const received: string[] = [];
    const reading = (async () => {
      const options = { prefixes: ['other-'], after: START, signal: ended.signal };
      for await (const { events } of guard.eventStore.subscribe(options))
        received.push(...events.map(({ stream: name }) => name));
    })().catch((error: unknown) => error);
    await append('other-1', 'no-stream');
    await until(() => received.length === 1);
    await restore(applied);
    await guard.eventStore.append('other-2', 'no-stream', newEvents());
    expect(await reading).toBeInstanceOf(LogWentBack);
    expect(received).toEqual(['other-1']);
    expect(guard.isReplaced()).toBe(false);
    ended.abort();
  });

  it('detects another log that has grown again, and applies none of it', async () => {
    await restore(await sell());
    await append(stream, 1n);
    await until(() => guard.isReplaced(), 10_000);
    expect(errors).toEqual([
      expect.stringMatching(/e1@2, found (domain event [\da-f-]{36}|nothing)/),
    ]);
    expect((await guard.check()) as { cause: string }).toMatchObject({
      cause: expect.stringMatching(/e1@2, found domain event/),
    });
    expect(await shown()).toEqual(['r1', 'r2']);
    expect((await side.pool.query(`select from reservations where status = 'held'`)).rowCount).toBe(
      2,
    );
    expect((await identities()).map((one) => one.event_revision)).toEqual([2, 2]);
  });

  it('a process that starts on another log applies nothing either', async () => {
    const backup = await sell();
    await closeNode();
    await restore(backup);
    await append(seatInventoryStream('e2'), 'no-stream');
    await openNode();
    expect(guard.isReplaced()).toBe(true);
    await systemClock.sleep(2_500 / CHECKS_FASTER);
    expect((await identities()).map((one) => one.event_revision)).toEqual([2, 2]);
    expect(errors).toHaveLength(1);
  });

  it('identifies a checkpoint of a release without identities at the first start', async () => {
    await sell();
    const before = await identities();
    await closeNode();
    await clearIdentities();
    await openNode(false);
    await until(async () => (await identities()).every((one) => one.event_id !== null));
    expect(await identities()).toEqual(before);
    expect(await guard.check()).toEqual({ state: 'ok' });
  });

  it('detects that the log ends before an unidentified checkpoint', async () => {
    const backup = await sell();
    await closeNode();
    await clearIdentities();
    await restore(backup);
    await openNode();
    expect(await guard.check()).toMatchObject({
      ...{
        state: 'replaced',
        cause: expect.stringMatching(/at position .* found the end of the log/),
      },
    });
    expect((await identities()).every((one) => one.event_id === null)).toBe(true);
  });

  it('refuses to switch back to tables that were built from another log', async () => {
    await sell();
    const node = openRebuildSide(side, projections);
    try {
      await node.operations.startRebuild('reservations', 'olga', false);
      await node.reached('reservations', 'switched');
      const backup = await size();
      // Only the previous tables have this domain event.
      await side.append('e1', confirmed('r1', ['A1']));
      const { id } = await lastOf(stream);
      await side.pool.query(
        'update projection_checkpoints set event_stream = $1, event_revision = 3, event_id = ' +
          "$2 where role = 'kept'",
        [stream, id],
      );
      await until(async () => (await identities()).some((one) => one.event_revision === 3));
      await closeNode();
      await restore(backup);
      await side.pool.query(
        `update projection_checkpoints set event_revision = 2, event_id = $1 where role = 'live'`,
        [(await lastOf(stream)).id],
      );
      await node.operations.switchBack('reservations', 'olga');
      await until(async () =>
        /does not have/.test((await node.rebuildOf('reservations')).error ?? ''),
      );
      await openNode(false);
    } finally {
      await node.rebuilds.stop();
    }
  });

  if (logName === 'postgres')
    it('resumes automatically when the right log is back', async () => {
      const backup = await sell();
      await side.pool.query('create table put_aside as select * from domain_events');
      await restore(backup);
      await until(() => guard.isReplaced(), 10_000);
      await side.pool.query(
        'insert into domain_events overriding system value select * from put_aside where ' +
          'position > $1',
        [backup],
      );
      await until(() => !guard.isReplaced(), 10_000);
      await side.append('e1', reserved('r3', ['A3']));
      await until(async () => (await shown()).length === 3);
      expect(errors).toHaveLength(1);
      expect(told).toEqual([expect.stringMatching(/sales and projections continue/)]);
    });
});
