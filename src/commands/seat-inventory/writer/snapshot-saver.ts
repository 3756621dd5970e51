import { SEAT_INVENTORY_FOLD_VERSION } from '../../../domain/seat-inventory/state/state.js';
import type { Snapshots } from '../../../ports/seat-inventory/snapshots.js';
import type { Clock } from '../../../ports/system/clock.js';
import { packInventory } from './inventory-snapshot.js';
import type { LoadedInventory } from './loaded-inventory.js';

/** Time without an append after which an inventory is quiet. Milliseconds. */
const QUIET_MS = 1_000;
/** Domain events since the last snapshot that justify a new one: when quiet, and at any time. */
const SNAPSHOT_AFTER = { quiet: 500n, always: 100_000n };

export interface SnapshotSaver {
  /**
   * Called after a committed append. Takes a snapshot, now or when the inventory is quiet, if it is
   * due.
   */
  consider(stream: string, loaded: LoadedInventory): void;
  /** Takes the pending snapshots at once, so that the next process starts where this one ends. */
  close(): Promise<void>;
}

export function openSnapshotSaver(parts: {
  readonly snapshots: Snapshots;
  readonly clock: Clock;
  warn(message: string): void;
}): SnapshotSaver {
  const { snapshots, clock, warn } = parts;
  const closing = new AbortController();
  /** Snapshots in progress, and those that wait until their inventory is quiet. */
  const tasks = new Set<Promise<void>>();

  const take = async (stream: string, loaded: LoadedInventory): Promise<void> => {
    const { writer, snapshotRevision, isOutdated } = loaded;
    const { revision } = writer;
    if (revision - snapshotRevision < SNAPSHOT_AFTER.quiet || isOutdated) return;
    // Packs synchronously, before the state changes again.
    const body = packInventory(writer.inventory, writer.lastEventId);
    loaded.snapshotRevision = revision;
    await snapshots.save({ stream, revision, foldVersion: SEAT_INVENTORY_FOLD_VERSION, body });
  };

  const takeWhenQuiet = async (stream: string, loaded: LoadedInventory): Promise<void> => {
    const { writer } = loaded;
    loaded.isSnapshotPending = true;
    let seen: bigint;
    do {
      seen = writer.revision;
      await clock.sleep(QUIET_MS, closing.signal);
    } while (!closing.signal.aborted && (writer.revision !== seen || !writer.isIdle()));
    loaded.isSnapshotPending = false;
    if (writer.isIdle()) await take(stream, loaded);
  };

  const run = (stream: string, work: Promise<void>) => {
    const task = work
      .catch((error: Error) => warn(`Snapshot of ${stream} not saved: ${error.message}`))
      .finally(() => tasks.delete(task));
    tasks.add(task);
  };

  return {
    consider: (stream, loaded) => {
      const { writer, snapshotRevision, isSnapshotPending } = loaded;
      const since = writer.revision - snapshotRevision;
      if (since < SNAPSHOT_AFTER.quiet || closing.signal.aborted) return;
      if (since >= SNAPSHOT_AFTER.always) writer.settled(() => run(stream, take(stream, loaded)));
      else if (!isSnapshotPending) run(stream, takeWhenQuiet(stream, loaded));
    },
    close: async () => {
      closing.abort();
      await Promise.all(tasks);
    },
  };
}
