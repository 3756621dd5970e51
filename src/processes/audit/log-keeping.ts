import type { SignedHeads } from '../../audit/signed-heads.js';
import {
  extendHistorySnapshots,
  SNAPSHOT_SPACING,
  type TimeTravelParts,
} from '../../audit/time-travel.js';
import { SEAT_INVENTORY_FOLD_VERSION } from '../../domain/seat-inventory/state/state.js';
import { startScanning, type Scanning, type ScanningParts } from '../shared/scanning.js';

export interface SigningParts extends ScanningParts {
  readonly signedHeads: SignedHeads;
  /** Milliseconds between two signed heads. */
  readonly everyMs: number;
}

/** Signs the heads of streams that have grown: one node at a time, in portions. */
export function startSigning(parts: SigningParts): Scanning {
  const { signedHeads, clock, everyMs } = parts;
  return startScanning(parts, 'log not signed', async (stopping) => {
    const newest = await signedHeads.newest();
    const madeAt = newest
      ? Date.parse((JSON.parse(newest.document) as { madeAt: string }).madeAt)
      : -Infinity;
    const now = clock.now();
    // A clock that was set back must not delay the next signed head for hours.
    if (now >= madeAt && now < madeAt + everyMs) return;
    for (let more = true; more && !stopping.aborted;)
      ({ more } = await signedHeads.sign(clock.now()));
  });
}

export interface HistorySnapshotParts extends ScanningParts {
  readonly travel: TimeTravelParts;
}

/** Sales processed per scan. */
const SALES_PER_SCAN = 5;
/**
 * Limit for all history snapshots. Beyond it none are added, and past moments take longer to read.
 */
const MAX_BYTES = 4 * 1024 ** 3;
/** Milliseconds between two scans. */
const SCAN_MS = 10_000;

/** Saves a history snapshot every few thousand domain events of a sale. */
export function startHistorySnapshots({ travel, ...parts }: HistorySnapshotParts): Scanning {
  const { snapshots } = travel;
  const { clock } = parts;
  let discarded = false;
  const slowParts = { ...parts, scanMs: SCAN_MS };
  return startScanning(slowParts, 'history snapshots not saved', async (stopping) => {
    if (!discarded) await snapshots.discardOlder(SEAT_INVENTORY_FOLD_VERSION);
    discarded = true;
    const lagging = await snapshots.lagging(
      SEAT_INVENTORY_FOLD_VERSION,
      SNAPSHOT_SPACING,
      SALES_PER_SCAN,
    );
    if (lagging.length > 0 && (await snapshots.bytes()) > MAX_BYTES) return;
    for (const eventId of lagging) {
      if (stopping.aborted) return;
      await extendHistorySnapshots(travel, eventId, stopping, (ms) =>
        clock.sleep(ms, stopping),
      ).catch((error: Error) =>
        parts.warn(`history snapshots of event ${eventId} not saved: ${error.message}`),
      );
    }
  });
}
