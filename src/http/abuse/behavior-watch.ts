import { LRUCache } from 'lru-cache';
import { atMost } from '../../ports/shared/at-most.js';
import type { Behaviour } from '../../domain/abuse/score.js';
import { NETWORK_FACTORS, type HoldOwner } from '../../ports/abuse/abuse.js';
import type { Clock } from '../../ports/system/clock.js';
import { slidingCount, type SlidingCount } from './sliding-count.js';

const MINUTE_MS = 60_000;
const TEN_MINUTES_MS = 600_000;
/** Accounts and networks that a process remembers; the least recently seen one is evicted first. */
const MAX_ACCOUNTS = 100_000;
const MAX_NETWORKS = 100_000;
/** Attempts of an account that are remembered. */
const MAX_ATTEMPTS = 64;
/** With fewer pauses between attempts, their unevenness is not computed. */
const MIN_PAUSES = 8;
/**
 * Each account that has paid offsets this many that have not, and each paid seat this many
 * requested seats.
 */
export const PER_PAID = 5;
/**
 * Only a payment at least this long after its hold offsets others: bots pay immediately.
 * Milliseconds.
 */
export const PERSON_PAYS_MS = 10_000;
/**
 * Accounts per network that are counted individually; the score does not rise with more of them.
 */
const MAX_ACCOUNTS_OF_NETWORK = 500;

/** Paid for, free of charge, or released or expired without payment. */
export type HoldEnd = 'bought' | 'free' | 'dropped';

interface Hold {
  /** Milliseconds since the epoch. */
  until: number;
  readonly seats: number;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

interface AccountRecord {
  networks: readonly string[];
  /** Milliseconds since the epoch. */
  lastSeen: number;
  /** When the account got its pass. Milliseconds since the epoch. */
  passAt: number | undefined;
  /** Times of the latest attempts, in milliseconds since the epoch. */
  attempts: number[];
  readonly seats: SlidingCount;
  readonly drops: SlidingCount;
  readonly holds: Map<string, Hold>;
  hasPaid: boolean;
}

interface NetworkRecord {
  /** Accounts that have not paid, with the time each was last seen, oldest first. */
  readonly accounts: Map<string, number>;
  readonly seats: SlidingCount;
  readonly payers: SlidingCount;
  readonly seatsPaid: SlidingCount;
}

/**
 * Records how accounts and networks behave, as far as this process sees it. All requests about one
 * event reach one node; nodes that serve other events have records of their own.
 */
export class BehaviorWatch {
  private readonly accounts = new LRUCache<string, AccountRecord>(atMost(MAX_ACCOUNTS));
  private readonly networks = new LRUCache<string, NetworkRecord>(atMost(MAX_NETWORKS));

  constructor(private readonly clock: Clock) {}

  /** Records a reservation attempt. @param seats 0 when the previous request is repeated */
  recordAttempt(owner: HoldOwner, seats: number): void {
    const now = this.clock.now();
    const account = this.accountRecord(owner.account);
    account.lastSeen = now;
    account.networks = owner.networks;
    account.attempts.push(now);
    if (account.attempts.length > MAX_ATTEMPTS)
      account.attempts = account.attempts.slice(-MAX_ATTEMPTS);
    account.seats.add(now, seats);
    for (const name of owner.networks) {
      const network = this.networkRecord(name);
      if (!account.hasPaid) addAccount(network.accounts, owner.account, now);
      network.seats.add(now, seats);
    }
  }

  /**
   * Records a hold. It counts as dropped at `until`, in milliseconds since the epoch, unless it
   * ends before.
   */
  recordHold(account: string, holdId: string, until: number, seats: number): void {
    const { holds } = this.accountRecord(account);
    holds.set(holdId, { until, seats, since: holds.get(holdId)?.since ?? this.clock.now() });
  }

  /** Moves the end of a recorded hold; does nothing for an unknown one. */
  extendHold(account: string, holdId: string, until: number): void {
    const hold = this.accountRecord(account).holds.get(holdId);
    if (hold) hold.until = until;
  }

  endHold(id: string, holdId: string, end: HoldEnd): void {
    const account = this.accountRecord(id);
    const hold = account.holds.get(holdId);
    if (!hold) return;
    account.holds.delete(holdId);
    const now = this.clock.now();
    if (end === 'bought' && now - hold.since >= PERSON_PAYS_MS)
      this.recordPurchase(account, id, hold.seats, now);
    if (end === 'dropped') account.drops.add(now, 1);
  }

