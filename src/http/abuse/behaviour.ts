import { LRUCache } from 'lru-cache';
import type { Behaviour } from '../../domain/abuse/score.js';
import { NETWORK_FACTORS, type HoldOwner } from '../../ports/abuse/abuse.js';
import type { Clock } from '../../ports/system/clock.js';
import { slidingCount, type SlidingCount } from './sliding-count.js';

const MINUTE_MS = 60_000;
const TEN_MINUTES_MS = 600_000;
/** Whom a process remembers; the one that was seen longest ago is forgotten first. */
const MAX_ACCOUNTS = 100_000;
const MAX_NETWORKS = 100_000;
/** Tries of an account that are looked at. */
const MAX_TRIES = 64;
/** Pauses without which nothing can be said of their evenness. */
const LEAST_PAUSES = 8;
/** Each account that has paid offsets this many that have not, and each paid seat this many requested seats. */
export const PER_PAID = 5;
/** Only a payment at least this long after its hold offsets others: bots pay immediately. Milliseconds. */
export const PERSON_PAYS_MS = 10_000;
/** Accounts of an address that are told apart; more are as suspicious as that many. */
const MAX_ACCOUNTS_OF_ADDRESS = 500;

/** Paid for, free of charge, or given up. */
export type HoldEnd = 'bought' | 'free' | 'dropped';

/** What this process sees. All requests about one event come to one node; of other events other nodes have their own view. */
export interface BehaviourWatch {
  /** @param seats 0 when the very wish before is sent again */
  tried(owner: HoldOwner, seats: number): void;
  /** @param until milliseconds since the epoch; unless it is ended before, the hold counts as dropped then */
  held(account: string, holdId: string, until: number, seats: number): void;
  /** A hold that is known now ends later. */
  lengthened(account: string, holdId: string, until: number): void;
  ended(account: string, holdId: string, how: HoldEnd): void;
  /** A number that had waited was traded for a pass. */
  passGiven(account: string): void;
  of(owner: HoldOwner): Behaviour;
  /** Everybody who was seen in the last ten minutes. */
  accounts(): readonly HoldOwner[];
}

interface OfAccount {
  networks: readonly string[];
  lastSeen: number;
  /** Milliseconds since the epoch. */
  passAt: number | undefined;
  tries: number[];
  readonly seats: SlidingCount;
  readonly drops: SlidingCount;
  readonly holds: Map<string, { until: number; readonly seats: number; readonly since: number }>;
  hasPaid: boolean;
}

interface OfNetwork {
  /** Accounts that have not paid, with the time each was last seen, oldest first. */
  readonly accounts: Map<string, number>;
  readonly seats: SlidingCount;
  readonly payers: SlidingCount;
  readonly seatsPaid: SlidingCount;
}

