import { anySignal } from '../../ports/system/any-signal.js';
import {
  comparePositions,
  type Position,
  type RecordedEvent,
  type SubscriptionBatch,
} from '../../ports/event-store/event-store.js';
import { waitingQueries } from '../../ports/event-store/waiting-queries.js';
import type { Generation } from '../../read-models/tables/read-model.js';
import { serve, servingGeneration } from '../../read-models/tables/versions.js';
import { dropOutdated } from '../rebuild/outdated.js';
import { applyBatch, type BatchContext } from './apply-batch.js';
import { openLivenessMonitor } from './liveness-monitor.js';
import { countParked } from './parking.js';
import { openReadAhead } from './read-ahead.js';
import type { RunnerState } from './runner-state.js';
import type { ProjectionSession } from './session.js';
import type { Log } from './shared-log.js';

/** Maximum of domain events per batch, and thus per transaction. */
export const MAX_BATCH = 5_000;
/**
 * Minimum time between the starts of two batches that are not full. A longer one makes fewer and
 * larger batches. `awaited`: while a query waits for a projection. Milliseconds.
 */
const BATCH_INTERVAL_MS = { awaited: 5, quiet: 50, busy: 100 };
/**
 * Domain events that make a batch busy. Fewer and larger batches cost the database a fraction: a
 * seat that is held and sold within one batch is written once, and the sale gets the CPU.
 */
const BUSY_BATCH = 10;
/**
 * Interval at which a checkpoint is stored while only other streams' domain events pass.
 * Milliseconds.
 */
const IDLE_CHECKPOINT_MS = 1_000;

export interface FollowOptions {
  readonly eventStore: Log;
  /**
   * Called before the log is read.
   * @throws LogReplaced when it is not the log of the read models
   */
  readonly compareLog?: (ended: AbortSignal) => Promise<void>;
}

/** Applies batches of the log until `ended`. */
export async function followLog<Change>(
  context: BatchContext<Change>,
  { eventStore, compareLog }: FollowOptions,
  state: RunnerState,
  ended: AbortSignal,
): Promise<void> {
  const { projection, tables, session, progress, clock } = context;
  const closing = new AbortController();
  const signal = anySignal([ended, closing.signal]);
  const { prefixes } = projection;
  const monitor = openLivenessMonitor(eventStore, clock, {
    onEnd: () => {
      reachedEnd(state, clock.now());
      if (progress.parked > 0) void recountParked(context);
    },
    onUnavailable: () => lostContact(state),
    onWithheld: (since) => {
      state.state = 'catching-up';
      state.oldestPendingAt = since;
    },
  });
  if (compareLog) await monitor.during(compareLog(ended));
  const readAhead = openReadAhead(
    eventStore.subscribe({ prefixes, after: progress.checkpoint, maxBatch: MAX_BATCH, signal }),
    MAX_BATCH,
  );
  let switchDue = await isNewerThanServing(session, tables);
  let storedAt = clock.now();
  try {
    for (;;) {
      const batch = await monitor.during(readAhead.next());
      if (!batch || ended.aborted) return;
      const began = clock.now();
      state.lastContactAt = began;
      state.oldestPendingAt = batch.events[0]?.recordedAt;
      if (!batch.caughtUp) state.state = 'catching-up';
      if (await applyUnseen(context, batch, storedAt)) storedAt = began;
      if (batch.caughtUp) {
        reachedEnd(state, clock.now());
        if (switchDue) {
          await switchOver(context);
          switchDue = false;
        }
      }
      if (readAhead.isFull()) continue;
      const { awaited, quiet, busy } = BATCH_INTERVAL_MS;
      const most = batch.events.length >= BUSY_BATCH ? busy : quiet;
      await waitingQueries.gather(clock, began, { least: awaited, most }, ended);
    }
  } finally {
    closing.abort();
    await readAhead.ended();
  }
}

/** An operator may have reapplied some. */
async function recountParked<Change>({
  session,
  tables,
  progress,
}: BatchContext<Change>): Promise<void> {
  progress.parked = await countParked(session.client, tables).catch(() => progress.parked);
}

function reachedEnd(state: RunnerState, now: number): void {
  state.state = 'live';
  state.oldestPendingAt = undefined;
  state.lastContactAt = now;
}

/** Everything recorded since the last contact is unknown, so the lag begins there. */
function lostContact(state: RunnerState): void {
  state.state = 'catching-up';
  state.oldestPendingAt ??= state.lastContactAt;
}

/** Applies the unseen domain events of a batch. Returns whether the checkpoint was stored. */
async function applyUnseen<Change>(
  context: BatchContext<Change>,
  batch: SubscriptionBatch,
  storedAt: number,
): Promise<boolean> {
  const { progress, clock } = context;
  const unseen = unseenEvents(batch.events, progress.checkpoint);
  const hasMoved = comparePositions(batch.checkpoint, progress.checkpoint) > 0;
  if (unseen.length === 0 && (!hasMoved || clock.now() - storedAt < IDLE_CHECKPOINT_MS))
    return false;
  await applyBatch(context, unseen, hasMoved ? batch.checkpoint : progress.checkpoint);
  return true;
}

/** Returns the domain events after the checkpoint, without repeated deliveries. */
export function unseenEvents(
  events: readonly RecordedEvent[],
  checkpoint: Position,
): RecordedEvent[] {
  let last = checkpoint;
  return events.filter(({ position }) => {
    const isUnseen = comparePositions(position, last) > 0;
    if (isUnseen) last = position;
    return isUnseen;
  });
}

/** Whether the views still show an older version than the one this runner builds. */
async function isNewerThanServing(
  session: ProjectionSession,
  { name, version }: Generation,
): Promise<boolean> {
  const serving = await servingGeneration(session.client, name);
  return serving !== undefined && serving.version < version;
}

/** Lets queries see the new version, which has caught up. */
async function switchOver<Change>(context: BatchContext<Change>): Promise<void> {
  const { projection, tables, session, log, warn } = context;
  const { readModel } = projection;
  await session.transaction((transaction) => serve(transaction, readModel, tables));
  log?.(`${readModel.name}: version ${readModel.version} serves`);
  await dropOutdated(session, readModel, warn);
}
