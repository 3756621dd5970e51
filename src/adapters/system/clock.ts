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
      // As many sleep until one end as there are boards shown live or inventories to be packed: that is no leak.
      setMaxListeners(0, signal);
      signal.addEventListener('abort', done, { once: true });
    }),
};
