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
  noteProgress,
  type RebuildJob,
} from '../../read-models/projection/rebuilds.js';
import { applyBatch, type BatchContext } from '../runner/apply-batch.js';
import { identityOf, loadCheckpoint } from '../runner/checkpoints.js';
import { liveMark, RebuildStopped } from './generations.js';
import { countParked, frozenStreams, skippedEvents } from '../runner/parking.js';
import type { Projection } from '../projection.js';
import { newOf } from '../runner/projection-runner.js';
import { openReader, type RebuildReader } from './rebuild-reader.js';
import type { ProjectionSession } from '../runner/session.js';
import type { Log } from '../runner/shared-log.js';
import { BATCH, openThrottle, storedLag, type Throttle } from './throttle.js';

/** A stretch of the log that is read within this time is short enough to switch behind. Milliseconds. */
const SHORT_MS = 1_000;
/** The rate is that of about this long. Milliseconds. */
const RATE_MS = 3_000;

export interface RebuildOptions {
  /** A rebuild keeps one connection of its own, and two more while it compares and switches. */
  readonly connectionString: string;
  readonly db: pg.Pool;
  /** Refuses reads while it is not the log of the read models. */
  readonly eventStore: Log;
  /** The same without that guard: an accepted log is read before it is the one of the read models. */
  readonly anyLog: Pick<EventStore, 'subscribe' | 'ping' | 'condition' | 'end' | 'readStream'>;
  readonly clock: Clock;
  /** Of what goes wrong. */
  readonly warn: (message: string) => void;
  /** Of what goes as it should. */
  readonly log?: (message: string) => void;
  /** How much the live projections of this node lag, milliseconds; beside what those of all nodes have stored. */
  readonly lagMs?: () => number;
}

/** What the steps of one rebuild work with. */
export interface Rebuild<Change> {
  readonly context: BatchContext<Change>;
  readonly options: RebuildOptions;
  readonly signal: AbortSignal;
  /** The goal of the rebuild: the last domain event of the live tables, or the end of an accepted log. */
  goal(): Promise<Position>;
  /** Takes in the log up to `limit`; in haste, without a thought for others. Ends early when `signal` aborts. */
  advanceTo(limit: Position, inHaste?: boolean): Promise<void>;
  close(): Promise<void>;
}

/** A long statement ends too when `signal` aborts. */
export async function cancelWith(
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

/** Until what the live tables are ahead by is a matter of moments; false when it had to stop before. */
export async function nearlyLevel<Change>({
  options,
  signal,
  goal,
  advanceTo,
}: Rebuild<Change>): Promise<boolean> {
  const { clock } = options;
  while (!signal.aborted) {
    const began = clock.now();
    await advanceTo(await goal());
    if (clock.now() - began < SHORT_MS) return !signal.aborted;
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
  await compareBuilt(session, options, job);
  const { client } = session;
  const rate = openRate(clock);
  const context: BatchContext<Change> = {
    ...{ projection, tables, role: 'building', session, clock, warn },
    loading: phase === 'loading',
    progress: {
      checkpoint: await loadCheckpoint(client, tables),
      frozen: await frozenStreams(client, tables),
      skipped: await skippedEvents(client, tables),
      applied: 0,
      parked: await countParked(client, tables),
      prunedAt: clock.now(),
    },
    alongside: async (transaction, events) => {
      if (!(await noteProgress(transaction, job.id, phase, events, rate(events))))
        throw new RebuildStopped(tables.name);
    },
  };
  const lag = async () => Math.max(options.lagMs?.() ?? 0, await storedLag(client));
  const throttle = openThrottle(clock, lag);
  const after = context.progress.checkpoint;
  // With a prefix filter EventStoreDB may not report the end; without a filter the last domain event is the end.
  const reader = isOtherLog
    ? openReader(options.anyLog, { prefixes: [''], after, signal })
    : openReader(options.eventStore, { prefixes: projection.prefixes, after, signal });
  return {
    ...{ context, options, signal },
    goal: async () =>
      isOtherLog ? options.anyLog.end() : (await liveMark(client, tables)).lastEvent,
    advanceTo: (limit, inHaste = false) =>
      // Nothing is sold while another log is being accepted, so no throttling is needed.
      advance(context, reader, inHaste || isOtherLog ? IN_HASTE : throttle, signal, limit),
    close: () => reader.close(),
  };
}

const IN_HASTE: Throttle = { size: () => BATCH.most, rest: async () => {} };

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
    const fresh = newOf(batch.events, progress.checkpoint).filter(({ stream }) =>
      context.projection.prefixes.some((prefix) => stream.startsWith(prefix)),
    );
    if (comparePositions(batch.checkpoint, progress.checkpoint) > 0)
      await applyBatch(context, fresh, batch.checkpoint);
    await throttle.rest(signal);
  }
}

/**
 * A rebuild never continues from a different log than it began with.
 * @throws LogReplaced
 */
async function compareBuilt(
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

/** Domain events a second, of late. */
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