export function openBehaviourWatch(clock: Clock): BehaviourWatch {
  const accounts = new LRUCache<string, OfAccount>({ max: MAX_ACCOUNTS });
  const networks = new LRUCache<string, OfNetwork>({ max: MAX_NETWORKS });

  const accountOf = (id: string): OfAccount => {
    let known = accounts.get(id);
    if (!known) {
      known = {
        ...{ networks: [], passAt: undefined, lastSeen: clock.now(), tries: [] },
        ...{ seats: slidingCount(MINUTE_MS), drops: slidingCount(TEN_MINUTES_MS) },
        ...{ holds: new Map(), hasPaid: false },
      };
      accounts.set(id, known);
    }
    return known;
  };

  const networkOf = (name: string): OfNetwork => {
    let known = networks.get(name);
    if (!known) {
      known = {
        ...{ accounts: new Map(), seats: slidingCount(MINUTE_MS) },
        ...{ payers: slidingCount(TEN_MINUTES_MS), seatsPaid: slidingCount(TEN_MINUTES_MS) },
      };
      networks.set(name, known);
    }
    return known;
  };
  const paid = (account: OfAccount, id: string, seats: number, now: number) => {
    for (const network of account.networks.map(networkOf)) {
      network.accounts.delete(id);
      if (!account.hasPaid) network.payers.add(now, 1);
      network.seatsPaid.add(now, seats);
    }
    account.hasPaid = true;
  };

  /** Holds whose time has passed were dropped. */
  const settleHolds = ({ holds, drops }: OfAccount, now: number) => {
    for (const [id, { until }] of holds) {
      if (until > now) continue;
      holds.delete(id);
      drops.add(until, 1);
    }
  };

  return {
    tried: (owner, seats) => {
      const now = clock.now();
      const of = accountOf(owner.account);
      of.lastSeen = now;
      of.networks = owner.networks;
      of.tries.push(now);
      if (of.tries.length > MAX_TRIES) of.tries = of.tries.slice(-MAX_TRIES);
      of.seats.add(now, seats);
      for (const network of owner.networks.map(networkOf)) {
        if (!of.hasPaid) seen(network.accounts, owner.account, now);
        network.seats.add(now, seats);
      }
    },
    held: (account, holdId, until, seats) => {
      const { holds } = accountOf(account);
      holds.set(holdId, { until, seats, since: holds.get(holdId)?.since ?? clock.now() });
    },
    lengthened: (account, holdId, until) => {
      const hold = accountOf(account).holds.get(holdId);
      if (hold) hold.until = until;
    },
    ended: (id, holdId, how) => {
      const account = accountOf(id);
      const hold = account.holds.get(holdId);
      if (!hold) return;
      account.holds.delete(holdId);
      const now = clock.now();
      if (how === 'bought' && now - hold.since >= PERSON_PAYS_MS)
        paid(account, id, hold.seats, now);
      if (how === 'dropped') account.drops.add(now, 1);
    },
    passGiven: (account) => {
      const of = accountOf(account);
      const now = clock.now();
      // Asked for again it is the same pass.
      if (of.passAt === undefined || now - of.passAt > TEN_MINUTES_MS) of.passAt = now;
    },
    of: (owner) => {
      const now = clock.now();
      const of = accountOf(owner.account);
      settleHolds(of, now);
      const tries = of.tries.filter((at) => at > now - MINUTE_MS);
      const shown = owner.networks.map((name, at) =>
        shownBy(networkOf(name), NETWORK_FACTORS[at]!, now),
      );
      return {
        triesPerMinute: tries.length,
        unevenness: unevennessOf(tries),
        seatsPerMinute: of.seats.total(now),
        holdsDropped: of.drops.total(now),
        accountsOfAddress: Math.max(0, ...shown.map(({ accounts: count }) => count)),
        seatsPerMinuteOfAddress: Math.max(0, ...shown.map(({ seats }) => seats)),
        secondsSincePass: of.passAt === undefined ? undefined : (now - of.passAt) / 1_000,
      };
    },
    accounts: () => {
      const since = clock.now() - TEN_MINUTES_MS;
      return Array.from(accounts.entries()).flatMap(([account, { networks, lastSeen }]) =>
        lastSeen > since ? [{ account, networks }] : [],
      );
    },
  };
}

/** Accounts without a purchase and requested seats, less the offset by payments of others there. */
function shownBy(network: OfNetwork, share: number, now: number) {
  forgetBefore(network.accounts, now - TEN_MINUTES_MS);
  const rest = (count: number, paid: number) =>
    Math.floor(Math.max(0, count - PER_PAID * paid) / share);
  return {
    accounts: rest(network.accounts.size, network.payers.total(now)),
    seats: rest(network.seats.total(now), network.seatsPaid.total(now)),
  };
}

function seen(accounts: Map<string, number>, account: string, now: number): void {
  accounts.delete(account);
  accounts.set(account, now);
  if (accounts.size > MAX_ACCOUNTS_OF_ADDRESS) accounts.delete(accounts.keys().next().value!);
}

/** The entries are ordered by time, so the cost is proportional to the removed entries. */
function forgetBefore(accounts: Map<string, number>, since: number): void {
  for (const [account, at] of accounts) {
    if (at > since) return;
    accounts.delete(account);
  }
}

function unevennessOf(times: readonly number[]): number | undefined {
  const pauses = times.slice(1).map((time, index) => time - times[index]!);
  if (pauses.length < LEAST_PAUSES) return undefined;
  const mean = pauses.reduce((sum, pause) => sum + pause, 0) / pauses.length;
  if (mean === 0) return 0;
  const variance = pauses.reduce((sum, pause) => sum + (pause - mean) ** 2, 0) / pauses.length;
  return Math.sqrt(variance) / mean;
}
