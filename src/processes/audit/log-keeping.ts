import type { Checkpoints } from '../../audit/signed-heads.js';
import { extendLadder, RUNG, type TimeTravelParts } from '../../audit/time-travel.js';
import { SEAT_INVENTORY_FOLD_VERSION } from '../../domain/seat-inventory/state.js';
import { startScanning, type Scanning, type ScanningParts } from '../shared/scanning.js';

export interface CheckpointingParts extends ScanningParts {
  readonly checkpoints: Checkpoints;
  /** Milliseconds from one checkpoint to the next. */
  readonly everyMs: number;
}

/** Signs the ends of the streams that have grown: one node at a time, and in portions where there is much. */
export function startCheckpointing(parts: CheckpointingParts): Scanning {
  const { checkpoints, clock, everyMs } = parts;
  return startScanning(parts, 'log not signed', async (stopping) => {
    const newest = await checkpoints.newest();
    const madeAt = newest
      ? Date.parse((JSON.parse(newest.document) as { madeAt: string }).madeAt)
      : -Infinity;
    const now = clock.now();
    // A clock that was set back must not put it off for hours.
    if (now >= madeAt && now < madeAt + everyMs) return;
    for (let more = true; more && !stopping.aborted;)
      ({ more } = await checkpoints.sign(clock.now()));
  });
}

export interface LadderParts extends ScanningParts {
  readonly travel: TimeTravelParts;
}

/** Sales that are worked on in one scan. */
const SALES_PER_SCAN = 5;
/** Bytes of all snapshots of the past; beyond, no more are taken, and older moments take longer to read. */
const MAX_BYTES = 4 * 1024 ** 3;
/** Between two scans. Milliseconds. */
const SCAN_MS = 10_000;

/** Keeps, of sales with many domain events, how they stood every few thousand of them. */
export function startLadder({ travel, ...parts }: LadderParts): Scanning {
  const { rungs } = travel;
  const { clock } = parts;
  let cleared = false;
  const slowly = { ...parts, scanMs: SCAN_MS };
  return startScanning(slowly, 'snapshots of the past not taken', async (stopping) => {
    if (!cleared) await rungs.discardOlder(SEAT_INVENTORY_FOLD_VERSION);
    cleared = true;
    const lagging = await rungs.lagging(SEAT_INVENTORY_FOLD_VERSION, RUNG, SALES_PER_SCAN);
    if (lagging.length > 0 && (await rungs.bytes()) > MAX_BYTES) return;
    for (const eventId of lagging) {
      if (stopping.aborted) return;
      await extendLadder(travel, eventId, stopping, (ms) => clock.sleep(ms, stopping)).catch(
        (error: Error) =>
          parts.log(`snapshots of the past of event ${eventId} not taken: ${error.message}`),
      );
    }
  });
}
