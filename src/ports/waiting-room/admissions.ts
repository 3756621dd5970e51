import type { AdmissionRules, AdmissionView } from '../../domain/waiting-room/admission.js';
import type {
  PassUse,
  TakenNumber,
  Trade,
  PassRequest,
} from '../../domain/waiting-room/numbers.js';

/** A shopper inside who has used the pass. */
export interface Shopper {
  readonly account: string;
  readonly reservationId: string;
}

/** Facts about a queue from the log and from signed tickets, for use after a loss. */
export interface KnownNumbers {
  /** Numbers up to here may have been issued. */
  readonly issued: number;
  readonly nowServing: number;
  /** The highest number known to be issued; undefined if unknown. */
  readonly lastGiven: number | undefined;
  /** New for each setup of the queue: passes of another generation are void. */
  readonly generation: string;
}

/** The result, with the generation of the stored state, for the passes. */
export type WithGeneration<T> = T & { readonly generation: string };

/**
 * Numbers and passes of the queues of all events, shared by all nodes. `domain/waiting-room`
 * defines each call; each is atomic. All methods
 * @throws AdmissionsLost the state of this queue is missing or older than it was: call `restore`,
 * then repeat
 * @throws AdmissionsUnreachable
 * @throws AdmissionsFull
 */
export interface Admissions {
  advance(queue: string, rules: AdmissionRules): Promise<AdmissionView>;
  takeNumber(queue: string, account: string, shown: number | undefined): Promise<TakenNumber>;
  trade(queue: string, rules: AdmissionRules, request: PassRequest): Promise<WithGeneration<Trade>>;
  walkIn(
    queue: string,
    rules: AdmissionRules,
    holder: Pick<PassRequest, 'account' | 'passId'>,
  ): Promise<
    { readonly passId: string; readonly generation: string } | 'ceiling-reached' | undefined
  >;
  /** `outdated`: the pass was given before the state was lost. */
  usePass(
    queue: string,
    rules: AdmissionRules,
    use: { account: string; passId: string; reservationId: string; generation: string },
  ): Promise<PassUse | 'outdated'>;
  /** @param heldUntil milliseconds since the epoch; undefined if nothing is held */
  settleUse(
    queue: string,
    use: { account: string; reservationId: string; heldUntil: number | undefined },
  ): Promise<void>;
  leave(queue: string, accounts: readonly string[]): Promise<void>;
  /** Returns shoppers inside who have used the pass, at most `limit`. */
  shoppers(queue: string, limit: number): Promise<Shopper[]>;
  /** Allows numbers up to `ceiling` to be issued. */
  raiseCeiling(queue: string, ceiling: number): Promise<void>;
  /** Sets up lost state again. Changes nothing if the state is complete. */
  restore(queue: string, known: KnownNumbers): Promise<void>;
  /** Deletes the state of a queue that is over. */
  drop(queue: string): Promise<void>;
  close(): Promise<void>;
}

export class AdmissionsLost extends Error {
  override name = 'AdmissionsLost';
  constructor(readonly queue: string) {
    super(`The state of queue ${queue} is lost.`);
  }
}

/** No memory for another number. Nothing was changed, and issued numbers are kept. */
export class AdmissionsFull extends Error {
  override name = 'AdmissionsFull';
}

/** The store did not answer; the result is unknown. */
export class AdmissionsUnreachable extends Error {
  override name = 'AdmissionsUnreachable';
}
