import { anySignal } from '../../ports/system/any-signal.js';
import type { Clock } from '../../ports/system/clock.js';
import {
  LogWentBack,
  START,
  comparePositions,
  type EventStore,
  type Position,
  type RecordedEvent,
  type SubscriptionBatch,
} from '../../ports/event-store/event-store.js';
import { LogReplaced } from '../../ports/event-store/log-identity.js';
import { tableSet, type Generation } from '../../read-models/tables/read-model.js';
import {
  liveGeneration,
  prepareReadModel,
  serve,
  servingGeneration,
} from '../../read-models/tables/versions.js';
import { applyBatch, type BatchContext, type Progress } from './apply-batch.js';
import { CheckpointMoved, loadCheckpoint } from './checkpoints.js';
import { openIntake } from './intake.js';
import { dropOutdated } from '../rebuild/outdated.js';
import { countParked, frozenStreams, skippedEvents } from './parking.js';
import type { Projection } from '../projection.js';
import { rewindCheckpoint } from '../log-guard/rewind.js';
import { openLivenessMonitor } from './liveness-monitor.js';
import { openSession, type ProjectionSession } from './session.js';
import { shareLog, type Log } from './shared-log.js';

/** Domain events of one batch, and so of one transaction, at most. */
export const MAX_BATCH = 5_000;
/** How often a node that stands by tries to take over. Milliseconds. */
const LOCK_POLL_MS = 1_000;
/** Before an interrupted runner tries again, doubling up to the last. Milliseconds. */
const RETRY_MS = { first: 100, last: 2_000 };
/** A batch that is not full begins this long after the one before, so that a busy sale comes in larger ones. Milliseconds. */
const BATCH_INTERVAL_MS = { quiet: 10, busy: 100 };
/**
 * Domain events that make a batch a busy one. In a rush, fewer and larger batches cost the database a fraction: a seat
 * that is held and sold within one is written once, and the sale itself has the processor.
 */
const BUSY_BATCH = 10;
/** How often a checkpoint is stored while nothing but other streams' domain events go by. Milliseconds. */
const IDLE_CHECKPOINT_MS = 1_000;
export interface ProjectionStatus {
  readonly name: string;
  readonly version: number;
  /** Of the tables that this node feeds; undefined before it has looked. */
  readonly generation: number | undefined;
  /** `waiting`: another node runs it, or the database is away. */
  readonly state: 'waiting' | 'catching-up' | 'live' | 'stopped';
  /** Of this node's runner; older than the stored one while another node runs it. */
  readonly checkpoint: Position;
  /**
   * How old the oldest domain event is that is not applied yet, or for how long the log has not been heard of; null while
   * this node does not run it.
   */
  readonly lagSeconds: number | null;
  /** Domain events taken in by this node since it began to run it. */
  readonly applied: number;
  readonly parked: number;
  /** Why it was last interrupted. */
  readonly lastError: { readonly message: string; readonly at: string } | null;
}

export interface ProjectionRunner {
  status(): ProjectionStatus;
  /** Resolves when the batch under way is written and the lock is free. */
  stop(): Promise<void>;
}

export interface RunnerOptions {
  /** Each runner keeps one connection of its own. */
  readonly connectionString: string;
  readonly eventStore: Log;
  readonly clock: Clock;
  /** Called before a runner reads the log. @throws LogReplaced when it is not the log of the read models */
  readonly compareLog?: (ended: AbortSignal) => Promise<void>;
  /** Where a runner finds its last domain event after the log went back; without it such a runner only tries again. */
  readonly anyLog?: Pick<EventStore, 'readStream' | 'end'>;
  /** Of what goes wrong. */
  readonly warn?: (message: string) => void;
  /** Of what goes as it should. */
  readonly log?: (message: string) => void;
}

interface State {
  tables: Generation | undefined;
  state: ProjectionStatus['state'];
  progress: Progress;
  /** When the oldest domain event not yet applied was recorded; undefined when there is none, as far as is known. */
  oldestPendingAt: number | undefined;
  /** When the log last gave something, or said that there was nothing. */
  heardAt: number;
  lastError: ProjectionStatus['lastError'];
}

