import { systemClock } from '../../src/adapters/system/clock.js';
import { seededChance } from '../../src/demo/crowd/seeded-chance.js';
import { runRebuild } from '../../src/projections/rebuild/rebuild.js';
import { seatStatusProjection } from '../../src/projections/seat-status.js';
import type { Log } from '../../src/projections/runner/shared-log.js';
import { openProjectionOperations } from '../../src/projections/rebuild/operations.js';
import { unfinishedRebuilds } from '../../src/read-models/projection/rebuilds.js';
import { seatStatusQueries } from '../../src/read-models/seat-inventory/seat-status-queries.js';
import { confirmed, opened, released, reserved } from '../support/seat-inventory/events.js';
import { openReadSide, until, type ReadSide } from '../support/read-side.js';

const CRASHES = 50;
const SEED = 20260611;
/** Maximum time between two crashes. Milliseconds. */
const PEACE_MS = 60;
const SEATS = 1_200;

const sale = () => [
  opened({ seatCount: SEATS }),
  ...Array.from({ length: SEATS }, (_, at) => reserved(`r${at}`, [`S${at}`])),
  ...Array.from({ length: SEATS / 2 }, (_, at) => confirmed(`r${2 * at}`, [`S${2 * at}`])),
];

describe('a rebuild that crashes', () => {
  let side: ReadSide;
  beforeAll(async () => {
    side = await openReadSide();
  });
  afterAll(() => side.close());

  it(
    `${CRASHES} times at random points ends with the same tables as an undisturbed one, while ` +
      'seats are sold',
    async () => {
      const chance = seededChance(SEED);
      await side.append('e1', ...sale());
      side.run(seatStatusProjection);
      await side.caughtUp();
      const operations = openProjectionOperations({
        ...{
          projections: [seatStatusProjection],
          db: side.pool,
          states: () => [],
          nudge: () => {},
        },
        eventStore: side.eventStore,
      });
      const options = {
        ...{ connectionString: side.url, db: side.pool, clock: systemClock, warn: () => {} },
        eventStore: inSmallPieces(side.eventStore),
        anyLog: side.eventStore,
      };
      await operations.startRebuild('seat-status', 'olga', false);
      const [job] = await unfinishedRebuilds(side.pool);
      const phases = new Map<string, number>();
      let crashes = 0;
      let next = 1;
      while (crashes < CRASHES) {
        const view = (await operations.rebuildOf('seat-status'))!;
        if (view.phase === 'switched') {
          // The rebuild ended before all crashes: the rest crash another one.
          expect(view.comparison!.equal).toBe(true);
          await operations.startRebuild('seat-status', 'olga', false);
        }
        const [current] = await unfinishedRebuilds(side.pool);
        const running = runRebuild(
          seatStatusProjection,
          current!.id,
          options,
          new AbortController().signal,
        );
        const phase = await crashOnce(running, chance, operations, side);
        if (phase !== undefined) {
          crashes++;
          phases.set(phase, (phases.get(phase) ?? 0) + 1);
        }
        if (crashes % 10 === 0 && next < SEATS / 2) {
          await side.append('e1', released(`r${next}`, [`S${next}`]));
          next += 2;
        }
      }
      expect(job!.kind).toBe('rebuild');
      expect(phases.get('loading')).toBeGreaterThan(5);

      await untilSwitched(operations, options, side);
      expect(await operations.rebuildOf('seat-status')).toMatchObject({
        comparison: { equal: true },
        error: null,
      });
      // Compared with an undisturbed rebuild.
      await operations.startRebuild('seat-status', 'olga', false);
      await untilSwitched(operations, options, side);
      expect(await operations.rebuildOf('seat-status')).toMatchObject({
        comparison: { equal: true },
      });
      const freed = (next - 1) / 2;
      await until(async () => {
        const counts = (await seatStatusQueries(side.pool).inventory('e1'))!.counts;
        return counts.available === freed && counts.sold === SEATS / 2;
      });
    },
  );
});

/** Crashes a running rebuild. Returns its phase; undefined when it ended before. */
async function crashOnce(
  running: Promise<unknown>,
  chance: () => number,
  operations: ReturnType<typeof openProjectionOperations>,
  side: ReadSide,
): Promise<string | undefined> {
  let over = false;
  let crashedIn: string | undefined;
  const ended = running.catch(() => {}).finally(() => (over = true));
  while (crashedIn === undefined && !over) {
    await Promise.race([ended, systemClock.sleep(1 + Math.floor(chance() * PEACE_MS))]);
    const { phase } = (await operations.rebuildOf('seat-status'))!;
    if ((await crash(side)) > 0) crashedIn = phase;
  }
  await ended;
  return crashedIn;
}

/** Yields small batches, like a slow log, so that there are many points at which to crash. */
function inSmallPieces(log: Log): Log {
  return {
    ping: () => log.ping(),
    condition: () => log.condition(),
    subscribe: async function* (options) {
      for await (const batch of log.subscribe({ ...options, maxBatch: 40 })) {
        yield batch;
        await systemClock.sleep(1, options.signal);
      }
    },
  };
}

/** Ends the connections of a rebuild, as if its process were killed. Returns their number. */
async function crash(side: ReadSide): Promise<number> {
  const { rowCount } = await side.pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database()
       and application_name ~ '^boxoffice-seat-status-(rebuild|compare|switch)$'`,
  );
  return rowCount!;
}

async function untilSwitched(
  operations: ReturnType<typeof openProjectionOperations>,
  options: Parameters<typeof runRebuild>[2],
  side: ReadSide,
): Promise<void> {
  for (const { id } of await unfinishedRebuilds(side.pool))
    await runRebuild(seatStatusProjection, id, options, new AbortController().signal);
  expect(await operations.rebuildOf('seat-status')).toMatchObject({ phase: 'switched' });
}
