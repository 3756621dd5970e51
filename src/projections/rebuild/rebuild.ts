import { anySignal } from '../../ports/system/any-signal.js';
import { LogWentBack } from '../../ports/event-store/event-store.js';
import type { RebuildPhase } from '../../ports/projection/projection-operations.js';
import { tableSet, type Queryable } from '../../read-models/tables/read-model.js';
import { enterPhase, rebuildJob, type RebuildJob } from '../../read-models/projection/rebuilds.js';
import {
  cancelRebuild,
  completionSteps,
  createGeneration,
  INDEX_SETTINGS,
  RebuildStopped,
} from './generations.js';
import type { Projection } from '../projection.js';
import { cancelStatementsOn, catchUp, openRebuild, type RebuildOptions } from './rebuild-steps.js';
import { compareWithLive, switchOver } from './rebuild-switch.js';
import { rewindCheckpoint } from '../log-guard/rewind.js';
import { openSession, type ProjectionSession } from '../runner/session.js';

/** Maximum pause after a step that builds indices. Milliseconds. */
const MAX_INDEX_PAUSE_MS = 100;

/**
 * Runs one rebuild until it ends or needs an operator, unless another node works on it. It
 * continues where it stopped: rows, checkpoint and progress are written in one transaction.
 * @throws DatabaseOutage and errors of the event store: try again
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
    const removeListener = await cancelStatementsOn(session, options.db, signal);
    try {
      while (!ended.aborted && (await takeStep(projection, id, session, options, ended)));
    } finally {
      removeListener();
    }
  } finally {
    await session.close();
  }
}

/** Runs the current phase. Returns whether another phase follows. */
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
        await session.transaction((transaction) =>
          cancelRebuild(transaction, projection.readModel, job),
        );
        options.log?.(`${projection.readModel.name}: ${job.kind} canceled`);
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

/** Loads the log from its beginning into tables that no query sees, until only little is left. */
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
    if (await catchUp(rebuild)) await enter(session.client, job, 'indexing');
  } finally {
    await rebuild.close();
  }
}

/**
 * Builds keys and indices. After a crash this phase starts over: its first step drops the keys, and
 * the secondary indices are created in the transaction that enters the next phase.
 */
async function index<Change>(
  { readModel }: Projection<Change>,
  job: RebuildJob,
  session: ProjectionSession,
  { clock }: RebuildOptions,
  signal: AbortSignal,
): Promise<void> {
  for (const step of completionSteps(readModel, job.tables)) {
    if (signal.aborted) return;
    const began = clock.now();
    await session.transaction(async (transaction) => {
      await transaction.query(INDEX_SETTINGS);
      await transaction.query(step);
    });
    // The open transaction of the step made the event store in Postgres withhold domain events: let
    // them pass. The pause is as long as the step was.
    await clock.sleep(Math.min(clock.now() - began, MAX_INDEX_PAUSE_MS), signal);
  }
  await session.transaction(async (transaction) => {
    await transaction.query(INDEX_SETTINGS);
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
    if (!(await catchUp(rebuild))) return;
    // A switch-back is not compared: the operator has decided.
    if (job.kind === 'rebuild' && !job.acceptDifference && !(await compareWithLive(rebuild, job)))
      return;
    if (!(await catchUp(rebuild))) return;
    await switchOver(rebuild, job);
  } finally {
    await rebuild.close();
  }
}
