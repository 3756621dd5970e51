import { openDeclineCountsInMemory } from '../../src/adapters/abuse/decline-counts.js';
import { openHoldsInMemory } from '../../src/adapters/abuse/holds-in-memory.js';
import { seededChance } from '../../src/demo/crowd/seeded-chance.js';
import { DEFAULT_ZEROS, workOf } from '../../src/domain/abuse/price.js';
import { DEFAULT_THRESHOLD } from '../../src/domain/abuse/score.js';
import { AVAILABLE } from '../../src/domain/seat-inventory/availability.js';
import {
  MAX_EXPIRED_PER_COMMAND,
  type SeatInventoryCommand,
} from '../../src/domain/seat-inventory/commands.js';
import { decide } from '../../src/domain/seat-inventory/decide.js';
import { evolve } from '../../src/domain/seat-inventory/evolve.js';
import type { Reservation } from '../../src/domain/seat-inventory/reservation.js';
import {
  emptyInventory,
  overdueHolds,
  reservationOf,
  type SeatInventory,
} from '../../src/domain/seat-inventory/state.js';
import { buildLayout } from '../../src/domain/seating-plan/build-layout.js';
import { importSeatingPlan } from '../../src/domain/seating-plan/import.js';
import { networksOf } from '../../src/http/platform/addresses.js';
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
import { hall } from '../hall.js';

const EVENT = 'show';
export const SEATS = 2_000;
export const FRONT_ROWS = 500;
const WINDOW_MS = 60_000;
/** As they are unless set otherwise; see src/config/protection.ts. */
const LIMITS = {
  ...{ threshold: DEFAULT_THRESHOLD, holdsPerAccount: 50, holdsPerAddress: 200 },
  rates: {
    ...{ readsPerAddress: 1_200, writesPerAddress: 1_200 },
    ...{ requestsPerAccount: 600, reservationsPerAccount: 300 },
  },
};

export type Answer =
  | { readonly got: 'seats' }
  | { readonly got: 'taken' | 'too-many' }
  /** Rounds of PBKDF2 in all, on average. */
  | { readonly got: 'work'; readonly work: number }
  | { readonly got: 'wait'; readonly ms: number };

/**
 * A sale in a time of its own: the real score, the real caps, the real decision about seats; work
 * costs time, not heat.
 */
export interface SimulatedSale {
  now(): number;
  /** Runs `work` after so many milliseconds. */
  after(ms: number, work: () => Promise<void> | void): void;
  run(untilMs: number): Promise<void>;
  readonly chance: () => number;
  /** Seats that are free, from the front, as a page shows them: up to a second old. */
  free(): readonly number[];
  reserve(who: Buyer, wish: readonly number[], attempt: number, work?: number): Promise<Answer>;
  pay(who: Buyer, attempt: number): void;
  release(who: Buyer, attempt: number): void;
  /** Gives back the seats of holds whose time is over, as the service does by itself. */
  expire(): void;
  /** Whose the seats are. */
  readonly inventory: SeatInventory;
}

export interface Buyer {
  readonly name: string;
  readonly address: string;
}

/**
 * `off`: no protection. `before`: the rules of 2026-11-24, by which each IPv6 /64 was a client of its own, nobody's price
 * knew of the house, and payments stood for nothing. `on`: the rules of now.
 */
export type Rules = 'off' | 'before' | 'on';

export interface SaleOptions {
  readonly seed: number;
  readonly rules: Rules;
  readonly seats?: number;
  readonly maxSeatsPerCustomer?: number;
}