/** Runs all of them; those that are about as far read the log together. */
export function runProjections(
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  projections: readonly Projection<any>[],
  options: RunnerOptions,
): ProjectionRunner[] {
  const prefixes = [...new Set(projections.flatMap((projection) => projection.prefixes))];
  const eventStore = shareLog(options.eventStore, prefixes, { clock: options.clock });
  return projections.map((projection) => runProjection(projection, { ...options, eventStore }));
}

/** Runs one projection whenever no other node does, until it is stopped. */
export function runProjection<Change>(
  projection: Projection<Change>,
  options: RunnerOptions,
): ProjectionRunner {
  const { clock, warn = () => {} } = options;
  const { name, version } = projection.readModel;
  const stopping = new AbortController();
  const state: State = {
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
    heardAt: 0,
    lastError: null,
  };

  const runForEver = async () => {
    let retryMs = RETRY_MS.first;
    while (!stopping.signal.aborted) {
      const appliedBefore = state.progress.applied;
      let movedAway = false;
      try {
        await runOnce(projection, options, state, stopping.signal);
      } catch (error) {
        const { message } = error as Error;
        movedAway = error instanceof CheckpointMoved;
        state.lastError = { message, at: new Date(clock.now()).toISOString() };
        // The log guard has already reported this.
        if (!(error instanceof LogReplaced))
          warn(`${name}: interrupted, trying again in ${retryMs} ms: ${message}`);
      }
      state.state = 'waiting';
      if (state.progress.applied > appliedBefore) {
        retryMs = RETRY_MS.first;
        // The end of a rebuild: the new tables wait to be fed, and readers for them.
        if (movedAway) continue;
      }
      await clock.sleep(retryMs, stopping.signal);
      retryMs = Math.min(retryMs * 2, RETRY_MS.last);
    }
    state.state = 'stopped';
  };
  const ended = runForEver();

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

/** Interrupted, it still lags behind what it could not apply, until another node is found to run it. */
function lagOf({ state, oldestPendingAt }: State, now: number): number | null {
  if (state === 'stopped') return null;
  if (oldestPendingAt !== undefined) return Math.max(0, now - oldestPendingAt) / 1_000;
  return state === 'waiting' ? null : 0;
}

/** One turn at leading: from the lock to the loss of the connection, an error, or the stop. */
async function runOnce<Change>(
  projection: Projection<Change>,
  options: RunnerOptions,
  state: State,
  stopping: AbortSignal,
): Promise<void> {
  const { readModel } = projection;
  const { clock, warn = () => {}, log } = options;
  const session = await openSession(options.connectionString, readModel.name);
  try {
    const ended = anySignal([stopping, session.lost]);
    await prepareReadModel(session.client, readModel);
    const tables = await takeLead(session, options, state, readModel, ended);
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
    state.heardAt = clock.now();
    const role = 'live' as const;
    const context = {
      projection,
      tables,
      role,
      session,
      progress: state.progress,
      clock,
      warn,
      log,
    };
    await follow(context, options, state, ended);
  } catch (error) {
    if (error instanceof LogWentBack && state.tables) await rewind(session, options, state.tables);
    throw error;
  } finally {
    await session.close();
  }
}

/** The guard of the log has found that the log has what the tables show: only the checkpoint lies beyond its end. */
async function rewind(
  { client }: ProjectionSession,
  { anyLog, log }: RunnerOptions,
  tables: Generation,
): Promise<void> {
  const to = anyLog && (await rewindCheckpoint(client, anyLog, tables));
  if (to)
    log?.(
      `${tables.name}: checkpoint moved back to ${to.commit}/${to.prepare}, where the log has its last event`,
    );
}

/** The live tables, once nobody else feeds them; nothing when `ended` comes first. */
async function takeLead(
  session: ProjectionSession,
  { clock }: RunnerOptions,
  state: State,
  readModel: { readonly name: string; readonly version: number },
  ended: AbortSignal,
): Promise<Generation | undefined> {
  while (!ended.aborted) {
    const tables = await liveGeneration(session.client, readModel);
    if (await session.tryLock(`${tables.name} ${tableSet(tables)}`)) {
      // The switch of a rebuild may have come between.
      const { generation } = await liveGeneration(session.client, readModel);
      return generation === tables.generation ? tables : undefined;
    }
    state.oldestPendingAt = undefined;
    await clock.sleep(LOCK_POLL_MS, ended);
  }
  return undefined;
}

/** Takes batches off the log until `ended`. */
async function follow<Change>(
  context: BatchContext<Change>,
  { eventStore, compareLog }: RunnerOptions,
  state: State,
  ended: AbortSignal,
): Promise<void> {
  const { projection, tables, session, progress, clock } = context;
  const leaving = new AbortController();
  const signal = anySignal([ended, leaving.signal]);
  const { prefixes } = projection;
  const silence = openLivenessMonitor(eventStore, clock, {
    onEnd: () => {
      reachedEnd(state, clock.now());
      if (progress.parked > 0) void recountParked(context);
    },
    onOutOfReach: () => lostSight(state),
    onWithheld: (since) => {
      state.state = 'catching-up';
      state.oldestPendingAt = since;
    },
  });
  if (compareLog) await silence.during(compareLog(ended));
  const intake = openIntake(
    eventStore.subscribe({ prefixes, after: progress.checkpoint, maxBatch: MAX_BATCH, signal }),
    MAX_BATCH,
  );
  let switchDue = await isNewer(session, tables);
  let storedAt = clock.now();
  try {
    for (;;) {
      const batch = await silence.during(intake.next());
      if (!batch || ended.aborted) return;
      const began = clock.now();
      state.heardAt = began;
      state.oldestPendingAt = batch.events[0]?.recordedAt;
      if (!batch.caughtUp) state.state = 'catching-up';
      if (await takeIn(context, batch, storedAt)) storedAt = began;
      if (batch.caughtUp) {
        reachedEnd(state, clock.now());
        if (switchDue) switchDue = await switchOver(context);
      }
      if (intake.isFull()) continue;
      const interval =
        batch.events.length >= BUSY_BATCH ? BATCH_INTERVAL_MS.busy : BATCH_INTERVAL_MS.quiet;
      await clock.sleep(Math.max(0, began + interval - clock.now()), ended);
    }
  } finally {
    leaving.abort();
    await intake.ended();
  }
}

/** An operator may have thawed some. */
async function recountParked<Change>({
  session,
  tables,
  progress,
}: BatchContext<Change>): Promise<void> {
  progress.parked = await countParked(session.client, tables).catch(() => progress.parked);
}

function reachedEnd(state: State, now: number): void {
  state.state = 'live';
  state.oldestPendingAt = undefined;
  state.heardAt = now;
}

/** Whatever has been recorded since is not known, so the lag begins there. */
function lostSight(state: State): void {
  state.state = 'catching-up';
  state.oldestPendingAt ??= state.heardAt;
}

/** Whether anything was stored. */
async function takeIn<Change>(
  context: BatchContext<Change>,
  batch: SubscriptionBatch,
  storedAt: number,
): Promise<boolean> {
  const { progress, clock } = context;
  const fresh = newOf(batch.events, progress.checkpoint);
  const moved = comparePositions(batch.checkpoint, progress.checkpoint) > 0;
  if (fresh.length === 0 && (!moved || clock.now() - storedAt < IDLE_CHECKPOINT_MS)) return false;
  await applyBatch(context, fresh, moved ? batch.checkpoint : progress.checkpoint);
  return true;
}

/** Without those that the log has delivered before: it cannot go back. */
export function newOf(events: readonly RecordedEvent[], checkpoint: Position): RecordedEvent[] {
  let last = checkpoint;
  return events.filter(({ position }) => {
    const isNew = comparePositions(position, last) > 0;
    if (isNew) last = position;
    return isNew;
  });
}

/** Whether the views still show an older version than the one this runner builds. */
async function isNewer(
  session: ProjectionSession,
  { name, version }: Generation,
): Promise<boolean> {
  const serving = await servingGeneration(session.client, name);
  return serving !== undefined && serving.version < version;
}

/** The new version has caught up: from here on queries see it. */
async function switchOver<Change>(context: BatchContext<Change>): Promise<false> {
  const { projection, tables, session, log, warn } = context;
  const { readModel } = projection;
  await session.transaction((transaction) => serve(transaction, readModel, tables));
  log?.(`${readModel.name}: version ${readModel.version} serves`);
  await dropOutdated(session, readModel, warn);
  return false;
}
