import { setMaxListeners } from 'node:events';
import { systemClock } from '../../src/adapters/system/clock.js';
import type { Clock } from '../../src/ports/system/clock.js';

/** The machine's clock, which can be told that more time has passed. */
export interface LeapingClock extends Clock {
  /** Everybody who sleeps until within so many milliseconds wakes up at once. */
  leap(ms: number): void;
}

export function openLeapingClock(): LeapingClock {
  let ahead = 0;
  const nextLeap = () => {
    const leap = new AbortController();
    // As many as are asleep.
    setMaxListeners(0, leap.signal);
    return leap;
  };
  let leaping = nextLeap();
  const now = () => systemClock.now() + ahead;
  return {
    now,
    sleep: async (ms, signal) => {
      const end = now() + ms;
      for (let left = ms; left > 0 && !signal?.aborted; left = end - now()) {
        await systemClock.sleep(
          left,
          signal ? AbortSignal.any([signal, leaping.signal]) : leaping.signal,
        );
      }
    },
    leap: (ms) => {
      ahead += ms;
      leaping.abort();
      leaping = nextLeap();
    },
  };
}
