import type { StoredText } from '../../domain/audit/chain.js';
import type { Position } from './event-store.js';

/** A domain event as it is stored, to the byte where the store shows its bytes. */
export interface StoredEvent extends StoredText {
  /** When the store took it, microseconds since the epoch. */
  readonly recordedAt: number;
}

/** The end of a stream that has grown. */
export interface GrownStream {
  readonly last: StoredText;
  /** When the store took each of what it has grown by: SHA-256, base64url, of lines of revision and microseconds. */
  readonly recordedDigest: string;
}

export interface Growth {
  readonly streams: readonly GrownStream[];
  /** How far the log was looked through. */
  readonly upTo: Position;
  readonly domainEvents: number;
  /** Nothing more was waiting. */
  readonly caughtUp: boolean;
}

/** The log of all streams for whoever checks it: everything in it, in no shape but the one it is stored in. */
export interface StoredLog {
  /** Whether `portions` gives one stream after the other, or all of them mixed. */
  readonly inStreams: boolean;
  /** What has grown after a position, within about so many domain events. @throws EventStoreUnavailable */
  growth(after: Position, maxEvents: number): Promise<Growth>;
  /** All that was there at the first of them, or more; the domain events of one stream in their order. @throws EventStoreUnavailable when it cannot be read to the end */
  portions(): AsyncIterable<readonly StoredEvent[]>;
  /** Domain events, for whoever shows progress: not exactly. Undefined when nobody knows. */
  estimate(): Promise<number | undefined>;
}
