import type { StoredText } from '../../domain/audit/chain.js';
import type { Position } from './event-store.js';

/** A domain event as stored; byte for byte if the store exposes the bytes. */
export interface StoredEvent extends StoredText {
  /** Recorded time, microseconds since the epoch. */
  readonly recordedAt: number;
}

/** The last domain event of a stream that has grown. */
export interface GrownStream {
  readonly last: StoredText;
  /**
   * SHA-256, base64url, over lines of revision and recorded time (microseconds) of the new events.
   */
  readonly recordedDigest: string;
}

export interface Growth {
  readonly streams: readonly GrownStream[];
  /** Position up to which the log was read. */
  readonly upTo: Position;
  readonly domainEvents: number;
  /** True when the end of the log was reached. */
  readonly caughtUp: boolean;
}

/** The log of all streams for audits: all domain events in their stored form. */
export interface StoredLog {
  /** True when `portions` yields one stream after the other; false when streams are mixed. */
  readonly inStreams: boolean;
  /** Returns the streams that have grown after a position. @throws EventStoreUnavailable */
  growth(after: Position, maxEvents: number): Promise<Growth>;
  /**
   * Yields at least all domain events that existed at the start; those of a stream in their order.
   * @throws EventStoreUnavailable when the log cannot be read to its end
   */
  portions(): AsyncIterable<readonly StoredEvent[]>;
  /** Returns the approximate number of domain events; undefined when unknown. */
  estimate(): Promise<number | undefined>;
}
