import { Module } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { atMost } from '../ports/shared/at-most.js';
import { AbuseCountsModule } from '../adapters/abuse/abuse-counts.module.js';
import { INVENTORY_WRITERS } from '../commands/shared/tokens.js';
import type { ProtectionConfig } from '../config/protection.js';
import { CONFIG } from '../config/token.js';
import { BehaviorWatch } from '../http/abuse/behavior-watch.js';
import { CardTesting, DECLINES } from '../http/abuse/card-testing.js';
import { InventoryPressure } from '../http/abuse/inventory-pressure.js';
import { Protection, type ProtectionLimits } from '../http/abuse/protection.js';
import { PROTECTION } from '../http/platform/tokens.js';
import { provide } from '../ports/shared/provide.js';
import {
  ABUSE_HASH,
  CLOCK,
  DECLINE_COUNTS,
  OPEN_HOLDS,
  PROOF_OF_WORK,
  RATE_LIMITS,
  type RateLimits,
} from '../ports/shared/tokens.js';
import { RESERVATION_QUERIES } from '../read-models/shared/tokens.js';
import { InventoryWriterModule } from './inventory-writer.module.js';

/** Protects a sale from machines, unless `ABUSE_PROTECTION=off`. */
@Module({
  imports: [InventoryWriterModule, AbuseCountsModule],
  providers: [
    provide(PROTECTION, {
      inject: [
        CONFIG,
        INVENTORY_WRITERS,
        RESERVATION_QUERIES,
        PROOF_OF_WORK,
        OPEN_HOLDS,
        RATE_LIMITS,
        DECLINE_COUNTS,
        ABUSE_HASH,
        CLOCK,
      ],
      useFactory: (
        { protection },
        writers,
        reservations,
        proofs,
        holds,
        rates,
        declineCounts,
        hashOf,
        clock,
      ) => {
        if (!protection.on) return null;
        const { reservationOf } = writers;
        return new Protection({
          watch: new BehaviorWatch(clock),
          proofs,
          holds,
          rates: ratesOf(protection, rates),
          limits: limitsOf(protection),
          clock,
          cards: new CardTesting({
            counts: declineCounts(DECLINES.windowMs),
            hashOf,
            reservationOf,
          }),
          pressure: new InventoryPressure(clock, reservationOf),
          reservationOf,
          inventorySizeOf: async (eventId) => {
            const rules = await writers.rulesOf(eventId);
            if (!rules) return undefined;
            const { seatCount: seats, maxSeatsPerCustomer } = rules;
            return { seats, maxSeatsPerCustomer };
          },
          hasPaidBefore: rememberedAnswers(reservations.hasPaid),
        });
      },
    }),
  ],
  exports: [PROTECTION],
})
export class AbuseModule {}

const limitsOf = (config: ProtectionConfig): ProtectionLimits => ({
  threshold: config.proofOfWorkScore,
  holdsPerAccount: config.holdsPerAccount,
  holdsPerAddress: config.holdsPerAddress,
  rates: {
    readsPerAddress: config.readsPerAddress,
    writesPerAddress: config.writesPerAddress,
    requestsPerAccount: config.requestsPerAccount,
    reservationsPerAccount: config.reservationsPerAccount,
  },
});

const ratesOf = (config: ProtectionConfig, limits: RateLimits) => ({
  // Reads are many and mostly answered by the edge: each node counts its own.
  readsPerAddress: limits.ofNetworkAtNode('reads-address', config.readsPerAddress),
  writesPerAddress: limits.ofNetwork('writes-address', config.writesPerAddress),
  requestsPerAccount: limits.ofAccount('account', config.requestsPerAccount),
  reservationsPerAccount: limits.ofAccount('reserve-account', config.reservationsPerAccount),
});

/** How many accounts' payment histories are cached, and how long "no" is cached (milliseconds). */
const ANSWERS = { ...atMost(50_000), ttl: 10_000 };

/**
 * Queries at most once in ten seconds per account. "No" when the database does not answer: only a
 * price depends on it.
 */
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
