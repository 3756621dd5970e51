import type { FastifyRequest } from 'fastify';
import { openHoldsInMemory } from '../../src/adapters/abuse/holds-in-memory.js';
import { seededChance } from '../../src/cli/sale/seeded-chance.js';
import { DEFAULT_THRESHOLD } from '../../src/domain/abuse/score.js';
import { AVAILABLE } from '../../src/domain/seat-inventory/availability.js';
import type { SeatInventoryCommand } from '../../src/domain/seat-inventory/commands.js';
import { decide } from '../../src/domain/seat-inventory/decide.js';
import {
  emptyInventory,
  evolve,
  reservationOf,
  type SeatInventory,
} from '../../src/domain/seat-inventory/state.js';
import { buildLayout } from '../../src/domain/seating-plan/build-layout.js';
import { importSeatingPlan } from '../../src/domain/seating-plan/import.js';
import { openBehaviourWatch } from '../../src/http/behaviour.js';
import { openProtection, type Protection } from '../../src/http/protection.js';
import type { ProofOfWork, RateLimit } from '../../src/ports/abuse.js';
import type { Clock } from '../../src/ports/clock.js';
import { hall } from '../hall.js';

export const SEATS = 2_000;
export const FRONT_ROWS = 500;
const WINDOW_MS = 60_000;
/** As they are unless set otherwise; see src/config-protection.ts. */
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
  /** Rounds of PBKDF2 for each guess. */
  | { readonly got: 'work'; readonly rounds: number }
  | { readonly got: 'wait'; readonly ms: number };

/** A sale in a time of its own: the real score, the real caps, the real decision about seats; work costs time, not heat. */
export interface SimulatedSale {
  now(): number;
  /** Runs `work` after so many milliseconds. */
  after(ms: number, work: () => Promise<void> | void): void;
  run(untilMs: number): Promise<void>;
  readonly chance: () => number;
  /** Seats that are free, from the front, as a page shows them: up to a second old. */
  free(): readonly number[];
  reserve(who: Buyer, wish: readonly number[], attempt: number, proof?: number): Promise<Answer>;
  pay(who: Buyer, attempt: number): void;
  release(who: Buyer, attempt: number): void;
  /** Whose the seats are. */
  readonly inventory: SeatInventory;
}

export interface Buyer {
  readonly name: string;
  readonly address: string;
}

export function openSale(seed: number, isProtected: boolean): SimulatedSale {
  const START = Date.UTC(2030, 0, 1);
  const chance = seededChance(seed);
  const queue: { at: number; order: number; work: () => Promise<void> | void }[] = [];
  let [now, order] = [START, 0];
  const clock: Clock = { now: () => now, sleep: () => Promise.reject(new Error('Nothing sleeps here.')) };
  const inventory = openInventory();
  const protection = isProtected ? protect(clock, inventory) : undefined;
  let shown = { at: -Infinity, seats: [] as number[] };
  const names = inventory.layout.seatIds;

  const ask = (command: SeatInventoryCommand): boolean => {
    const decision = decide(command, inventory);
    if (!decision.accepted) return false;
    for (const event of decision.events) evolve(inventory, event);
    return true;
  };
  const requestOf = ({ address }: Buyer, rounds?: number) =>
    ({
      ip: address,
      headers: rounds === undefined ? {} : { 'proof-of-work': String(rounds) },
    }) as unknown as FastifyRequest;
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
    reserve: async (who, wish, attempt, proof) => {
      const taken = await protection?.rates.writesPerAddress.take(who.address);
      if (taken && !taken.allowed) return { got: 'wait', ms: taken.resetMs };
      const reservationId = idOf(who, attempt);
      const gate = await protection?.enter(requestOf(who, proof), {
        ...{ account: who.name, reservationId, seats: wish.length, wish: `${reservationId} ${wish.join()}` },
      });
      if (gate?.refused) {
        const { challenge } = (gate.members ?? {}) as { challenge?: { rounds: number } };
        return challenge ? { got: 'work', rounds: challenge.rounds } : { got: 'too-many' };
      }
      const seatIds = wish.map((seat) => names[seat]!);
      const customerId = who.name;
      const held = ask({
        type: 'ReserveSeats',
        reservationId,
        customerId,
        wish: { seatIds },
        requestDigest: '',
        now,
      });
      if (held) gate?.held(now + 600_000);
      else gate?.notHeld();
      return { got: held ? 'seats' : 'taken' };
    },
    pay: (who, attempt) => {
      const reservationId = idOf(who, attempt);
      ask({
        type: 'ConfirmReservation',
        reservationId,
        customerId: who.name,
        paymentId: reservationId,
        now,
      } as never);
      protection?.ended(who.name, reservationId, 'bought');
    },
    release: (who, attempt) => {
      const reservationId = idOf(who, attempt);
      ask({ type: 'ReleaseReservation', reservationId, customerId: who.name, now });
      protection?.ended(who.name, reservationId, 'dropped');
    },
  };
}

const later = (a: { at: number; order: number }, b: { at: number; order: number }) =>
  a.at > b.at || (a.at === b.at && a.order > b.order);

function openInventory(): SeatInventory {
  const imported = importSeatingPlan(hall(SEATS));
  if (!('plan' in imported)) throw new Error('The hall cannot be read.');
  const layout = buildLayout(imported.plan, 'hall');
  const inventory = emptyInventory(layout);
  const opened = decide(
    {
      type: 'OpenInventory',
      now: 0,
      inventory: {
        ...{ eventId: 'show', seatingPlanHash: 'hall', seatCount: SEATS, onSaleAt: null },
        prices: [{ category: 'Standard', amountMinor: 5_000, currency: 'EUR' }],
        ...{ holdSeconds: 600, holdCapSeconds: 1_200, maxSeatsPerCustomer: 4, singleSeatRule: 'off' },
      },
    },
    inventory,
  );
  if (!opened.accepted) throw new Error(opened.rejection.code);
  for (const event of opened.events) evolve(inventory, event);
  return inventory;
}

function protect(clock: Clock, inventory: SeatInventory): Protection {
  const rate = (perMinute: number) => fixedWindow(clock, perMinute);
  const { rates } = LIMITS;
  return openProtection({
    ...{ clock, limits: LIMITS, proofs: workOfTime },
    watch: openBehaviourWatch(clock),
    holds: openHoldsInMemory(clock),
    reservationOf: (_eventId, id) => reservationOf(inventory, id),
    rates: {
      readsPerAddress: rate(rates.readsPerAddress),
      writesPerAddress: rate(rates.writesPerAddress),
      requestsPerAccount: rate(rates.requestsPerAccount),
      reservationsPerAccount: rate(rates.reservationsPerAccount),
    },
  });
}

/** Whoever says so has worked: the simulation lets time go by for it. */
const workOfTime: ProofOfWork = {
  challenge: async (_account, rounds) => ({ rounds }),
  check: async (_account, solution, rounds) => (Number(solution) >= rounds ? undefined : 'invalid'),
};

/** As the library counts, on a clock of our own. */
function fixedWindow(clock: Clock, limit: number): RateLimit {
  const windows = new Map<string, { until: number; count: number }>();
  return {
    take: async (key) => {
      const now = clock.now();
      let window = windows.get(key);
      if (!window || window.until <= now) windows.set(key, (window = { until: now + WINDOW_MS, count: 0 }));
      window.count++;
      const { until, count } = window;
      return { allowed: count <= limit, limit, remaining: Math.max(0, limit - count), resetMs: until - now };
    },
  };
}
