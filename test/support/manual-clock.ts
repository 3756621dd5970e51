import { setImmediate as turn } from 'node:timers/promises';
import { systemClock } from '../../src/adapters/system/clock.js';
import type { Clock } from '../../src/ports/system/clock.js';

/** A clock that stands still until it is told to go on. */
export interface ManualClock extends Clock {
  /**
   * Goes on by so many milliseconds, sleeper by sleeper, each given time to do what it slept for.
   */
  advance(ms: number): Promise<void>;
}

/** Turns of the event loop that work between two sleeps may take. */
const TURNS = 20;

export function openManualClock(start: number): ManualClock {
  let now = start;
  const sleepers = new Set<{ at: number; wake: () => void }>();
  const settle = async () => {
    for (let turns = 0; turns < TURNS; turns++) await turn();
  };
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const sleeper = {
          at: now + ms,
          wake: () => {
            sleepers.delete(sleeper);
            signal?.removeEventListener('abort', sleeper.wake);
            resolve();
          },
        };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', sleeper.wake);
      }),
    async advance(ms) {
      const end = now + ms;
      await settle();
      for (;;) {
        const [next] = [...sleepers].toSorted((one, other) => one.at - other.at);
        if (!next || next.at > end) break;
        now = next.at;
        next.wake();
        await settle();
      }
      now = end;
    },
  };
}

/**
 * A clock on which so many seconds go by in each: for waits that are long, and real in all but
 * their length.
 */
export function hurriedClock(timesFaster: number): Clock {
  const start = systemClock.now();
  return {
    now: () => start + (systemClock.now() - start) * timesFaster,
    sleep: (ms, signal) => systemClock.sleep(ms / timesFaster, signal),
  };
}

/** The time of the system, but every pause is shorter by this factor. */
export const impatientClock = (timesShorter: number): Clock => ({
  now: systemClock.now,
  sleep: (ms, signal) => systemClock.sleep(ms / timesShorter, signal),
});
