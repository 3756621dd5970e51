import type { AdmissionRules, AdmissionView } from '../../domain/waiting-room/admission.js';
import type { PassUse, TakenNumber, Trade, Turn } from '../../domain/waiting-room/numbers.js';

/** Somebody inside who has used the pass. */
export interface Shopper {
  readonly account: string;
  readonly reservationId: string;
}

/** What is known of a row's numbers from elsewhere when nothing is kept. */
export interface KnownNumbers {
  /** Numbers up to here may have been given. */
  readonly issued: number;
  readonly nowServing: number;
  /** The highest that is known to have been given; undefined when nobody knows. */
  readonly lastGiven: number | undefined;
  /** New for each time that it is set up: passes of another are void. */
  readonly generation: string;
}

/** With the generation of what is kept, for the passes. */
export type WithGeneration<T> = T & { readonly generation: string };

/**
 * Numbers and passes of every row in front of an event, shared by all nodes. `domain/waiting-room` says what each call does; each is one
 * step, whoever else is at it. All of them
 * @throws AdmissionsLost nothing is kept of this row (any more), or less than was: `restore`, then ask again
 * @throws AdmissionsUnreachable
 * @throws AdmissionsFull
 */
export interface Admissions {
  advance(row: string, rules: AdmissionRules): Promise<AdmissionView>;
  takeNumber(row: string, account: string, shown: number | undefined): Promise<TakenNumber>;
  trade(row: string, rules: AdmissionRules, turn: Turn): Promise<WithGeneration<Trade>>;
  walkIn(
    row: string,
    rules: AdmissionRules,
    who: Pick<Turn, 'account' | 'passId'>,
  ): Promise<
    { readonly passId: string; readonly generation: string } | 'ceiling-reached' | undefined
  >;
  /** `outdated`: the pass is of a time before what was kept got lost. */
  usePass(
    row: string,
    rules: AdmissionRules,
    use: { account: string; passId: string; reservationId: string; generation: string },
  ): Promise<PassUse | 'outdated'>;
  /** @param heldUntil milliseconds since the epoch; undefined when nothing came of it */
  settleUse(
    row: string,
    use: { account: string; reservationId: string; heldUntil: number | undefined },
  ): Promise<void>;
  leave(row: string, accounts: readonly string[]): Promise<void>;
  /** Who is inside and has used the pass, at most `limit`. */
  shoppers(row: string, limit: number): Promise<Shopper[]>;
  /** Numbers up to `ceiling` may be given. */
  raiseCeiling(row: string, ceiling: number): Promise<void>;
  /** Sets up anew what is lost; nothing where all of it is there. */
  restore(row: string, known: KnownNumbers): Promise<void>;
  /** The row is over: nothing of it is kept any more. */
  drop(row: string): Promise<void>;
  close(): Promise<void>;
}

export class AdmissionsLost extends Error {
  override name = 'AdmissionsLost';
  constructor(readonly row: string) {
    super(`Nothing is kept of the numbers of row ${row}.`);
  }
}

/** There is no memory for another number. Nothing was changed, and issued numbers are kept. */
export class AdmissionsFull extends Error {
  override name = 'AdmissionsFull';
}

/** Nothing is known of what was asked. */
export class AdmissionsUnreachable extends Error {
  override name = 'AdmissionsUnreachable';
}
