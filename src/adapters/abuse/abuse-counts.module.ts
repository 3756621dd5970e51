import { createHmac, hash, randomBytes } from 'node:crypto';
import { Module } from '@nestjs/common';
import type { Config } from '../../config/config.js';
import { tokenSecret } from '../../config/token-secret.js';
import { CONFIG } from '../../config/token.js';
import { provide } from '../../ports/shared/provide.js';
import { token } from '../../ports/shared/token.js';
import {
  ABUSE_HASH,
  CLOCK,
  DECLINE_COUNTS,
  OPEN_HOLDS,
  PROOF_OF_WORK,
  RATE_LIMITS,
} from '../../ports/shared/tokens.js';
import { RedisModule } from '../redis/redis.module.js';
import { REDIS } from '../redis/tokens.js';
import { openProofOfWork } from './altcha.js';
import { openDeclineCountsInMemory, openDeclineCountsInRedis } from './decline-counts.js';
import { openHoldsInMemory } from './holds-in-memory.js';
import { openHoldsInRedis } from './holds-in-redis.js';
import { openNetworkRateLimit, openRateLimit } from './rate-limits.js';
import { openUsedOnce } from './used-once.js';

const SECRET = token<string>('AbuseSecret');

/**
 * Counts of the abuse protection: in the Redis that the nodes share, or in the memory of this one.
 */
@Module({
  imports: [RedisModule],
  providers: [
    provide(SECRET, { inject: [CONFIG], useFactory: (config) => secretOf(config) }),
    provide(ABUSE_HASH, {
      inject: [SECRET],
      useFactory: (secret) => (text) =>
        createHmac('sha256', secret).update(text).digest('base64url'),
    }),
    provide(PROOF_OF_WORK, {
      inject: [SECRET, REDIS, CLOCK],
      useFactory: (secret, redis, clock) =>
        openProofOfWork(secret, openUsedOnce(clock, redis ?? undefined), clock),
    }),
    provide(OPEN_HOLDS, {
      inject: [REDIS, CLOCK],
      useFactory: (redis, clock) =>
        redis ? openHoldsInRedis(clock, redis) : openHoldsInMemory(clock),
    }),
    provide(DECLINE_COUNTS, {
      inject: [REDIS, CLOCK],
      useFactory: (redis, clock) => (windowMs) =>
        redis
          ? openDeclineCountsInRedis(clock, windowMs, redis)
          : openDeclineCountsInMemory(clock, windowMs),
    }),
    provide(RATE_LIMITS, {
      inject: [REDIS],
      useFactory: (redis) => {
        const shared = redis ?? undefined;
        return {
          ofAccount: (name, perMinute) => openRateLimit(name, perMinute, shared),
          ofNetwork: (name, perMinute) => openNetworkRateLimit(name, perMinute, shared),
          ofNetworkAtNode: (name, perMinute) => openNetworkRateLimit(name, perMinute),
        };
      },
    }),
  ],
  exports: [ABUSE_HASH, DECLINE_COUNTS, OPEN_HOLDS, PROOF_OF_WORK, RATE_LIMITS],
})
export class AbuseCountsModule {}

/** Derived from what all nodes share, so that a puzzle given by one is accepted by another. */
function secretOf(config: Config): string {
  const shared = tokenSecret(config) ?? config.ticketSigningKeys ?? randomBytes(32).toString('hex');
  return hash('sha256', `proof-of-work\n${shared}`, 'hex');
}
