import type { SeatInventoryEvent } from '../../../domain/seat-inventory/events.js';
import {
  emptyInventory,
  SEAT_INVENTORY_FOLD_VERSION,
  type SeatInventory,
} from '../../../domain/seat-inventory/state/state.js';
import type { Clock } from '../../../ports/system/clock.js';
import type { EventStore, RecordedEvent } from '../../../ports/event-store/event-store.js';
import type { Snapshot, Snapshots } from '../../../ports/seat-inventory/snapshots.js';
import { foldRecorded } from '../../shared/fold-recorded.js';
import { unpackInventory } from './inventory-snapshot.js';
import type { SeatingPlans } from '../../seating-plan/seating-plans.js';

/** Time to load a snapshot, after which the stream is folded without one. Milliseconds. */
const SNAPSHOT_TIMEOUT_MS = 2_000;

export interface LoadingParts {
  eventStore: EventStore;
  snapshots: Snapshots;
  plans: SeatingPlans;
  clock: Clock;
  warn: (message: string) => void;
}

/** An inventory and the last domain event that was folded into it. */
export interface Folded {
  readonly inventory: SeatInventory;
  readonly revision: bigint;
  readonly lastEventId: string;
}

export interface FromLog extends Folded {
  /** Revision of the snapshot that was used; -1 for none. */
  readonly snapshotRevision: bigint;
}

/**
 * Loads the newest snapshot and folds the domain events after it. Undefined if the stream does not
 * exist.
 * @throws EventStoreUnavailable
 */
export async function loadInventory(
  parts: LoadingParts,
  stream: string,
): Promise<FromLog | undefined> {
  const snapshot = await loadSnapshot(parts, stream);
  const folded = snapshot && (await foldAfter(parts, stream, snapshot));
  if (folded) return { ...folded, snapshotRevision: snapshot.revision };
  if (snapshot) await discard(parts, stream, snapshot.revision);
  const all = await foldAll(parts, stream);
  return all && { ...all, snapshotRevision: -1n };
}

/** Loads the newest readable snapshot. Snapshots are a cache, so any failure is only a warning. */
async function loadSnapshot(parts: LoadingParts, stream: string): Promise<Folded | undefined> {
  try {
    const snapshot = await withTimeout(
      parts.clock,
      parts.snapshots.load(stream, SEAT_INVENTORY_FOLD_VERSION),
    );
    if (!snapshot) return undefined;
    return { ...(await unpackInventory(snapshot.body, parts.plans)), revision: snapshot.revision };
  } catch (error) {
    parts.warn(`Snapshot of ${stream} ignored: ${(error as Error).message}`);
    return undefined;
  }
}

/** Callers that wait for an inventory must not wait for a database that the stream can replace. */
async function withTimeout(
  clock: Clock,
  loading: Promise<Snapshot | undefined>,
): Promise<Snapshot | undefined> {
  const done = new AbortController();
  const late = clock.sleep(SNAPSHOT_TIMEOUT_MS, done.signal).then(() => {
    throw new Error(`no answer within ${SNAPSHOT_TIMEOUT_MS} ms`);
  });
  late.catch(() => {});
  loading.catch(() => {});
  try {
    return await Promise.race([loading, late]);
  } finally {
    done.abort();
  }
}

/**
 * Folds the domain events after the snapshot. Undefined if the stream is not the one of the
 * snapshot, as after a restore from a backup: it ends earlier, or has another domain event at that
 * revision.
 */
async function foldAfter(
  { eventStore }: LoadingParts,
  stream: string,
  snapshot: Folded,
): Promise<Folded | undefined> {
  const { inventory } = snapshot;
  let last: RecordedEvent | undefined;
  for await (const event of eventStore.readStream(stream, { from: snapshot.revision })) {
    if (last) foldRecorded(inventory, event);
    else if (event.revision !== snapshot.revision || event.id !== snapshot.lastEventId)
      return undefined;
    last = event;
  }
  return last && { inventory, revision: last.revision, lastEventId: last.id };
}

async function foldAll(
  { eventStore, plans }: LoadingParts,
  stream: string,
): Promise<Folded | undefined> {
  let inventory: SeatInventory | undefined;
  let last: RecordedEvent | undefined;
  for await (const event of eventStore.readStream(stream, { from: 0n })) {
    inventory ??= await emptyFor(plans, event);
    foldRecorded(inventory, event);
    last = event;
  }
  return inventory && last && { inventory, revision: last.revision, lastEventId: last.id };
}

async function emptyFor(plans: SeatingPlans, event: RecordedEvent): Promise<SeatInventory> {
  const { type, data } = event as unknown as SeatInventoryEvent;
  if (type !== 'InventoryOpened')
    throw new Error(`Stream ${event.stream} does not begin with InventoryOpened`);
  const { layout } = await plans.load(data.seatingPlanHash);
  return emptyInventory(layout);
}

/**
 * Discards a snapshot of another log: it would prevent new snapshots while the stream is shorter.
 */
async function discard(
  { snapshots, warn }: LoadingParts,
  stream: string,
  revision: bigint,
): Promise<void> {
  warn(`Snapshot of ${stream} discarded: the stream has another domain event at ${revision}`);
  await snapshots
    .discard(stream, revision)
    .catch((error: Error) => warn(`Snapshot of ${stream} not discarded: ${error.message}`));
}
