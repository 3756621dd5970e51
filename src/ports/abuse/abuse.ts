/** Stores of abuse protection. Each may be lost and start empty: no seat depends on them. */

export interface Taken {
  readonly allowed: boolean;
  /** Requests in the window. */
  readonly limit: number;
  readonly remaining: number;
  /** Milliseconds until the window ends. */
  readonly resetMs: number;
}

/**
 * Limits requests per minute. Never rejects: without its store it counts in the memory of this
 * process.
 */
export interface RateLimit {
  take(key: string): Promise<Taken>;
}

/**
 * Factors of the limit for wider networks: an IPv4 address or a /64, then a /56, then a /48.
 * In the order of `HoldOwner.networks`.
 */
export const NETWORK_FACTORS: readonly number[] = [1, 2, 4];

/**
 * Limits requests per minute from one address, with higher limits for its wider networks. Never
 * rejects.
 */
export interface NetworkRateLimit {
  /**
   * @param networks of the client, the narrowest first; at least one
   * @returns the result of the network with the fewest requests left
   */
  take(networks: readonly string[]): Promise<Taken>;
}

/** Remembers values that may be used once, until they expire. Never rejects. */
export interface UsedOnce {
  /** Returns false if the value was used before. `until` in milliseconds since the epoch. */
  use(id: string, until: number): Promise<boolean>;
}

export interface HoldOwner {
  readonly account: string;
  /**
   * Names of the networks that the request came from, the narrowest first: an IPv4 address, or the
   * /64, the /56 and the /48 of an IPv6 address. Empty for an address of a private network.
   */
  readonly networks: readonly string[];
}

export interface HoldLimits {
  readonly account: number;
  /** One limit for each network of the owner, in the same order. */
  readonly networks: readonly number[];
}

/**
 * One request's part in a counted hold. The request reports its outcome by calling one of the two
 * methods once.
 */
export interface HoldClaim {
  readonly exceeded?: undefined;
  /**
   * The hold exists. It is counted until `until`, even above a limit.
   * @param until milliseconds since the epoch
   */
  held(until: number): Promise<void>;
  /**
   * This request got no hold. A hold that exists, or that another request is still asking for,
   * stays counted.
   */
  notHeld(): Promise<void>;
}

/**
 * Counts open holds over all events, in one record per account: hold, networks that it was taken
 * from, time of its end. Never rejects.
 */
export interface OpenHolds {
  /**
   * Counts a hold until it is known whether it exists, at most until `until` (milliseconds since
   * the epoch). A hold that is counted already keeps its networks, and its end never moves forward.
   * @returns the limit that the hold would exceed; nothing is counted then
   */
  take(
    owner: HoldOwner,
    holdId: string,
    until: number,
    limits: HoldLimits,
  ): Promise<HoldClaim | { readonly exceeded: 'account' | 'address' }>;
  /** A counted hold of this account now ends later. Never counts one that is not counted. */
  extend(account: string, holdId: string, until: number): Promise<void>;
  /** A hold of this account is paid for or released. It no longer counts for its networks. */
  end(account: string, holdId: string): Promise<void>;
}

export interface DeclineCount {
  readonly count: number;
  /** Milliseconds until the count falls below the given limit; 0 when it is already below. */
  readonly belowInMs: number;
}

/**
 * Declined payments of the last minutes, by opaque keys. They expire automatically. Never rejects.
 */
export interface DeclineCounts {
  add(keys: readonly string[]): Promise<void>;
  of(key: string, limit: number): Promise<DeclineCount>;
}

/** A proof-of-work challenge, opaque here. The client receives it as JSON and solves it. */
export type Challenge = Readonly<Record<string, unknown>>;
export type ProofProblem = 'invalid' | 'expired' | 'used';

export interface ProofOfWork {
  /**
   * Valid for this account only, once, for two minutes.
   * @param zeros hexadecimal zeros that a right guess begins with, 2 if left out: each makes
   * guesses 16 times as many
   */
  challenge(account: string, rounds: number, zeros?: number): Promise<Challenge>;
  /**
   * @param solution as sent by the client
   * @returns the problem of the solution; more work than `rounds` and `zeros` require is accepted
   */
  check(
    account: string,
    solution: string,
    rounds: number,
    zeros?: number,
  ): Promise<ProofProblem | undefined>;
}
