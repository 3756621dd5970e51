import { LRUCache } from 'lru-cache';
import { atMost } from '../../ports/shared/at-most.js';
import type { Clock } from '../../ports/system/clock.js';
import type { UsedOnce } from '../../ports/abuse/abuse.js';
import type { RedisConnection } from '../redis/connection.js';

/** Maximum of remembered values. Each costs its client a second of work. */
const MAX_REMEMBERED = 200_000;

/**
 * Remembers in memory, and in Redis for all nodes if configured. A value that this process has seen
 * is never accepted twice.
 */
export function openUsedOnce(clock: Clock, redis?: RedisConnection): UsedOnce {
  const seen = new LRUCache<string, true>(atMost(MAX_REMEMBERED));
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
