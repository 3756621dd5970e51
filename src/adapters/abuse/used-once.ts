import { LRUCache } from 'lru-cache';
import type { Clock } from '../../ports/system/clock.js';
import type { UsedOnce } from '../../ports/abuse/abuse.js';
import type { RedisConnection } from '../redis/connection.js';

/** Remembered at once; each costs whoever made it a second of work. */
const MAX_REMEMBERED = 200_000;

/** In memory; and in Redis for all nodes together, where there is one. What this process has seen is never taken twice. */
export function openUsedOnce(clock: Clock, redis?: RedisConnection): UsedOnce {
  const seen = new LRUCache<string, true>({ max: MAX_REMEMBERED });
  return {
    use: async (id, until) => {
      if (seen.has(id)) return false;
      const ttl = Math.max(1, until - clock.now());
      seen.set(id, true, { ttl });
      if (!redis) return true;
      return redis.client.set(`boxoffice:used:${id}`, '1', 'PX', ttl, 'NX').then(
        (done) => done === 'OK',
        () => true,
      );
    },
  };
}
