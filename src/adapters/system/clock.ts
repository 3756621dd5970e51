import { setMaxListeners } from 'node:events';
import type { Clock } from '../../ports/system/clock.js';

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      if (!signal) return;
      // One signal can have a listener per live feed or pending snapshot, which is not a leak.
      setMaxListeners(0, signal);
      signal.addEventListener('abort', done, { once: true });
    }),
};
