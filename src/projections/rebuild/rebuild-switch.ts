import { comparePositions } from '../../ports/event-store/event-store.js';
import { compareGenerations } from '../../read-models/tables/comparison.js';
import type { Generation, Queryable } from '../../read-models/tables/read-model.js';
import type { RebuildJob } from '../../read-models/projection/rebuilds.js';
import { applyBatch } from '../runner/apply-batch.js';
import { livePosition, RebuildStopped, switchTo, type LivePosition } from './generations.js';
import { dropOutdated } from './outdated.js';
import { cancelStatementsOn, catchUp, type Rebuild } from './rebuild-steps.js';
import { DatabaseOutage, openSession } from '../runner/session.js';

/**
 * Maximum time for which the live tables are locked while the built ones catch up. Milliseconds.
 */
const HOLD_MS = 400;
/**
 * Time to wait for a lock, milliseconds. A waiting exclusive lock on a view blocks all new queries,
 * so the switch gives up when a long query holds the view. Less than `deadlock_timeout` of Postgres
 * (1 s).
 */
const LOCK_MS = 200;
/** Pause before the next attempt; doubles up to `last`. Milliseconds. */
const RETRY_MS = { first: 50, last: 2_000 };

/**
 * Compares old and new tables in one snapshot, taken when both show the same domain events. Both
 * are written again during the comparison. Returns false when they differ: the rebuild then waits
 * for an operator.
 */
export async function compareWithLive<Change>(
  rebuild: Rebuild<Change>,
  job: RebuildJob,
): Promise<boolean> {
  const { context, options, signal } = rebuild;
  const { readModel } = context.projection;
  const snapshot = await openSession(options.connectionString, `${readModel.name}-compare`);
  const removeListener = await cancelStatementsOn(snapshot, options.db, signal);
  try {
    let old: Generation | undefined;
    await atSamePosition(rebuild, async (_, { live }) => {
      await snapshot.client.query('begin isolation level repeatable read, read only');
      await snapshot.client.query('set local statement_timeout = 0');
      // The first query takes the snapshot: it must run now, while nothing is written.
      await snapshot.client.query('select pg_current_snapshot()');
      old = live;
    });
    const comparison = await compareGenerations(snapshot.client, readModel, old!, job.tables);
    await snapshot.client.query('commit');
    const { rowCount } = await context.session.client.query(
      `update projection_rebuilds
       set comparison = $2, phase = case when $3 then phase else 'differs' end
       where id = $1 and phase = 'following'`,
      [job.id, JSON.stringify(comparison), comparison.equal],
    );
    if (rowCount !== 1) throw new RebuildStopped(readModel.name);
    if (!comparison.equal)
      options.warn(
        `${readModel.name}: the rebuilt tables differ from the live ones. ` +
          'Accept the difference or cancel the rebuild.',
      );
    return comparison.equal;
  } finally {
    removeListener();
    await snapshot.close();
  }
}

/** Lets queries see the new tables and the runner write them, in one transaction. */
export async function switchOver<Change>(rebuild: Rebuild<Change>, job: RebuildJob): Promise<void> {
  const { context, options } = rebuild;
  const { readModel } = context.projection;
  if (job.kind === 'accept-log') await switchToOtherLog(rebuild, job);
  else
    await atSamePosition(rebuild, (holding, { live }) => switchTo(holding, readModel, job, live));
  const { version, generation } = job.tables;
  options.log?.(`${readModel.name}: generation ${generation} of version ${version} serves`);
  await dropOutdated(context.session, readModel, options.warn);
}

/**
 * Positions of two logs cannot be compared, and nothing writes the live tables while another log is
 * being accepted.
 */
async function switchToOtherLog<Change>(
  { context, signal }: Rebuild<Change>,
  job: RebuildJob,
): Promise<void> {
  const { readModel } = context.projection;
  if (signal.aborted) throw new RebuildStopped(context.tables.name);
  await context.session.transaction(async (holding) => {
    await holding.query('set local statement_timeout = 0');
    const { live } = await livePosition(holding, context.tables, true);
    await switchTo(holding, readModel, job, live);
  });
}

/**
 * Runs `work` when live and built tables show the same domain events, in a transaction that locks
 * the live ones at that position. Repeats this until it succeeds. Between attempts the live tables
 * are written.
 */
async function atSamePosition<Change>(
  rebuild: Rebuild<Change>,
  work: (holding: Queryable, position: LivePosition) => Promise<void>,
): Promise<void> {
  const { context, options, signal } = rebuild;
  const control = await openSession(options.connectionString, `${context.tables.name}-switch`);
  try {
    for (let pauseMs = RETRY_MS.first; ; pauseMs = Math.min(pauseMs * 2, RETRY_MS.last)) {
      if (!(await catchUp(rebuild))) throw new RebuildStopped(context.tables.name);
      const aligning: Promise<void>[] = [];
      try {
        await control.transaction(async (holding) => {
          await holding.query(`set local lock_timeout = '${LOCK_MS}ms'`);
          const position = await livePosition(holding, context.tables, true);
          const alignment = alignWith(rebuild, position);
          alignment.catch(() => {});
          aligning.push(alignment);
          await inTime(alignment, options.clock.sleep(HOLD_MS, signal));
          await work(holding, position);
        });
        return;
      } catch (error) {
        if (!isTransient(error)) throw error;
      }
      // The alignment must end before the next one. It is not wasted: the live tables are past that
      // position.
      await Promise.all(aligning);
      await options.clock.sleep(pauseMs, signal);
    }
  } finally {
    await control.close();
  }
}

/** Transient: the next attempt may succeed. */
class AlignmentTimeout extends Error {
  override name = 'AlignmentTimeout';
}

const LOCK_NOT_AVAILABLE = '55P03';

const isTransient = (error: unknown): boolean =>
  error instanceof AlignmentTimeout ||
  (error instanceof DatabaseOutage &&
    (error.cause as { code?: string })?.code === LOCK_NOT_AVAILABLE);

async function alignWith<Change>(
  { context, advanceTo, signal }: Rebuild<Change>,
  { checkpoint, lastEvent }: LivePosition,
): Promise<void> {
  await advanceTo(lastEvent, true);
  if (signal.aborted) throw new RebuildStopped(context.tables.name);
  // The live tables show no domain event between `lastEvent` and `checkpoint`.
  if (comparePositions(context.progress.checkpoint, checkpoint) < 0)
    await applyBatch(context, [], checkpoint);
}

async function inTime(work: Promise<void>, tooLate: Promise<void>): Promise<void> {
  const late = tooLate.then(() => {
    throw new AlignmentTimeout(
      'The built tables did not reach the position of the live ones in time.',
    );
  });
  await Promise.race([work, late]);
}
