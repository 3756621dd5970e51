import type pg from 'pg';
import type { EventStore, LogCondition } from '../../ports/event-store/event-store.js';
import type { Clock } from '../../ports/system/clock.js';
import type { Projection } from '../projection.js';

/**
 * Compares the log with the last domain events that the read models received. A log that does not
 * have them is another log, or an older copy: nothing is appended to it and no projection applies
 * it until an operator decides.
 */
export interface LogGuard {
  /** The event store for commands and projections. `append` and `subscribe` throw `LogReplaced`. */
  readonly eventStore: EventStore;
  isReplaced(): boolean;
  /** Calls back when another log was accepted: cached revisions of the old log are invalid. */
  onAccepted(listener: () => void): void;
  /** Compares now. @throws EventStoreUnavailable, and database errors */
  check(): Promise<LogCondition>;
  /** Compares as soon as the event store answers. @throws LogReplaced, and database errors */
  compareWhenAvailable(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export interface LogGuardParts {
  readonly eventStore: EventStore;
  readonly db: pg.Pool;
  // The change types of the projections differ.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly projections: readonly Projection<any>[];
  readonly clock: Clock;
  readonly error: (message: string) => void;
  readonly warn: (message: string) => void;
  readonly log: (message: string) => void;
}
