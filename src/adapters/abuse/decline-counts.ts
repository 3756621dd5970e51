import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { atMost } from '../../ports/shared/at-most.js';
import type { DeclineCounts } from '../../ports/abuse/abuse.js';
import type { Clock } from '../../ports/system/clock.js';
import type { RedisConnection } from '../redis/connection.js';

/** Keys that a process keeps in memory; the least recently used one is evicted first. */
const MAX_KEYS = 100_000;
/** Declines counted for one key at most; further ones change nothing. */
const MAX_COUNTED = 1_000;

export function openDeclineCountsInMemory(clock: Clock, windowMs: number): DeclineCounts {
  const known = new LRUCache<string, readonly number[]>(atMost(MAX_KEYS));
  const recent = (key: string): readonly number[] => {
    const since = clock.now() - windowMs;
    const times = known.get(key)?.filter((at) => at > since) ?? [];
    if (times.length === 0) known.delete(key);
    return times;
  };
  return {
    add: async (keys) => {
      for (const key of keys) known.set(key, [...recent(key), clock.now()].slice(-MAX_COUNTED));
    },
    of: async (key, limit) => {
      const times = recent(key);
      const oldest = times.at(-limit);
      return {
        count: times.length,
        belowInMs: oldest === undefined ? 0 : oldest + windowMs - clock.now(),
      };
    },
  };
}

const key = (name: string) => `boxoffice:declines:${name}`;

/**
 * KEYS: one sorted set of times. ARGV: end of the expired times, limit. Returns the count and when
 * it falls below the limit.
 */
const COUNT = `
redis.call('zremrangebyscore', KEYS[1], '-inf', ARGV[1])
local count = redis.call('zcard', KEYS[1])
if count < tonumber(ARGV[2]) then return { count, '0' } end
local at = -tonumber(ARGV[2])
return { count, redis.call('zrange', KEYS[1], at, at, 'withscores')[2] }
`;

/**
 * Counts for all nodes in Redis, and in each node's memory, which is used while Redis is
 * unavailable.
 */
export function openDeclineCountsInRedis(
  clock: Clock,
  windowMs: number,
  { client }: RedisConnection,
): DeclineCounts {
  const memory = openDeclineCountsInMemory(clock, windowMs);
  return {
    add: async (keys) => {
      await memory.add(keys);
      const now = clock.now();
      const adding = keys.map((name) =>
        client
          .multi()
          .zadd(key(name), now, randomUUID())
          .zremrangebyrank(key(name), 0, -MAX_COUNTED - 1)
          .pexpire(key(name), windowMs)
          .exec(),
      );
      await Promise.all(adding).catch(() => undefined);
    },
    of: async (name, limit) => {
      const now = clock.now();
      try {
        const answer = await client.eval(COUNT, 1, key(name), now - windowMs, limit);
        const [count, oldest] = answer as [number, string];
        return { count, belowInMs: count < limit ? 0 : Number(oldest) + windowMs - now };
      } catch {
        return memory.of(name, limit);
      }
    },
  };
}
