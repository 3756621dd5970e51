import type { ProblemCode } from '../problems/table/problem-table.js';
import type { CardPayment } from './card-testing.js';

/** A rejected request: the problem to answer, and its further members. */
export interface Rejected {
  readonly problem: ProblemCode;
  readonly members?: Readonly<Record<string, unknown>>;
}

/**
 * An admitted request for a hold. The caller reports its outcome by calling one of the two, once.
 */
export interface AdmittedHold {
  readonly problem?: undefined;
  /** @param until milliseconds since the epoch */
  held(until: number): void;
  /** The request got no hold. */
  notHeld(): void;
}

/** An admitted payment. The caller calls `end` once the request is over. */
export interface AdmittedPayment {
  readonly problem?: undefined;
  end(): void;
  /**
   * Set for a request that may only ask for the state of its payment: if the payment is not in
   * progress after all, this gives the rejection. When missing, the request may start a payment.
   */
  readonly ifNotInProgress?: () => Promise<Rejected>;
}

/** A request header as Node gives it. */
export type HeaderValue = string | readonly string[] | undefined;

export interface HoldAttempt {
  readonly eventId: string;
  readonly account: string;
  readonly reservationId: string;
  /** Differs between selections. */
  readonly requestDigest: string;
  /** Number of requested seats. */
  readonly seats: number;
  /** Address of the client. */
  readonly address: string;
  /** Value of `PROOF_HEADER`. */
  readonly proof: HeaderValue;
}

export interface PaymentAttempt extends CardPayment {
  /** Value of `PROOF_HEADER`. */
  readonly proof: HeaderValue;
}
