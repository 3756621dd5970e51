import type pg from 'pg';
import type { Clock } from '../../ports/system/clock.js';
import {
  comparePositions,
  type EventStore,
  type Position,
} from '../../ports/event-store/event-store.js';
import { isSameId, LogReplaced, readBack } from '../../ports/event-store/log-identity.js';
import {
  enterPhase,
  recordProgress,
  type RebuildJob,
} from '../../read-models/projection/rebuilds.js';
import { applyBatch, type BatchContext } from '../runner/apply-batch.js';
import { identityOf, loadCheckpoint } from '../runner/checkpoints.js';
import { livePosition, RebuildStopped } from './generations.js';
import { countParked, frozenStreams, skippedEvents } from '../runner/parking.js';
import type { Projection } from '../projection.js';
import { unseenEvents } from '../runner/follow-log.js';
import { openRebuildReader, type RebuildReader } from './rebuild-reader.js';
import type { ProjectionSession } from '../runner/session.js';
import type { Log } from '../runner/shared-log.js';
import { BATCH, openThrottle, storedLag, type Throttle } from './throttle.js';

/** A rebuild has caught up when it reads the rest of the log within this time. Milliseconds. */
const CAUGHT_UP_MS = 1_000;
/** Period over which the rate is measured. Milliseconds. */
const RATE_MS = 3_000;

export interface RebuildOptions {
  /** A rebuild keeps one connection of its own, and two more while it compares and switches. */
  readonly connectionString: string;
  readonly db: pg.Pool;
  /** Behind the log guard: throws `LogReplaced` while this is not the log of the read models. */
  readonly eventStore: Log;
  /** Without the log guard: reads an accepted log before the read models are built from it. */
  readonly anyLog: Pick<EventStore, 'subscribe' | 'ping' | 'condition' | 'end' | 'readStream'>;
  readonly clock: Clock;
  readonly warn: (message: string) => void;
  readonly log?: (message: string) => void;
  /**
   * Largest lag of this node's live projections, milliseconds; in addition to the stored lag of all
   * nodes.
   */
  readonly lagMs?: () => number;
}

/** One rebuild at work. */
export interface Rebuild<Change> {
  readonly context: BatchContext<Change>;
  readonly options: RebuildOptions;
  readonly signal: AbortSignal;
  /**
   * Returns the position to reach: the last domain event of the live tables, or the end of an
   * accepted log.
   */
  goal(): Promise<Position>;
  /**
   * Applies the log up to `limit`; without throttling if urgent. Ends early when `signal` aborts.
   */
  advanceTo(limit: Position, isUrgent?: boolean): Promise<void>;
  close(): Promise<void>;
}

/**
 * Cancels a running statement of the session when `signal` aborts. Returns a function that removes
 * the listener.
 */
export async function cancelStatementsOn(
  session: ProjectionSession,
  db: pg.Pool,
  signal: AbortSignal,
): Promise<() => void> {
  const { rows } = await session.client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const cancel = () =>
    void db.query('select pg_cancel_backend($1)', [rows[0]!.pid]).catch(() => {});
  signal.addEventListener('abort', cancel, { once: true });
  return () => signal.removeEventListener('abort', cancel);
}

/**
 * Advances until the built tables are less than `CAUGHT_UP_MS` behind. Returns false when `signal`
 * aborted first.
 */
export async function catchUp<Change>({
  options,
  signal,
  goal,
  advanceTo,
}: Rebuild<Change>): Promise<boolean> {
  const { clock } = options;
  while (!signal.aborted) {
    const began = clock.now();
    await advanceTo(await goal());
    if (clock.now() - began < CAUGHT_UP_MS) return !signal.aborted;
  }
  return false;
}

