import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import {
  NETWORK_FACTORS,
  type NetworkRateLimit,
  type RateLimit,
  type Taken,
} from '../../ports/abuse/abuse.js';
import type { RedisConnection } from '../redis/connection.js';

export const WINDOW_SECONDS = 60;

/** Counts in memory, or in Redis for all nodes and in memory while Redis is unavailable. */
export function openRateLimit(name: string, perMinute: number, redis?: RedisConnection): RateLimit {
  const settings = {
    keyPrefix: `boxoffice:rate:${name}`,
    points: perMinute,
    duration: WINDOW_SECONDS,
  };
  const memory = new RateLimiterMemory(settings);
  const limiter = redis
    ? new RateLimiterRedis({
        ...settings,
        storeClient: redis.client,
        insuranceLimiter: memory,
        rejectIfRedisNotReady: true,
        // Requests over the limit are rejected from memory: a flood does not reach Redis.
        inMemoryBlockOnConsumed: perMinute + 1,
      })
    : memory;
  return {
    take: async (key) => {
      const answer = await limiter.consume(key).then(
        (taken) => ({ taken, allowed: true }),
        (refused: unknown) => ({ taken: refused, allowed: false }),
      );
      // An error of the limiter rejects nobody.
      if (!(answer.taken instanceof RateLimiterRes))
        return { allowed: true, limit: perMinute, remaining: perMinute, resetMs: 0 };
      const { remainingPoints, msBeforeNext } = answer.taken;
      return {
        allowed: answer.allowed,
        limit: perMinute,
        remaining: Math.max(0, remainingPoints),
        resetMs: Math.max(0, msBeforeNext),
      };
    },
  };
}

/**
 * One limiter per prefix length. A flood from one address stops at its own limit and does not use
 * up the wider limits.
 */
export function openNetworkRateLimit(
  name: string,
  perMinute: number,
  redis?: RedisConnection,
): NetworkRateLimit {
  const limits = NETWORK_FACTORS.map((factor, at) =>
    openRateLimit(at === 0 ? name : `${name}-${at}`, perMinute * factor, redis),
  );
  return {
    take: async (networks) => {
      let least: Taken | undefined;
      for (const [at, network] of networks.entries()) {
        const taken = await limits[at]!.take(network);
        if (!taken.allowed) return taken;
        if (!least || taken.remaining < least.remaining) least = taken;
      }
      return least!;
    },
  };
}
