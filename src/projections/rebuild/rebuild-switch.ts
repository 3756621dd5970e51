import { comparePositions } from '../../ports/event-store/event-store.js';
import { compareGenerations } from '../../read-models/tables/comparison.js';
import type { Queryable } from '../../read-models/tables/read-model.js';
import type { RebuildJob } from '../../read-models/projection/rebuilds.js';
import { applyBatch } from '../runner/apply-batch.js';
import { liveMark, RebuildStopped, switchTo, type LiveMark } from './generations.js';
import { dropOutdated } from './outdated.js';
import { cancelWith, nearlyLevel, type Rebuild } from './rebuild-steps.js';
import { DatabaseOutage, openSession } from '../runner/session.js';

/** The live tables stand still while the built ones draw level: not longer than this. Milliseconds. */
const HOLD_MS = 400;
/**
 * For a lock that others have, milliseconds. Whoever waits for a view keeps all others from it, so a reader who takes long
 * is given way to; less than the second after which Postgres looks for deadlocks.
 */
const LOCK_MS = 200;
/** Before it is tried again, doubling up to the last. Milliseconds. */
const RETRY_MS = { first: 50, last: 2_000 };

/**
 * Holds old and new tables against each other in one snapshot, taken when both show the same domain events; both may then
 * go on. False when they differ: the rebuild waits for an operator.
 */
export async function compareWithLive<Change>(
  rebuild: Rebuild<Change>,
  job: RebuildJob,
): Promise<boolean> {
  const { context, options, signal } = rebuild;
  const { readModel } = context.projection;
  const snapshot = await openSession(options.connectionString, `${readModel.name}-compare`);
  const stopWaiting = await cancelWith(snapshot, options.db, signal);
  try {
    let old: LiveMark | undefined;
    await atSamePosition(rebuild, async (_, mark) => {
      await snapshot.client.query('begin isolation level repeatable read, read only');
      await snapshot.client.query('set local statement_timeout = 0');
      // A snapshot is taken by the first query only: now, while nobody writes.
      await snapshot.client.query('select pg_current_snapshot()');
      old = mark;
    });
    const comparison = await compareGenerations(snapshot.client, readModel, old!.live, job.tables);
    await snapshot.client.query('commit');
    const { rowCount } = await context.session.client.query(
      `update projection_rebuilds set comparison = $2, phase = case when $3 then phase else 'differs' end
       where id = $1 and phase = 'following'`,
      [job.id, JSON.stringify(comparison), comparison.equal],
    );
    if (rowCount !== 1) throw new RebuildStopped(readModel.name);
    if (!comparison.equal)
      options.warn(
        `${readModel.name}: the rebuilt tables differ from those that serve; accept that, or cancel`,
      );
    return comparison.equal;
  } finally {
    stopWaiting();
    await snapshot.close();
  }
}

/** In one transaction queries see the new tables, and the runner is told to feed them. */
export async function switchOver<Change>(rebuild: Rebuild<Change>, job: RebuildJob): Promise<void> {
  const { context, options } = rebuild;
  const { readModel } = context.projection;
  if (job.kind === 'accept-log') await switchToOtherLog(rebuild, job);
  else
    await atSamePosition(rebuild, (holding, { live }) => switchTo(holding, readModel, job, live));
  options.log?.(
    `${readModel.name}: generation ${job.tables.generation} of version ${job.tables.version} serves`,
  );
  await dropOutdated(context.session, readModel, options.warn);
}

/** Positions of two logs cannot be compared, and nothing feeds the live tables while another log is accepted. */
async function switchToOtherLog<Change>(
  { context, signal }: Rebuild<Change>,
  job: RebuildJob,
): Promise<void> {
  const { readModel } = context.projection;
  if (signal.aborted) throw new RebuildStopped(context.tables.name);
  await context.session.transaction(async (holding) => {
    await holding.query('set local statement_timeout = 0');
    const { live } = await liveMark(holding, context.tables, true);
    await switchTo(holding, readModel, job, live);
  });
}

/**
 * Does `work` at a moment when live and built tables show the same domain events, in a transaction that holds the live ones
 * there. It is tried until it succeeds, and the live ones run on between.
 */
async function atSamePosition<Change>(
  rebuild: Rebuild<Change>,
  work: (holding: Queryable, mark: LiveMark) => Promise<void>,
): Promise<void> {
  const { context, options, signal } = rebuild;
  const control = await openSession(options.connectionString, `${context.tables.name}-switch`);
  try {
    for (let pauseMs = RETRY_MS.first; ; pauseMs = Math.min(pauseMs * 2, RETRY_MS.last)) {
      if (!(await nearlyLevel(rebuild))) throw new RebuildStopped(context.tables.name);
      const levelling: Promise<void>[] = [];
      try {
        await control.transaction(async (holding) => {
          await holding.query(`set local lock_timeout = '${LOCK_MS}ms'`);
          const mark = await liveMark(holding, context.tables, true);
          const level = drawLevel(rebuild, mark);
          level.catch(() => {});
          levelling.push(level);
          await inTime(level, options.clock.sleep(HOLD_MS, signal));
          await work(holding, mark);
        });
        return;
      } catch (error) {
        if (!isPassing(error)) throw error;
      }
      // What it was drawing is not lost: the live tables are past it.
      await Promise.all(levelling);
      await options.clock.sleep(pauseMs, signal);
    }
  } finally {
    await control.close();
  }
}

/** Not now, but soon. */
class NotInTime extends Error {
  override name = 'NotInTime';
}

const LOCK_NOT_AVAILABLE = '55P03';

const isPassing = (error: unknown): boolean =>
  error instanceof NotInTime ||
  (error instanceof DatabaseOutage &&
    (error.cause as { code?: string })?.code === LOCK_NOT_AVAILABLE);

async function drawLevel<Change>(
  { context, advanceTo, signal }: Rebuild<Change>,
  { checkpoint, lastEvent }: LiveMark,
): Promise<void> {
  await advanceTo(lastEvent, true);
  if (signal.aborted) throw new RebuildStopped(context.tables.name);
  // Between its last domain event and its checkpoint there is none that it shows.
  if (comparePositions(context.progress.checkpoint, checkpoint) < 0)
    await applyBatch(context, [], checkpoint);
}

async function inTime(work: Promise<void>, tooLate: Promise<void>): Promise<void> {
  const late = tooLate.then(() => {
    throw new NotInTime('The built tables did not draw level in time.');
  });
  await Promise.race([work, late]);
}
