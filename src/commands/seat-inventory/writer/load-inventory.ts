import type { SeatInventoryEvent } from '../../../domain/seat-inventory/events.js';
import {
  emptyInventory,
  SEAT_INVENTORY_FOLD_VERSION,
  type SeatInventory,
} from '../../../domain/seat-inventory/state.js';
import type { Clock } from '../../../ports/system/clock.js';
import type { EventStore, RecordedEvent } from '../../../ports/event-store/event-store.js';
import type { Snapshot, Snapshots } from '../../../ports/seat-inventory/snapshots.js';
import { foldRecorded } from '../../shared/fold-recorded.js';
import { unpackInventory } from './inventory-snapshot.js';
import type { SeatingPlans } from '../../seating-plan/seating-plans.js';

/** Snapshots that do not answer for this long are done without. Milliseconds. */
const SNAPSHOT_PATIENCE_MS = 2_000;

export interface LoadingParts {
  eventStore: EventStore;
  snapshots: Snapshots;
  plans: SeatingPlans;
  clock: Clock;
  log: (message: string) => void;
}

/** An inventory as it stood when this domain event had been folded. */
export interface Folded {
  readonly inventory: SeatInventory;
  readonly revision: bigint;
  readonly lastEventId: string;
}

export interface FromLog extends Folded {
  /** Revision of the snapshot that it rests on; -1 for none. */
  readonly snapshotRevision: bigint;
}

/** The newest snapshot and the log behind it. Undefined when there is no such stream. */
export async function loadInventory(
  parts: LoadingParts,
  stream: string,
): Promise<FromLog | undefined> {
  const snapshot = await recall(parts, stream);
  const onSnapshot = snapshot && (await foldBehind(parts, stream, snapshot));
  if (onSnapshot) return { ...onSnapshot, snapshotRevision: snapshot.revision };
  if (snapshot) await discard(parts, stream, snapshot.revision);
  const folded = await foldAll(parts, stream);
  return folded && { ...folded, snapshotRevision: -1n };
}

/** The newest snapshot that can be read. It is a cache: whatever is wrong with it, the log has everything. */
async function recall(parts: LoadingParts, stream: string): Promise<Folded | undefined> {
  try {
    const snapshot = await inTime(
      parts.clock,
      parts.snapshots.load(stream, SEAT_INVENTORY_FOLD_VERSION),
    );
    if (!snapshot) return undefined;
    return { ...(await unpackInventory(snapshot.body, parts.plans)), revision: snapshot.revision };
  } catch (error) {
    parts.log(`snapshot of ${stream} ignored: ${(error as Error).message}`);
    return undefined;
  }
}

/** Whoever waits for the inventory need not wait for a database that its log does without. */
async function inTime(
  clock: Clock,
  loading: Promise<Snapshot | undefined>,
): Promise<Snapshot | undefined> {
  const done = new AbortController();
  const late = clock.sleep(SNAPSHOT_PATIENCE_MS, done.signal).then(() => {
    throw new Error(`no answer within ${SNAPSHOT_PATIENCE_MS} ms`);
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
 * Folds what the log has behind the snapshot. Undefined when the log is not the one that the snapshot was made from, as after it
 * was restored from a backup: it ends before, or has gone on with other domain events since.
 */
async function foldBehind(
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
    throw new Error(`Stream ${event.stream} does not begin with its opening.`);
  const { layout } = await plans.load(data.seatingPlanHash);
  return emptyInventory(layout);
}

/** It would keep an honest snapshot away for as long as the log is shorter. */
async function discard(
  { snapshots, log }: LoadingParts,
  stream: string,
  revision: bigint,
): Promise<void> {
  log(
    `snapshot of ${stream} discarded: revision ${revision} of the log is not what it was made from`,
  );
  await snapshots
    .discard(stream, revision)
    .catch((error: Error) => log(`snapshot of ${stream} not discarded: ${error.message}`));
}
