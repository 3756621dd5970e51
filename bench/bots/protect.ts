import { openDeclineCountsInMemory } from '../../src/adapters/abuse/decline-counts.js';
import { openHoldsInMemory } from '../../src/adapters/abuse/holds-in-memory.js';
import { DEFAULT_ZEROS, workOf } from '../../src/domain/abuse/price.js';
import { DEFAULT_THRESHOLD } from '../../src/domain/abuse/score.js';
import type { Reservation } from '../../src/domain/seat-inventory/state/reservation.js';
import { reservationOf, type SeatInventory } from '../../src/domain/seat-inventory/state/state.js';
import { BehaviorWatch } from '../../src/http/abuse/behavior-watch.js';
import { CardTesting, DECLINES } from '../../src/http/abuse/card-testing.js';
import { InventoryPressure } from '../../src/http/abuse/inventory-pressure.js';
import { Protection } from '../../src/http/abuse/protection.js';
import {
  NETWORK_FACTORS,
  type NetworkRateLimit,
  type ProofOfWork,
  type RateLimit,
} from '../../src/ports/abuse/abuse.js';
import type { Clock } from '../../src/ports/system/clock.js';

const WINDOW_MS = 60_000;
/** The defaults of src/config/protection.ts. */
const LIMITS = {
  ...{ threshold: DEFAULT_THRESHOLD, holdsPerAccount: 50, holdsPerAddress: 200 },
  rates: {
    ...{ readsPerAddress: 1_200, writesPerAddress: 1_200 },
    ...{ requestsPerAccount: 600, reservationsPerAccount: 300 },
  },
};

/** Returns the service's protection on a simulated clock. */
export function protect(
  clock: Clock,
  inventory: SeatInventory,
  rules: 'before' | 'on',
): Protection {
  const rate = (perMinute: number) => fixedWindow(clock, perMinute);
  const ofNetworks = (perMinute: number): NetworkRateLimit => {
    const limits = NETWORK_FACTORS.map((factor) => rate(factor * perMinute));
    const take = async (networks: readonly string[]) => {
      const all = await Promise.all(networks.map((network, at) => limits[at]!.take(network)));
      return all.find(({ allowed }) => !allowed) ?? all[0]!;
    };
    return { take };
  };
  const { rates } = LIMITS;
  const isNow = rules === 'on';
  const size = { seats: inventory.layout.seatCount, ...inventory.rules! };
  const reservation = (_eventId: string, id: string): Reservation | undefined => {
    const found = reservationOf(inventory, id);
    return found && !isNow ? { ...found, total: { ...found.total, amountMinor: 0 } } : found;
  };
  return new Protection({
    ...{ clock, proofs: workOfTime, watch: new BehaviorWatch(clock) },
    limits: LIMITS,
    holds: openHoldsInMemory(clock),
    cards: new CardTesting({
      counts: openDeclineCountsInMemory(clock, DECLINES.windowMs),
      hashOf: (text) => text,
      reservationOf: reservation,
    }),
    pressure: new InventoryPressure(clock, reservation),
    reservationOf: reservation,
    inventorySizeOf: async () => (isNow ? size : undefined),
    hasPaidBefore: async () => false,
    rates: {
      readsPerAddress: ofNetworks(rates.readsPerAddress),
      writesPerAddress: ofNetworks(rates.writesPerAddress),
      requestsPerAccount: rate(rates.requestsPerAccount),
      reservationsPerAccount: rate(rates.reservationsPerAccount),
    },
  });
}

/** A proof is its number of rounds; the simulation advances its clock for them. */
const workOfTime: ProofOfWork = {
  challenge: async (_account, rounds, zeros = DEFAULT_ZEROS) => ({
    work: workOf({ rounds, zeros }),
  }),
  check: async (_account, solution, rounds, zeros = DEFAULT_ZEROS) =>
    Number(solution) >= workOf({ rounds, zeros }) ? undefined : 'invalid',
};

/** Counts as rate-limiter-flexible does, on the simulated clock. */
function fixedWindow(clock: Clock, limit: number): RateLimit {
  const windows = new Map<string, { until: number; count: number }>();
  return {
    take: async (key) => {
      const now = clock.now();
      let window = windows.get(key);
      if (!window || window.until <= now)
        windows.set(key, (window = { until: now + WINDOW_MS, count: 0 }));
      window.count++;
      const { until, count } = window;
      return {
        allowed: count <= limit,
        limit,
        remaining: Math.max(0, limit - count),
        resetMs: until - now,
      };
    },
  };
}
