import { createHmac, hash, randomBytes } from 'node:crypto';
import {
  openDeclineCountsInMemory,
  openDeclineCountsInRedis,
} from '../adapters/abuse/decline-counts.js';
import { CardTesting, DECLINES } from '../http/abuse/card-testing.js';
import { openProofOfWork } from '../adapters/abuse/altcha.js';
import { openHoldsInMemory } from '../adapters/abuse/holds-in-memory.js';
import { openHoldsInRedis } from '../adapters/abuse/holds-in-redis.js';
import { openNetworkRateLimit, openRateLimit } from '../adapters/abuse/rate-limits.js';
import { openUsedOnce } from '../adapters/abuse/used-once.js';
import type { RedisConnection } from '../adapters/redis/connection.js';
import { openSeatLocks } from '../adapters/seat-inventory/redis-seat-locks.js';
import { systemClock } from '../adapters/system/clock.js';
import { systemRandomness } from '../adapters/system/randomness.js';
import type { InventoryWriters } from '../commands/seat-inventory/writer/inventory-writers.js';
import { tokenSecret, type Config } from '../config/config.js';
import { BehaviorWatch } from '../http/abuse/behavior-watch.js';
import { LRUCache } from 'lru-cache';
import { InventoryPressure } from '../http/abuse/inventory-pressure.js';
import type { Queryable } from '../read-models/tables/read-model.js';
import { reservationQueries } from '../read-models/seat-inventory/reservations-queries.js';
import { noSeatLocks, type SeatLocks } from '../ports/seat-inventory/seat-locks.js';
import { Protection, type ProtectionLimits } from '../http/abuse/protection.js';

interface Parts {
  readonly redis: RedisConnection | undefined;
  readonly writers: InventoryWriters;
  readonly pool: Queryable;
}

/** Protects a sale from machines; undefined with `ABUSE_PROTECTION=off`. */
export function protectionOf(
  config: Config,
  { redis, writers, pool }: Parts,
): Protection | undefined {
  const {
    on,
    proofOfWorkScore: threshold,
    holdsPerAccount,
    holdsPerAddress,
    ...more
  } = config.protection;
  if (!on) return undefined;
  const { readsPerAddress, writesPerAddress, requestsPerAccount, reservationsPerAccount } = more;
  const limits: ProtectionLimits = {
    ...{ threshold, holdsPerAccount, holdsPerAddress },
    rates: { readsPerAddress, writesPerAddress, requestsPerAccount, reservationsPerAccount },
  };
  const { rates } = limits;
  const secret = secretOf(config);
  return new Protection({
    watch: new BehaviorWatch(systemClock),
    proofs: openProofOfWork(secret, openUsedOnce(systemClock, redis), systemClock),
    holds: redis ? openHoldsInRedis(systemClock, redis) : openHoldsInMemory(systemClock),
    rates: {
      // Reads are many and mostly answered by the edge: each node counts its own.
      readsPerAddress: openNetworkRateLimit('reads-address', rates.readsPerAddress),
      writesPerAddress: openNetworkRateLimit('writes-address', rates.writesPerAddress, redis),
      requestsPerAccount: openRateLimit('account', rates.requestsPerAccount, redis),
      reservationsPerAccount: openRateLimit('reserve-account', rates.reservationsPerAccount, redis),
    },
    limits,
    clock: systemClock,
    cards: new CardTesting({
      counts: redis
        ? openDeclineCountsInRedis(systemClock, DECLINES.windowMs, redis)
        : openDeclineCountsInMemory(systemClock, DECLINES.windowMs),
      hashOf: (text) => createHmac('sha256', secret).update(text).digest('base64url'),
      reservationOf: writers.reservationOf,
    }),
    pressure: new InventoryPressure(systemClock, writers.reservationOf),
    reservationOf: writers.reservationOf,
    inventorySizeOf: async (eventId) => {
      const rules = await writers.rulesOf(eventId);
      return rules && { seats: rules.seatCount, maxSeatsPerCustomer: rules.maxSeatsPerCustomer };
    },
    hasPaidBefore: rememberedAnswers(reservationQueries(pool).hasPaid),
  });
}

/** Maximum of accounts whose payment history is cached, and how long "no" is cached (milliseconds). */
const ANSWERS = { max: 50_000, ttl: 10_000 };

/** Queries at most once in ten seconds per account. "No" when the database does not answer: only a price depends on it. */
function rememberedAnswers(
  ask: (account: string) => Promise<boolean>,
): (account: string) => Promise<boolean> {
  const answers = new LRUCache<string, Promise<boolean>>(ANSWERS);
  return (account) => {
    const known = answers.get(account);
    if (known) return known;
    const answer = ask(account).catch(() => false);
    answers.set(account, answer);
    return answer;
  };
}

/** Made of what all nodes share, so that a puzzle given by one is taken by another. */
function secretOf(config: Config): string {
  const shared = tokenSecret(config) ?? config.ticketSigningKeys ?? randomBytes(32).toString('hex');
  return hash('sha256', `proof-of-work\n${shared}`, 'hex');
}

/** Locks between nodes, where there is a Redis by which they may know of each other. */
export const seatLocksOf = (redis: RedisConnection | undefined): SeatLocks =>
  redis ? openSeatLocks({ redis, clock: systemClock, randomness: systemRandomness }) : noSeatLocks;