export async function openRebuild<Change>(
  projection: Projection<Change>,
  job: RebuildJob,
  session: ProjectionSession,
  options: RebuildOptions,
  signal: AbortSignal,
): Promise<Rebuild<Change>> {
  const { clock, warn } = options;
  const { tables, phase, kind } = job;
  const isOtherLog = kind === 'accept-log';
  await expectSameLog(session, options, job);
  const { client } = session;
  const rate = openRate(clock);
  const context: BatchContext<Change> = {
    projection,
    tables,
    role: 'building',
    session,
    clock,
    warn,
    loading: phase === 'loading',
    progress: {
      checkpoint: await loadCheckpoint(client, tables),
      frozen: await frozenStreams(client, tables),
      skipped: await skippedEvents(client, tables),
      applied: 0,
      parked: await countParked(client, tables),
      prunedAt: clock.now(),
    },
    onBatch: async (transaction, events) => {
      if (!(await recordProgress(transaction, job.id, phase, events, rate(events))))
        throw new RebuildStopped(tables.name);
    },
  };
  const lag = async () => Math.max(options.lagMs?.() ?? 0, await storedLag(client));
  const throttle = openThrottle(clock, lag);
  const after = context.progress.checkpoint;
  // With a prefix filter EventStoreDB may not report the end; without a filter the last domain
  // event is the end.
  const reader = isOtherLog
    ? openRebuildReader(options.anyLog, { prefixes: [''], after, signal })
    : openRebuildReader(options.eventStore, { prefixes: projection.prefixes, after, signal });
  return {
    context,
    options,
    signal,
    goal: async () =>
      isOtherLog ? options.anyLog.end() : (await livePosition(client, tables)).lastEvent,
    advanceTo: (limit, isUrgent = false) =>
      // Nothing is sold while another log is being accepted, so no throttling is needed.
      advance(context, reader, isUrgent || isOtherLog ? UNTHROTTLED : throttle, signal, limit),
    close: () => reader.close(),
  };
}

const UNTHROTTLED: Throttle = { size: () => BATCH.most, rest: async () => {} };

async function advance<Change>(
  context: BatchContext<Change>,
  reader: RebuildReader,
  throttle: Throttle,
  signal: AbortSignal,
  limit: Position,
): Promise<void> {
  const { progress } = context;
  while (!signal.aborted && comparePositions(progress.checkpoint, limit) < 0) {
    const batch = await reader.next(throttle.size(), limit);
    if (!batch) return;
    const unseen = unseenEvents(batch.events, progress.checkpoint).filter(({ stream }) =>
      context.projection.prefixes.some((prefix) => stream.startsWith(prefix)),
    );
    if (comparePositions(batch.checkpoint, progress.checkpoint) > 0)
      await applyBatch(context, unseen, batch.checkpoint);
    await throttle.rest(signal);
  }
}

/**
 * A rebuild never continues with a different log than it began with.
 * @throws LogReplaced
 */
async function expectSameLog(
  session: ProjectionSession,
  { anyLog }: RebuildOptions,
  { id, kind, phase, tables }: RebuildJob,
): Promise<void> {
  const identity = await identityOf(session.client, tables);
  if (!identity) return;
  const found = await readBack(anyLog, identity);
  if (found && isSameId(found.id, identity.id)) return;
  // The log was replaced again: the acceptance restarts.
  if (kind === 'accept-log' && (await enterPhase(session.client, id, phase, 'cancelling')))
    throw new RebuildStopped(tables.name);
  throw new LogReplaced(
    `The log does not have ${identity.stream}@${identity.revision}, which is in the tables`,
  );
}

/** Measures the recent rate in domain events per second. */
function openRate(clock: Clock): (events: number) => number {
  let since = clock.now();
  let counted = 0;
  let before = 0;
  return (events) => {
    counted += events;
    const elapsed = clock.now() - since;
    const now = elapsed > 0 ? (counted * 1_000) / elapsed : 0;
    if (elapsed < RATE_MS) return before > 0 ? before : now;
    before = now;
    since = clock.now();
    counted = 0;
    return now;
  };
}
