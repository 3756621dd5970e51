import { anySignal } from '../../ports/system/any-signal.js';
import type { Clock } from '../../ports/system/clock.js';
import { LogWentBack, START, type EventStore } from '../../ports/event-store/event-store.js';
import { LogReplaced } from '../../ports/event-store/log-identity.js';
import { tableSet, type Generation } from '../../read-models/tables/read-model.js';
import { liveGeneration, prepareReadModel } from '../../read-models/tables/versions.js';
import { rewindCheckpoint } from '../log-guard/rewind.js';
import type { Projection } from '../projection.js';
import { dropOutdated } from '../rebuild/outdated.js';
import { CheckpointMoved, loadCheckpoint } from './checkpoints.js';
import { followLog, type FollowOptions } from './follow-log.js';
import { countParked, frozenStreams, skippedEvents } from './parking.js';
import type { ProjectionStatus, RunnerState } from './runner-state.js';
import { openSession, type ProjectionSession } from './session.js';
import { shareLog } from './shared-log.js';

/** Interval at which a node that stands by tries to get the lock. Milliseconds. */
const LOCK_POLL_MS = 1_000;
/** Pause after an interruption; doubles up to `last`. Milliseconds. */
const RETRY_MS = { first: 100, last: 2_000 };

export interface ProjectionRunner {
  status(): ProjectionStatus;
  /** Resolves when the current batch is written and the lock is released. */
  stop(): Promise<void>;
}

export interface RunnerOptions extends FollowOptions {
  /** Each runner keeps one connection of its own. */
  readonly connectionString: string;
  readonly clock: Clock;
  /**
   * Used to find the last domain event after the log went back. Without it such a runner only tries
   * again.
   */
  readonly anyLog?: Pick<EventStore, 'readStream' | 'end'>;
  readonly warn?: (message: string) => void;
  readonly log?: (message: string) => void;
}

/** Runs all projections. Those near the same position share a subscription. */
export function runProjections(
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  projections: readonly Projection<any>[],
  options: RunnerOptions,
): ProjectionRunner[] {
  const prefixes = [...new Set(projections.flatMap((projection) => projection.prefixes))];
  const eventStore = shareLog(options.eventStore, prefixes, { clock: options.clock });
  return projections.map((projection) => runProjection(projection, { ...options, eventStore }));
}

/** Runs one projection whenever no other node runs it, until `stop`. */
export function runProjection<Change>(
  projection: Projection<Change>,
  options: RunnerOptions,
): ProjectionRunner {
  const { clock, warn = () => {} } = options;
  const { name, version } = projection.readModel;
  const stopping = new AbortController();
  const state: RunnerState = {
    tables: undefined,
    state: 'waiting',
    progress: {
      checkpoint: START,
      frozen: new Set(),
      skipped: new Set(),
      applied: 0,
      parked: 0,
      prunedAt: 0,
    },
    oldestPendingAt: undefined,
    lastContactAt: 0,
    lastError: null,
  };

  const run = async () => {
    let retryMs = RETRY_MS.first;
    while (!stopping.signal.aborted) {
      const appliedBefore = state.progress.applied;
      let hasCheckpointMoved = false;
      try {
        await runOnce(projection, options, state, stopping.signal);
      } catch (error) {
        const { message } = error as Error;
        hasCheckpointMoved = error instanceof CheckpointMoved;
        state.lastError = { message, at: new Date(clock.now()).toISOString() };
        // The log guard has already reported this.
        if (!(error instanceof LogReplaced))
          warn(`${name}: interrupted, trying again in ${retryMs} ms: ${message}`);
      }
      state.state = 'waiting';
      if (state.progress.applied > appliedBefore) {
        retryMs = RETRY_MS.first;
        // A rebuild has switched: its tables must be written without delay.
        if (hasCheckpointMoved) continue;
      }
      await clock.sleep(retryMs, stopping.signal);
      retryMs = Math.min(retryMs * 2, RETRY_MS.last);
    }
    state.state = 'stopped';
  };
  const ended = run();

  return {
    status: () => ({
      name,
      version,
      generation: state.tables?.generation,
      state: state.state,
      checkpoint: state.progress.checkpoint,
      lagSeconds: lagOf(state, clock.now()),
      applied: state.progress.applied,
      parked: state.progress.parked,
      lastError: state.lastError,
    }),
    stop: async () => {
      stopping.abort();
      await ended;
    },
  };
}

/** An interrupted runner still lags, until it finds that another node runs the projection. */
function lagOf({ state, oldestPendingAt }: RunnerState, now: number): number | null {
  if (state === 'stopped') return null;
  if (oldestPendingAt !== undefined) return Math.max(0, now - oldestPendingAt) / 1_000;
  return state === 'waiting' ? null : 0;
}

/** Runs from acquiring the lock to the loss of the connection, an error, or `stopping`. */
async function runOnce<Change>(
  projection: Projection<Change>,
  options: RunnerOptions,
  state: RunnerState,
  stopping: AbortSignal,
): Promise<void> {
  const { readModel } = projection;
  const { clock, warn = () => {}, log } = options;
  const session = await openSession(options.connectionString, readModel.name);
  try {
    const ended = anySignal([stopping, session.lost]);
    await prepareReadModel(session.client, readModel);
    const tables = await acquireLock(session, options, state, readModel, ended);
    if (!tables) return;
    await dropOutdated(session, readModel, warn);
    state.tables = tables;
    state.progress = {
      checkpoint: await loadCheckpoint(session.client, tables),
      frozen: await frozenStreams(session.client, tables),
      skipped: await skippedEvents(session.client, tables),
      applied: state.progress.applied,
      parked: await countParked(session.client, tables),
      prunedAt: 0,
    };
    state.state = 'catching-up';
    state.lastContactAt = clock.now();
    const role = 'live' as const;
    const { progress } = state;
    const context = { projection, tables, role, session, progress, clock, warn, log };
    await followLog(context, options, state, ended);
  } catch (error) {
    if (error instanceof LogWentBack && state.tables) await rewind(session, options, state.tables);
    throw error;
  } finally {
    await session.close();
  }
}

/**
 * The log guard has found everything in the log that the tables show. Only the checkpoint is beyond
 * the end of the log.
 */
async function rewind(
  { client }: ProjectionSession,
  { anyLog, log }: RunnerOptions,
  tables: Generation,
): Promise<void> {
  const to = anyLog && (await rewindCheckpoint(client, anyLog, tables));
  if (!to) return;
  const position = `${to.commit}/${to.prepare}`;
  log?.(`${tables.name}: checkpoint moved back to ${position}, the last event in the log`);
}

/**
 * Returns the live tables once this session holds their lock; undefined when `ended` aborts first.
 */
async function acquireLock(
  session: ProjectionSession,
  { clock }: RunnerOptions,
  state: RunnerState,
  readModel: { readonly name: string; readonly version: number },
  ended: AbortSignal,
): Promise<Generation | undefined> {
  while (!ended.aborted) {
    const tables = await liveGeneration(session.client, readModel);
    if (await session.tryLock(`${tables.name} ${tableSet(tables)}`)) {
      // A rebuild may have switched between the query and the lock.
      const { generation } = await liveGeneration(session.client, readModel);
      return generation === tables.generation ? tables : undefined;
    }
    state.oldestPendingAt = undefined;
    await clock.sleep(LOCK_POLL_MS, ended);
  }
  return undefined;
}
