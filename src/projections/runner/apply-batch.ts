import type { Clock } from '../../ports/system/clock.js';
import type { Position, RecordedEvent } from '../../ports/event-store/event-store.js';
import { tableSet, type Generation, type Queryable } from '../../read-models/tables/read-model.js';
import { CheckpointMoved, moveCheckpoint, type Role } from './checkpoints.js';
import { frozenStreams, park, eventKey, skippedEvents, type Parked } from './parking.js';
import type { Projection } from '../projection.js';
import { DatabaseOutage, type ProjectionSession } from './session.js';

/** Attempts to apply a failing domain event before it is parked. */
export const MAX_ATTEMPTS = 3;
/** Pause before the second attempt; doubles for each further one. Milliseconds. */
const ATTEMPT_PAUSE_MS = 50;
/** Interval at which a read model deletes old rows. Milliseconds. */
const PRUNE_EVERY_MS = 10_000;

/** Progress of one runner or rebuild. */
export interface Progress {
  /** As stored. */
  checkpoint: Position;
  /** Streams with a failed domain event: all later ones of the stream are parked. */
  frozen: Set<string>;
  /** Keys (`eventKey`) of domain events that an operator has excluded. */
  skipped: ReadonlySet<string>;
  /** Domain events applied or parked since this runner got the lock. */
  applied: number;
  parked: number;
  prunedAt: number;
}

export interface BatchContext<Change> {
  readonly projection: Projection<Change>;
  readonly tables: Generation;
  readonly role: Role;
  /** Writes rows by `ReadModel.load`: no query reads these tables yet. */
  readonly loading?: boolean;
  /** Called in the transaction of each batch with its number of domain events. */
  readonly onBatch?: (transaction: Queryable, events: number) => Promise<void>;
  readonly session: ProjectionSession;
  readonly progress: Progress;
  readonly clock: Clock;
  readonly warn: (message: string) => void;
  readonly log?: (message: string) => void;
}

/**
 * Writes the changes and the checkpoint in one transaction. If that fails, halves the batch until
 * the failing domain event is found, and parks it: its stream is frozen, and everything else is
 * written.
 * @throws DatabaseOutage, CheckpointMoved
 */
export async function applyBatch<Change>(
  context: BatchContext<Change>,
  events: readonly RecordedEvent[],
  upTo: Position,
): Promise<void> {
  try {
    await applyOnce(context, events, upTo);
  } catch (error) {
    if (isOutage(error)) throw error;
    if (events.length === 1) return retryThenPark(context, events[0]!, upTo, error);
    const half = events.length >> 1;
    await applyBatch(context, events.slice(0, half), events[half - 1]!.position);
    await applyBatch(context, events.slice(half), upTo);
  }
}

const isOutage = (error: unknown): boolean =>
  error instanceof DatabaseOutage || error instanceof CheckpointMoved;

async function applyOnce<Change>(
  context: BatchContext<Change>,
  events: readonly RecordedEvent[],
  upTo: Position,
): Promise<void> {
  const { projection, tables, role, session, progress, clock } = context;
  const { readModel } = projection;
  const now = clock.now();
  const step = { from: progress.checkpoint, to: upTo, first: events[0], last: events.at(-1), now };
  const pruning = readModel.prune !== undefined && now - progress.prunedAt >= PRUNE_EVERY_MS;
  let { frozen, skipped } = progress;
  let waiting: Parked[] = [];

  // Most batches change nothing in most projections. Moving only the checkpoint takes one statement
  // instead of three.
  const isPlain = role === 'live' && frozen.size === 0 && skipped.size === 0;
  const changes = isPlain ? changesOf(projection, events) : undefined;
  if (changes?.length === 0 && !pruning) await moveCheckpoint(session.single, tables, role, step);
  else
    await session.transaction(async (transaction) => {
      await moveCheckpoint(transaction, tables, role, step);
      // An operator may have reapplied some. The row lock of the checkpoint excludes that until the
      // commit.
      if (frozen.size > 0) frozen = await frozenStreams(transaction, tables);
      if (role === 'building') skipped = await skippedEvents(transaction, tables);
      waiting = events.filter(({ stream }) => frozen.has(stream)).map(waitingEvent);
      if (waiting.length > 0) await park(transaction, tables, waiting);
      const isWanted = (event: RecordedEvent) =>
        !frozen.has(event.stream) && !skipped.has(eventKey(event));
      const wanted = frozen.size > 0 || skipped.size > 0 ? events.filter(isWanted) : events;
      await write(transaction, context, changes ?? changesOf(projection, wanted));
      await context.onBatch?.(transaction, events.length);
      if (pruning) await readModel.prune!(transaction, tableSet(tables));
    });

  progress.checkpoint = upTo;
  progress.frozen = frozen;
  progress.skipped = skipped;
  progress.applied += events.length;
  progress.parked += waiting.length;
  if (pruning) progress.prunedAt = now;
}

const waitingEvent = (event: RecordedEvent): Parked => ({ event, error: null, attempts: 0 });

function changesOf<Change>(
  { project }: Projection<Change>,
  events: readonly RecordedEvent[],
): Change[] {
  const changes: Change[] = [];
  for (const event of events) {
    const some = project(event);
    if (some) for (const change of some) changes.push(change);
  }
  return changes;
}

async function write<Change>(
  transaction: Queryable,
  { projection: { readModel }, tables, loading }: BatchContext<Change>,
  changes: readonly Change[],
): Promise<void> {
  if (changes.length === 0) return;
  const writeRows = (loading && readModel.load) || readModel.write;
  await writeRows(transaction, tableSet(tables), changes);
}

async function retryThenPark<Change>(
  context: BatchContext<Change>,
  event: RecordedEvent,
  upTo: Position,
  firstError: unknown,
): Promise<void> {
  const { projection, tables, role, session, progress, clock, warn } = context;
  let lastError = firstError;
  for (let attempt = 2; attempt <= MAX_ATTEMPTS; attempt++) {
    await clock.sleep(ATTEMPT_PAUSE_MS * 2 ** (attempt - 2), session.lost);
    try {
      return await applyOnce(context, [event], upTo);
    } catch (error) {
      if (isOutage(error)) throw error;
      lastError = error;
    }
  }
  const error = lastError instanceof Error ? lastError.message : String(lastError);
  await session.transaction(async (transaction) => {
    const from = progress.checkpoint;
    const step = { from, to: upTo, first: event, last: event, now: clock.now() };
    await moveCheckpoint(transaction, tables, role, step);
    await park(transaction, tables, [{ event, error, attempts: MAX_ATTEMPTS }]);
    await context.onBatch?.(transaction, 1);
  });
  progress.checkpoint = upTo;
  progress.frozen.add(event.stream);
  progress.parked++;
  progress.applied++;
  const parked = `${event.type} ${event.stream}@${event.revision}`;
  warn(`${projection.readModel.name}: parked ${parked}, its stream is frozen: ${error}`);
}
