import { hash, randomBytes } from 'node:crypto';
import { openProofOfWork } from './adapters/abuse/altcha.js';
import { openHoldsInMemory } from './adapters/abuse/holds-in-memory.js';
import { openHoldsInRedis } from './adapters/abuse/holds-in-redis.js';
import { openRateLimit } from './adapters/abuse/rate-limits.js';
import { openUsedOnce } from './adapters/abuse/used-once.js';
import type { RedisConnection } from './adapters/redis/connection.js';
import { openSeatLocks } from './adapters/seat-locks/redis.js';
import { systemClock } from './adapters/system/clock.js';
import { systemRandomness } from './adapters/system/randomness.js';
import type { InventoryWriters } from './commands/inventory-writers.js';
import { tokenSecret, type Config } from './config.js';
import { openBehaviourWatch } from './http/behaviour.js';
import { noSeatLocks, type SeatLocks } from './ports/seat-locks.js';
import { openProtection, type Protection, type ProtectionLimits } from './http/protection.js';

/** What protects a sale from machines; undefined with `ABUSE_PROTECTION=off`. */
export function protectionOf(
  config: Config,
  { redis, writers }: { readonly redis: RedisConnection | undefined; readonly writers: InventoryWriters },
): Protection | undefined {
  const { on, proofOfWorkScore: threshold, holdsPerAccount, holdsPerAddress, ...more } = config.protection;
  if (!on) return undefined;
  const { readsPerAddress, writesPerAddress, requestsPerAccount, reservationsPerAccount } = more;
  const limits: ProtectionLimits = {
    ...{ threshold, holdsPerAccount, holdsPerAddress },
    rates: { readsPerAddress, writesPerAddress, requestsPerAccount, reservationsPerAccount },
  };
  const { rates } = limits;
  return openProtection({
    watch: openBehaviourWatch(systemClock),
    proofs: openProofOfWork(secretOf(config), openUsedOnce(systemClock, redis), systemClock),
    holds: redis ? openHoldsInRedis(systemClock, redis) : openHoldsInMemory(systemClock),
    rates: {
      // Reads are many and mostly answered by the edge: each node counts its own.
      readsPerAddress: openRateLimit('reads-address', rates.readsPerAddress),
      writesPerAddress: openRateLimit('writes-address', rates.writesPerAddress, redis),
      requestsPerAccount: openRateLimit('account', rates.requestsPerAccount, redis),
      reservationsPerAccount: openRateLimit('reserve-account', rates.reservationsPerAccount, redis),
    },
    limits,
    clock: systemClock,
    reservationOf: writers.reservationOf,
  });
}

/** Made of what all nodes share, so that a puzzle given by one is taken by another. */
function secretOf(config: Config): string {
  const shared = tokenSecret(config) ?? config.ticketSigningKeys ?? randomBytes(32).toString('hex');
  return hash('sha256', `proof-of-work\n${shared}`, 'hex');
}

/** Locks between nodes, where there is a Redis by which they may know of each other. */
export const seatLocksOf = (redis: RedisConnection | undefined): SeatLocks =>
  redis ? openSeatLocks({ redis, clock: systemClock, randomness: systemRandomness }) : noSeatLocks;
