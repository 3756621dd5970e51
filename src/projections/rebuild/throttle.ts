import type { Clock } from '../../ports/system/clock.js';
import type { Queryable } from '../../read-models/tables/read-model.js';

/** A rebuild slows down while a live projection lags by more than this. Milliseconds. */
export const LAG_BOUND_MS = 250;
/** Domain events per batch of a rebuild. */
export const BATCH = { least: 1_000, most: 5_000 };
/** Pause between batches while live projections lag. Milliseconds. */
const PAUSE_MS = { first: 50, last: 2_000 };
/** A lag that was stored longer ago is ignored. Seconds. */
const FRESH_S = 3;

/** Limits a rebuild to the capacity that the live projections do not need. */
export interface Throttle {
  /** Maximum of domain events in the next batch. */
  size(): number;
  /** Called between batches. Waits while live projections lag. */
  rest(signal: AbortSignal): Promise<void>;
}

/** @param lagMs the largest lag of a live projection, milliseconds */
export function openThrottle(clock: Clock, lagMs: () => Promise<number>): Throttle {
  let size = BATCH.most;
  let pauseMs = 0;
  return {
    size: () => size,
    rest: async (signal) => {
      if ((await lagMs()) > LAG_BOUND_MS) {
        size = Math.max(BATCH.least, size >> 1);
        pauseMs = Math.min(PAUSE_MS.last, Math.max(PAUSE_MS.first, pauseMs * 2));
      } else {
        size = Math.min(BATCH.most, Math.ceil(size * 1.25));
        pauseMs = pauseMs > PAUSE_MS.first ? pauseMs >> 1 : 0;
      }
      if (pauseMs > 0) await clock.sleep(pauseMs, signal);
      // Waits until they have caught up, but not forever: the rebuild must make progress.
      let waited = pauseMs;
      while (waited < PAUSE_MS.last && !signal.aborted && (await lagMs()) > LAG_BOUND_MS) {
        await clock.sleep(PAUSE_MS.first, signal);
        waited += PAUSE_MS.first;
      }
    },
  };
}

/**
 * Returns the largest lag that the runners of all nodes have stored with their last batches.
 * Milliseconds.
 */
export async function storedLag(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ lag: number | null }>({
    name: 'live-lag',
    text: `select max(c.lag_ms) as lag from serving_checkpoints c
           where c.updated_at > clock_timestamp() - interval '${FRESH_S} seconds'`,
  });
  return rows[0]?.lag ?? 0;
}
