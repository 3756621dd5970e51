import type { AdmissionRules, AdmissionView } from '../domain/waiting-room/admission.js';
import type { PassUse, TakenNumber, Trade, Turn } from '../domain/waiting-room/numbers.js';

/** Somebody inside who has used the pass. */
export interface Shopper {
  readonly account: string;
  readonly reservationId: string;
}

/** What is known of an event's numbers from elsewhere when nothing is kept. */
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
 * Numbers and passes of every event with a waiting room, shared by all nodes. `domain/waiting-room` says what each call does; each is one
 * step, whoever else is at it. All of them
 * @throws AdmissionsLost nothing is kept of this event (any more), or less than was: `restore`, then ask again
 * @throws AdmissionsUnreachable
 */
export interface Admissions {
  advance(eventId: string, rules: AdmissionRules): Promise<AdmissionView>;
  takeNumber(eventId: string, account: string, shown: number | undefined): Promise<TakenNumber>;
  trade(eventId: string, rules: AdmissionRules, turn: Turn): Promise<WithGeneration<Trade>>;
  walkIn(
    eventId: string,
    rules: AdmissionRules,
    who: Pick<Turn, 'account' | 'passId'>,
  ): Promise<{ readonly passId: string; readonly generation: string } | 'ceiling-reached' | undefined>;
  /** `outdated`: the pass is of a time before what was kept got lost. */
  usePass(
    eventId: string,
    rules: AdmissionRules,
    use: { account: string; passId: string; reservationId: string; generation: string },
  ): Promise<PassUse | 'outdated'>;
  /** @param heldUntil milliseconds since the epoch; undefined when nothing came of it */
  settleUse(
    eventId: string,
    use: { account: string; reservationId: string; heldUntil: number | undefined },
  ): Promise<void>;
  leave(eventId: string, accounts: readonly string[]): Promise<void>;
  /** Who is inside and has used the pass, at most `limit`. */
  shoppers(eventId: string, limit: number): Promise<Shopper[]>;
  /** Numbers up to `ceiling` may be given. */
  raiseCeiling(eventId: string, ceiling: number): Promise<void>;
  /** Sets up anew what is lost; nothing where all of it is there. */
  restore(eventId: string, known: KnownNumbers): Promise<void>;
  close(): Promise<void>;
}

export class AdmissionsLost extends Error {
  override name = 'AdmissionsLost';
  constructor(readonly eventId: string) {
    super(`Nothing is kept of the numbers of event ${eventId}.`);
  }
}

/** Nothing is known of what was asked. */
export class AdmissionsUnreachable extends Error {
  override name = 'AdmissionsUnreachable';
}