export function openSale(options: SaleOptions): SimulatedSale {
  const { seed, rules, seats = SEATS, maxSeatsPerCustomer = 4 } = options;
  const START = Date.UTC(2030, 0, 1);
  const chance = seededChance(seed);
  const queue: { at: number; order: number; work: () => Promise<void> | void }[] = [];
  let [now, order] = [START, 0];
  const clock: Clock = {
    now: () => now,
    sleep: () => Promise.reject(new Error('Nothing sleeps here.')),
  };
  const inventory = openInventory(seats, maxSeatsPerCustomer);
  const protection = rules === 'off' ? undefined : protect(clock, inventory, rules);
  let shown = { at: -Infinity, seats: [] as number[] };
  const names = inventory.layout.seatIds;

  const ask = (command: SeatInventoryCommand): boolean => {
    const decision = decide(command, inventory);
    if (!decision.accepted) return false;
    for (const event of decision.events) evolve(inventory, event);
    return true;
  };
  const addressOf = ({ address }: Buyer) => (rules === 'before' ? apart(address) : address);
  const idOf = ({ name }: Buyer, attempt: number) => `${name}-${attempt}`;

  return {
    ...{ chance, inventory },
    now: () => now - START,
    after: (ms, work) => {
      const entry = { at: now + ms, order: order++, work };
      let at = queue.length;
      while (at > 0 && later(queue[at - 1]!, entry)) at--;
      queue.splice(at, 0, entry);
    },
    run: async (untilMs) => {
      for (let next = queue.shift(); next && next.at <= START + untilMs; next = queue.shift()) {
        now = next.at;
        await next.work();
      }
    },
    free: () => {
      if (now - shown.at >= 1_000)
        shown = {
          at: now,
          seats: Array.from(names.keys()).filter((seat) => inventory.status[seat] === AVAILABLE),
        };
      return shown.seats;
    },
    reserve: async (who, wish, attempt, work) => {
      const taken = await protection?.rates.writesPerAddress.take(networksOf(addressOf(who)));
      if (taken && !taken.allowed) return { got: 'wait', ms: taken.resetMs };
      const reservationId = idOf(who, attempt);
      const admitted = await protection?.checkHold({
        eventId: EVENT,
        account: who.name,
        reservationId,
        requestDigest: wish.join(),
        seats: wish.length,
        address: addressOf(who),
        proof: work === undefined ? undefined : String(work),
      });
      if (admitted?.problem) {
        const { challenge } = (admitted.members ?? {}) as { challenge?: { work: number } };
        return challenge ? { got: 'work', work: challenge.work } : { got: 'too-many' };
      }
      const seatIds = wish.map((seat) => names[seat]!);
      const customerId = who.name;
      const held = ask({
        type: 'ReserveSeats',
        reservationId,
        customerId,
        selection: { seatIds },
        requestDigest: '',
        now,
      });
      if (held) admitted?.held(now + 600_000);
      else admitted?.notHeld();
      return { got: held ? 'seats' : 'taken' };
    },
    pay: (who, attempt) => {
      const reservationId = idOf(who, attempt);
      ask({
        type: 'ConfirmReservation',
        reservationId,
        customerId: who.name,
        paymentReference: reservationId,
        now,
      });
      protection?.paymentAttempted(who.name, EVENT, reservationId);
    },
    release: (who, attempt) => {
      const reservationId = idOf(who, attempt);
      ask({ type: 'ReleaseReservation', reservationId, customerId: who.name, now });
      protection?.released(who.name, reservationId);
    },
    expire: () => {
      const reservationIds = overdueHolds(inventory, now).map(({ id }) => id);
      for (let from = 0; from < reservationIds.length; from += MAX_EXPIRED_PER_COMMAND) {
        const some = reservationIds.slice(from, from + MAX_EXPIRED_PER_COMMAND);
        ask({ type: 'ExpireReservations', reservationIds: some, now });
      }
    },
  };
}

const later = (a: { at: number; order: number }, b: { at: number; order: number }) =>
  a.at > b.at || (a.at === b.at && a.order > b.order);

/**
 * By the rules of before an IPv6 network wider than a /64 was nothing: here each /64 is one of
 * another /48.
 */
function apart(address: string): string {
  const [first, second, third, fourth] = address.split(':');
  return fourth === undefined
    ? address
    : `${first}:${second}:${third}${fourth.padStart(2, '0')}:0::1`;
}

function openInventory(seats: number, maxSeatsPerCustomer: number): SeatInventory {
  const imported = importSeatingPlan(hall(seats));
  if (!('plan' in imported)) throw new Error('The hall cannot be read.');
  const layout = buildLayout(imported.plan, 'hall');
  const inventory = emptyInventory(layout);
  const opened = decide(
    {
      type: 'OpenInventory',
      now: 0,
      inventory: {
        ...{ eventId: EVENT, seatingPlanHash: 'hall', seatCount: layout.seatCount, onSaleAt: null },
        prices: [{ category: 'Standard', amountMinor: 5_000, currency: 'EUR' }],
        ...{ holdSeconds: 600, holdCapSeconds: 900, maxSeatsPerCustomer, singleSeatRule: 'off' },
      },
    },
    inventory,
  );
  if (!opened.accepted) throw new Error(opened.rejection.code);
  for (const event of opened.events) evolve(inventory, event);
  return inventory;
}

function protect(clock: Clock, inventory: SeatInventory, rules: 'before' | 'on'): Protection {
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
  const house = { seats: inventory.layout.seatCount, ...inventory.rules! };
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
    inventorySizeOf: async () => (isNow ? house : undefined),
    hasPaidBefore: async () => false,
    rates: {
      readsPerAddress: ofNetworks(rates.readsPerAddress),
      writesPerAddress: ofNetworks(rates.writesPerAddress),
      requestsPerAccount: rate(rates.requestsPerAccount),
      reservationsPerAccount: rate(rates.reservationsPerAccount),
    },
  });
}

/** A proof is the work that went into it: the simulation lets time go by for it. */
const workOfTime: ProofOfWork = {
  challenge: async (_account, rounds, zeros = DEFAULT_ZEROS) => ({
    work: workOf({ rounds, zeros }),
  }),
  check: async (_account, solution, rounds, zeros = DEFAULT_ZEROS) =>
    Number(solution) >= workOf({ rounds, zeros }) ? undefined : 'invalid',
};

/** As the library counts, on a clock of our own. */
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
