import { anySignal } from '../../ports/system/any-signal.js';
import { LogWentBack } from '../../ports/event-store/event-store.js';
import type { RebuildPhase } from '../../ports/projection/projection-operations.js';
import { tableSet, type Queryable } from '../../read-models/tables/read-model.js';
import { enterPhase, rebuildJob, type RebuildJob } from '../../read-models/projection/rebuilds.js';
import {
  abandon,
  completion,
  createGeneration,
  FOR_INDICES,
  RebuildStopped,
} from './generations.js';
import type { Projection } from '../projection.js';
import { cancelWith, nearlyLevel, openRebuild, type RebuildOptions } from './rebuild-steps.js';
import { compareWithLive, switchOver } from './rebuild-switch.js';
import { rewindCheckpoint } from '../log-guard/rewind.js';
import { openSession, type ProjectionSession } from '../runner/session.js';

/** Between two steps that make indices. Milliseconds. */
const BREATH_MS = 100;

/**
 * Takes one rebuild as far as it goes, if no other node is at it. It begins where it stopped: rows, checkpoint and
 * progress are written in one transaction.
 * @throws DatabaseOutage and whatever the event store throws: try again
 */
export async function runRebuild<Change>(
  projection: Projection<Change>,
  id: string,
  options: RebuildOptions,
  signal: AbortSignal,
): Promise<void> {
  const { name } = projection.readModel;
  const session = await openSession(options.connectionString, `${name}-rebuild`);
  const ended = anySignal([signal, session.lost]);
  try {
    if (!(await session.tryLock(`${name} rebuild`))) return;
    const stopWaiting = await cancelWith(session, options.db, signal);
    try {
      while (!ended.aborted && (await takeStep(projection, id, session, options, ended)));
    } finally {
      stopWaiting();
    }
  } finally {
    await session.close();
  }
}

/** Whether there is another step to take. */
async function takeStep<Change>(
  projection: Projection<Change>,
  id: string,
  session: ProjectionSession,
  options: RebuildOptions,
  signal: AbortSignal,
): Promise<boolean> {
  const job = await rebuildJob(session.client, id);
  try {
    switch (job.phase) {
      case 'loading':
        await load(projection, job, session, options, signal);
        return true;
      case 'indexing':
        await index(projection, job, session, options, signal);
        return true;
      case 'following':
        await follow(projection, job, session, options, signal);
        return true;
      case 'cancelling':
        await session.transaction((transaction) => abandon(transaction, projection.readModel, job));
        options.log?.(`${projection.readModel.name}: ${job.kind} cancelled`);
        return false;
      default:
        return false;
    }
  } catch (error) {
    if (error instanceof RebuildStopped) return !signal.aborted;
    if (error instanceof LogWentBack)
      await rewindCheckpoint(session.client, options.anyLog, job.tables);
    throw error;
  }
}

async function enter(db: Queryable, job: RebuildJob, phase: RebuildPhase): Promise<void> {
  if (!(await enterPhase(db, job.id, job.phase, phase))) throw new RebuildStopped(job.tables.name);
}

/** Reads the log from its beginning into tables that nobody sees, fast, until little is left. */
async function load<Change>(
  projection: Projection<Change>,
  job: RebuildJob,
  session: ProjectionSession,
  options: RebuildOptions,
  signal: AbortSignal,
): Promise<void> {
  await session.transaction((transaction) =>
    createGeneration(transaction, projection.readModel, job.tables),
  );
  const rebuild = await openRebuild(projection, job, session, options, signal);
  try {
    if (await nearlyLevel(rebuild)) await enter(session.client, job, 'indexing');
  } finally {
    await rebuild.close();
  }
}

/** After a crash from its beginning: the first step takes back the keys, and the secondary indices come with the next phase or not at all. */
async function index<Change>(
  { readModel }: Projection<Change>,
  job: RebuildJob,
  session: ProjectionSession,
  { clock }: RebuildOptions,
  signal: AbortSignal,
): Promise<void> {
  for (const step of completion(readModel, job.tables)) {
    if (signal.aborted) return;
    await session.transaction(async (transaction) => {
      await transaction.query(FOR_INDICES);
      await transaction.query(step);
    });
    // What the step has kept back of the log goes by.
    await clock.sleep(BREATH_MS, signal);
  }
  await session.transaction(async (transaction) => {
    await transaction.query(FOR_INDICES);
    if (readModel.createIndices)
      await transaction.query(readModel.createIndices(tableSet(job.tables)));
    await enter(transaction, job, 'following');
  });
}

/** Keeps up with the live tables, compares, and switches. */
async function follow<Change>(
  projection: Projection<Change>,
  job: RebuildJob,
  session: ProjectionSession,
  options: RebuildOptions,
  signal: AbortSignal,
): Promise<void> {
  const rebuild = await openRebuild(projection, job, session, options, signal);
  try {
    if (!(await nearlyLevel(rebuild))) return;
    // Who goes back does not ask whether it is the same.
    if (job.kind === 'rebuild' && !job.acceptDifference && !(await compareWithLive(rebuild, job)))
      return;
    if (!(await nearlyLevel(rebuild))) return;
    await switchOver(rebuild, job);
  } finally {
    await rebuild.close();
  }
}
