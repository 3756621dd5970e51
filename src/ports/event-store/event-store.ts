import type { DomainEventMetadata } from '../../domain/shared/domain-event.js';

/** Most bytes of a domain event, data and metadata. EventStoreDB rejects appends over 1 MiB. */
export const MAX_EVENT_BYTES = 256 * 1024;
/** Most bytes of an append, data and metadata of all domain events. */
export const MAX_APPEND_BYTES = 900 * 1024;

/**
 * Position of a domain event in the log of all streams. Ordered by `commit`, then `prepare`
 * (EventStoreDB: its log positions; Postgres: transaction id plus a base, and sequence number).
 */
export interface Position {
  readonly commit: bigint;
  readonly prepare: bigint;
}

export const START: Position = { commit: -1n, prepare: -1n };

export function comparePositions(a: Position, b: Position): number {
  if (a.commit !== b.commit) return a.commit < b.commit ? -1 : 1;
  if (a.prepare !== b.prepare) return a.prepare < b.prepare ? -1 : 1;
  return 0;
}

/** A domain event to be appended. */
export interface NewEvent {
  /** UUID; the same id at the same expected revision is appended once. */
  id: string;
  type: string;
  data: unknown;
  metadata: DomainEventMetadata;
  /** Data and metadata as JSON, if already serialized: the hashed bytes are the written ones. */
  text?: { readonly data: string; readonly metadata?: string };
}

/** A domain event as read from the log. */
export interface RecordedEvent {
  id: string;
  stream: string;
  /** 0 for the first domain event of its stream. */
  revision: bigint;
  type: string;
  data: unknown;
  metadata: DomainEventMetadata;
  /** Recorded time, milliseconds since the epoch. */
  recordedAt: number;
  position: Position;
}

/**
 * Revision of the last domain event known to the writer, or `no-stream` when there must be none.
 */
export type ExpectedRevision = bigint | 'no-stream';

export interface AppendResult {
  /** Revision of the last domain event appended. */
  revision: bigint;
}

export interface ReadStreamOptions {
  /** First revision to read. Default: 0; backwards: the last revision. */
  from?: bigint;
  direction?: 'forwards' | 'backwards';
  maxCount?: number;
}

export interface SubscribeOptions {
  /** Only streams whose name begins with one of these. */
  prefixes: readonly string[];
  /** Resume strictly after this position. */
  after: Position;
  /** Upper bound of one batch, in domain events. */
  maxBatch?: number;
  signal: AbortSignal;
}

/** Domain events in log order, and the position up to which the log was read. */
export interface SubscriptionBatch {
  events: RecordedEvent[];
  /** At or after the last event: everything up to here has been seen, filtered streams included. */
  checkpoint: Position;
  /** True when nothing more was waiting at the time of this batch. */
  caughtUp: boolean;
}

/**
 * State of the log as a node sees it, apart from the store answering at all.
 * - `ok`: everything stored can be read in order.
 * - `withheld`: some stored domain events may not be delivered yet. A warning: sales continue, read
 *   models wait.
 * - `forbidden`: the account of this node may not read the log. Not ready.
 * - `replaced`: not the log that the read models were built from, or shorter than before. Not
 *   ready.
 */
export type LogCondition =
  | { readonly state: 'ok' }
  | {
      readonly state: 'withheld';
      readonly cause: string;
      /** When the oldest withheld domain event was recorded. Milliseconds since the epoch. */
      readonly since: number;
    }
  | { readonly state: 'forbidden' | 'replaced'; readonly cause: string };

/** Counters of one event store since it was opened. */
export interface SubscriptionStats {
  /**
   * Subscriptions that the server ended because too many live domain events waited. They were
   * opened again at once.
   */
  consumerTooSlow: number;
}

export interface EventStore {
  /**
   * Appends all `events` or none. Idempotent for the same ids at the same `expected` revision.
   * @throws WrongExpectedRevision another writer was first; nothing was appended
   * @throws AppendTooLarge over MAX_EVENT_BYTES or MAX_APPEND_BYTES; nothing was appended
   * @throws StreamDeleted the stream was deleted permanently
   * @throws AmbiguousAppend unknown outcome: it may have been committed (timeout, lost connection)
   * @throws EventStoreUnavailable nothing was appended
   */
  append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<AppendResult>;

  /**
   * Yields nothing for a stream that does not exist.
   * @throws StreamDeleted, EventStoreUnavailable
   */
  readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<RecordedEvent>;

  /**
   * Catch-up subscription: yields every domain event of the matching streams after a position, in
   * order, without end. Ends when `signal` aborts; a connection that drops is reopened after the
   * last batch that the consumer has asked past, so nothing is lost or doubled.
   * @throws LogWentBack the log no longer fits the position that it was read up to
   */
  subscribe(options: SubscribeOptions): AsyncIterable<SubscriptionBatch>;

  /**
   * Returns the position of the last domain event that a subscription to all streams currently
   * yields; START for an empty log.
   * @throws EventStoreUnavailable
   */
  end(): Promise<Position>;

  /** State of the log, with its cause described for an operator. @throws EventStoreUnavailable */
  condition(): Promise<LogCondition>;

  /** Resolves when the store answers. @throws EventStoreUnavailable */
  ping(): Promise<void>;

  close(): Promise<void>;
}

export class WrongExpectedRevision extends Error {
  override name = 'WrongExpectedRevision';
  constructor(
    readonly stream: string,
    readonly expected: ExpectedRevision,
  ) {
    super(`Stream ${stream} is not at revision ${expected}.`);
  }
}

export class AppendTooLarge extends Error {
  override name = 'AppendTooLarge';
  constructor(
    readonly bytes: number,
    readonly limit: number,
  ) {
    super(`An append of ${bytes} bytes is over the limit of ${limit} bytes.`);
  }
}

export class StreamDeleted extends Error {
  override name = 'StreamDeleted';
  constructor(readonly stream: string) {
    super(`Stream ${stream} has been deleted.`);
  }
}

export class AmbiguousAppend extends Error {
  override name = 'AmbiguousAppend';
  constructor(
    readonly stream: string,
    options?: { cause?: unknown },
  ) {
    super(`It is not known whether the append to ${stream} has landed.`, options);
  }
}

export class EventStoreUnavailable extends Error {
  override name = 'EventStoreUnavailable';
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
  }
}

/** The event store answers, but refuses the account of this node. Nothing was read or written. */
export class EventStoreForbidden extends EventStoreUnavailable {
  override name = 'EventStoreForbidden';
}

/** The event store answers, but lacks a required feature, for example because it is too old. */
export class EventStoreUnsupported extends EventStoreUnavailable {
  override name = 'EventStoreUnsupported';
}

/**
 * The log does not fit the position up to which it was read before. It ends earlier, has no record
 * at that position, or has written a domain event before it since. Causes: an older backup, a
 * failover that lost the tail, or another log. Opening the subscription again at the same position
 * does not help.
 */
export class LogWentBack extends Error {
  override name = 'LogWentBack';
  constructor(
    /** Position up to which the log was read before. */
    readonly after: Position,
    evidence: string,
  ) {
    super(`The log was read up to ${after.commit}/${after.prepare} before, but ${evidence}.`);
  }
}
