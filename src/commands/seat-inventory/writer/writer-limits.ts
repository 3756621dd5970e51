export interface WriterLimits {
  /** Commands that may wait. Further ones fail with `MailboxFull`. */
  maxMailbox: number;
  /**
   * Commands of one append. At most half of the usual crowd, so that the other half is decided
   * while the append is in flight.
   */
  maxBatch: number;
  /** Bytes of one append, estimated from above. The event store rejects more than 900 KiB. */
  maxBatchBytes: number;
  /**
   * Retries of a batch after conflicts with other nodes, before it fails with `TooManyConflicts`.
   */
  maxConflicts: number;
}

export const DEFAULT_WRITER_LIMITS: WriterLimits = {
  maxMailbox: 10_000,
  maxBatch: 128,
  maxBatchBytes: 800 * 1024,
  maxConflicts: 50,
};
