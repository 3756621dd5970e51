import type { LogCondition } from '../event-store/event-store.js';

/**
 * An operator's acceptance of another log in place of the one that the read models were built from.
 */
export interface LogAcceptance {
  readonly number: number;
  readonly acceptedBy: string;
  /** ISO 8601. */
  readonly acceptedAt: string;
  /** Null until all read models are built from it. */
  readonly finishedAt: string | null;
  /** The missing domain events, and what was found instead. */
  readonly cause: string;
}

/** State of a reservation or a payment in a read model. The fields depend on the kind. */
export type LossState = Readonly<Record<string, unknown>>;

/**
 * A reservation or payment that the accepted log does not have, or has in a different state than
 * shown before.
 */
export interface LogLoss {
  /** Position in the list, from 1. */
  readonly number: number;
  readonly acceptance: number;
  readonly kind: 'reservation' | 'payment';
  readonly eventId: string;
  readonly reservationId: string;
  readonly customerId: string;
  readonly before: LossState;
  /** Null when the accepted log does not have it. */
  readonly after: LossState | null;
}

export interface LogStatus {
  readonly condition: LogCondition;
  /** The last acceptance; null when no log was ever accepted. */
  readonly acceptance: LogAcceptance | null;
  /** Losses of that acceptance so far. */
  readonly losses: { readonly reservations: number; readonly payments: number };
}

/**
 * - `started`: a new acceptance.
 * - `under-way`: an acceptance has been started before and goes on.
 * - `not-replaced`: the log is the one of the read models.
 */
export type AcceptResult = 'started' | 'under-way' | 'not-replaced';

/** Operations for a log that differs from the one that the read models were built from. */
export interface LogOperations {
  /** @throws EventStoreUnavailable */
  status(): Promise<LogStatus>;
  /** Starts to build every read model from the current log. @throws EventStoreUnavailable */
  accept(by: string): Promise<AcceptResult>;
  /** Returns losses after a number, in order, at most `LOSSES_PAGE`. */
  losses(after: number): Promise<readonly LogLoss[]>;
}
