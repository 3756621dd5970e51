import { LRUCache } from 'lru-cache';
import type { Behaviour } from '../domain/abuse/score.js';
import type { HoldOwner } from '../ports/abuse.js';
import type { Clock } from '../ports/clock.js';

const MINUTE_MS = 60_000;
const TEN_MINUTES_MS = 600_000;
/** Whom a process remembers; the one that was seen longest ago is forgotten first. */
const MAX_ACCOUNTS = 100_000;
const MAX_ADDRESSES = 50_000;
/** Tries of an account that are looked at. */
const MAX_TRIES = 64;
/** Pauses without which nothing can be said of their evenness. */
const LEAST_PAUSES = 8;
/** Accounts of an address that are told apart; more are as suspicious as that many. */
const MAX_ACCOUNTS_OF_ADDRESS = 500;

/** What this process sees. All requests about one event come to one node; of other events other nodes have their own view. */
export interface BehaviourWatch {
  /** @param seats 0 when the very wish before is sent again */
  tried(owner: HoldOwner, seats: number): void;
  /** @param until milliseconds since the epoch; unless it is ended before, the hold counts as dropped then */
  held(account: string, holdId: string, until: number): void;
  /** A hold that is known now ends later. */
  lengthened(account: string, holdId: string, until: number): void;
  ended(account: string, holdId: string, how: 'bought' | 'dropped'): void;
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
  readonly holds: Map<string, number>;
}

interface OfAddress {
  /** When each was last seen, the longest ago first. */
  readonly accounts: Map<string, number>;
  readonly seats: SlidingCount;
}

export function openBehaviourWatch(clock: Clock): BehaviourWatch {
  const accounts = new LRUCache<string, OfAccount>({ max: MAX_ACCOUNTS });
  const addresses = new LRUCache<string, OfAddress>({ max: MAX_ADDRESSES });

  const accountOf = (id: string): OfAccount => {
    let known = accounts.get(id);
    if (!known) {
      known = {
        ...{ networks: [], passAt: undefined, lastSeen: clock.now(), tries: [], holds: new Map() },
        ...{ seats: slidingCount(MINUTE_MS), drops: slidingCount(TEN_MINUTES_MS) },
      };
      accounts.set(id, known);
    }
    return known;
  };

  const addressOf = (address: string): OfAddress => {
    let known = addresses.get(address);
    if (!known) {
      known = {
        accounts: new Map(),
        seats: slidingCount(MINUTE_MS),
      };
      addresses.set(address, known);
    }
    return known;
  };

  /** Holds whose time has passed were dropped. */
  const settleHolds = ({ holds, drops }: OfAccount, now: number) => {
    for (const [id, until] of holds) {
      if (until > now) continue;
      holds.delete(id);
      drops.add(until, 1);
    }
  };

  return {
    tried: ({ account, networks }, seats) => {
      const now = clock.now();
      const of = accountOf(account);
      of.lastSeen = now;
      of.networks = networks;
      of.tries.push(now);
      if (of.tries.length > MAX_TRIES) of.tries = of.tries.slice(-MAX_TRIES);
      of.seats.add(now, seats);
      const [address] = networks;
      if (address === undefined) return;
      const { accounts: sharing, seats: all } = addressOf(address);
      seen(sharing, account, now);
      all.add(now, seats);
    },
    held: (account, holdId, until) => void accountOf(account).holds.set(holdId, until),
    lengthened: (account, holdId, until) => {
      const { holds } = accountOf(account);
      if (holds.has(holdId)) holds.set(holdId, until);
    },
    ended: (account, holdId, how) => {
      const { holds, drops } = accountOf(account);
      if (holds.delete(holdId) && how === 'dropped') drops.add(clock.now(), 1);
    },
    passGiven: (account) => {
      const of = accountOf(account);
      const now = clock.now();
      // Asked for again it is the same pass.
      if (of.passAt === undefined || now - of.passAt > TEN_MINUTES_MS) of.passAt = now;
    },
    of: ({ account, networks: [address] }) => {
      const now = clock.now();
      const of = accountOf(account);
      settleHolds(of, now);
      const tries = of.tries.filter((at) => at > now - MINUTE_MS);
      const sharing = address === undefined ? undefined : addressOf(address);
      if (sharing) forgetBefore(sharing.accounts, now - TEN_MINUTES_MS);
      return {
        triesPerMinute: tries.length,
        unevenness: unevennessOf(tries),
        seatsPerMinute: of.seats.total(now),
        holdsDropped: of.drops.total(now),
        accountsOfAddress: sharing?.accounts.size ?? 0,
        seatsPerMinuteOfAddress: sharing?.seats.total(now) ?? 0,
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

function seen(accounts: Map<string, number>, account: string, now: number): void {
  accounts.delete(account);
  accounts.set(account, now);
  if (accounts.size > MAX_ACCOUNTS_OF_ADDRESS) accounts.delete(accounts.keys().next().value!);
}

/** They are in order, so the cost is in proportion to those that are forgotten. */
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

interface SlidingCount {
  add(at: number, count: number): void;
  total(now: number): number;
}

const BUCKETS = 12;

/** What was counted in the last `windowMs`, to a twelfth of it. */
function slidingCount(windowMs: number): SlidingCount {
  const width = windowMs / BUCKETS;
  let counts: { slot: number; count: number }[] = [];
  return {
    add: (at, count) => {
      if (count === 0) return;
      const slot = Math.floor(at / width);
      const last = counts.at(-1);
      if (last?.slot === slot) last.count += count;
      else counts.push({ slot, count });
      if (counts.length > BUCKETS + 1) counts = counts.slice(-BUCKETS - 1);
    },
    total: (now) => {
      const oldest = Math.floor(now / width) - BUCKETS;
      return counts.reduce((sum, { slot, count }) => (slot > oldest ? sum + count : sum), 0);
    },
  };
}