  /**
   * Records that the account traded a queue number for a pass. Repeated requests get the same pass
   * and change nothing.
   */
  recordPass(id: string): void {
    const account = this.accountRecord(id);
    const now = this.clock.now();
    if (account.passAt === undefined || now - account.passAt > TEN_MINUTES_MS) account.passAt = now;
  }

  behaviorOf(owner: HoldOwner): Behaviour {
    const now = this.clock.now();
    const account = this.accountRecord(owner.account);
    dropOverdueHolds(account, now);
    const attempts = account.attempts.filter((at) => at > now - MINUTE_MS);
    const networks = owner.networks.map((name, at) =>
      unpaidShareOf(this.networkRecord(name), NETWORK_FACTORS[at]!, now),
    );
    return {
      triesPerMinute: attempts.length,
      unevenness: unevennessOf(attempts),
      seatsPerMinute: account.seats.total(now),
      holdsDropped: account.drops.total(now),
      accountsOfAddress: Math.max(0, ...networks.map(({ accounts }) => accounts)),
      seatsPerMinuteOfAddress: Math.max(0, ...networks.map(({ seats }) => seats)),
      secondsSincePass: account.passAt === undefined ? undefined : (now - account.passAt) / 1_000,
    };
  }

  /** Lists the accounts seen in the last ten minutes. */
  recentAccounts(): readonly HoldOwner[] {
    const since = this.clock.now() - TEN_MINUTES_MS;
    return Array.from(this.accounts.entries()).flatMap(([account, { networks, lastSeen }]) =>
      lastSeen > since ? [{ account, networks }] : [],
    );
  }

  private accountRecord(id: string): AccountRecord {
    let record = this.accounts.get(id);
    if (!record) {
      record = {
        networks: [],
        passAt: undefined,
        lastSeen: this.clock.now(),
        attempts: [],
        seats: slidingCount(MINUTE_MS),
        drops: slidingCount(TEN_MINUTES_MS),
        holds: new Map(),
        hasPaid: false,
      };
      this.accounts.set(id, record);
    }
    return record;
  }

  private networkRecord(name: string): NetworkRecord {
    let record = this.networks.get(name);
    if (!record) {
      record = {
        accounts: new Map(),
        seats: slidingCount(MINUTE_MS),
        payers: slidingCount(TEN_MINUTES_MS),
        seatsPaid: slidingCount(TEN_MINUTES_MS),
      };
      this.networks.set(name, record);
    }
    return record;
  }

  private recordPurchase(account: AccountRecord, id: string, seats: number, now: number): void {
    for (const name of account.networks) {
      const network = this.networkRecord(name);
      network.accounts.delete(id);
      if (!account.hasPaid) network.payers.add(now, 1);
      network.seatsPaid.add(now, seats);
    }
    account.hasPaid = true;
  }
}

/** Counts holds whose time has passed as dropped. */
function dropOverdueHolds({ holds, drops }: AccountRecord, now: number): void {
  for (const [id, { until }] of holds) {
    if (until > now) continue;
    holds.delete(id);
    drops.add(until, 1);
  }
}

/**
 * Counts a network's accounts without a purchase and its requested seats, less the offset by
 * payments from there.
 */
function unpaidShareOf(network: NetworkRecord, factor: number, now: number) {
  removeBefore(network.accounts, now - TEN_MINUTES_MS);
  const remainder = (count: number, paid: number) =>
    Math.floor(Math.max(0, count - PER_PAID * paid) / factor);
  return {
    accounts: remainder(network.accounts.size, network.payers.total(now)),
    seats: remainder(network.seats.total(now), network.seatsPaid.total(now)),
  };
}

function addAccount(accounts: Map<string, number>, account: string, now: number): void {
  accounts.delete(account);
  accounts.set(account, now);
  if (accounts.size > MAX_ACCOUNTS_OF_NETWORK) accounts.delete(accounts.keys().next().value!);
}

/** The entries are ordered by time, so the cost is proportional to the removed entries. */
function removeBefore(accounts: Map<string, number>, since: number): void {
  for (const [account, at] of accounts) {
    if (at > since) return;
    accounts.delete(account);
  }
}

/** Standard deviation of the pauses over their mean; undefined with too few pauses. */
function unevennessOf(times: readonly number[]): number | undefined {
  const pauses = times.slice(1).map((time, index) => time - times[index]!);
  if (pauses.length < MIN_PAUSES) return undefined;
  const mean = pauses.reduce((sum, pause) => sum + pause, 0) / pauses.length;
  if (mean === 0) return 0;
  const variance = pauses.reduce((sum, pause) => sum + (pause - mean) ** 2, 0) / pauses.length;
  return Math.sqrt(variance) / mean;
}
