/** What protects the sale on its busiest day. Each may be lost and begin anew: no seat depends on it. */

export interface Taken {
  readonly allowed: boolean;
  /** Requests in a window. */
  readonly limit: number;
  readonly remaining: number;
  /** Until the window ends, milliseconds. */
  readonly resetMs: number;
}

/** So many requests in a minute. Never rejects: without its store it counts in the memory of this process. */
export interface RateLimit {
  take(key: string): Promise<Taken>;
}

/** Remembers what may be used once, until it would not be taken any more anyway. Never rejects. */
export interface UsedOnce {
  /** False when it was used before. `until` in milliseconds since the epoch. */
  use(id: string, until: number): Promise<boolean>;
}

export interface HoldOwner {
  readonly account: string;
  /** Undefined where an address says nothing of who it is. */
  readonly address: string | undefined;
}

/** Open holds over all events. Never rejects. */
export interface OpenHolds {
  /**
   * Counts a hold until its time, `until` in milliseconds since the epoch; once, however often it is told.
   * @returns whose limit it would exceed; nothing is counted then
   */
  take(
    owner: HoldOwner,
    holdId: string,
    until: number,
    limits: { readonly account: number; readonly address: number },
  ): Promise<'taken' | 'account' | 'address'>;
  /** It is bought, given back, or was refused. */
  end(owner: HoldOwner, holdId: string): Promise<void>;
}

/** A puzzle for a machine, opaque here: the client gets it as JSON and solves it. */
export type Challenge = Readonly<Record<string, unknown>>;
export type ProofProblem = 'invalid' | 'expired' | 'used';

export interface ProofOfWork {
  /** Good for this account alone, once, for two minutes. */
  challenge(account: string, rounds: number): Promise<Challenge>;
  /** @param solution as the client sent it @returns what is wrong with it */
  check(account: string, solution: string, rounds: number): Promise<ProofProblem | undefined>;
}
