/** A cached state of a folded stream. It may be deleted at any time. */
export interface Snapshot {
  stream: string;
  /** Revision of the last folded domain event. */
  revision: bigint;
  /** Version of the fold. Snapshots of other versions are ignored. */
  foldVersion: number;
  /** The serialized state. */
  body: Uint8Array;
}

export interface Snapshots {
  /** Returns the newest snapshot of this fold version, if any. */
  load(stream: string, foldVersion: number): Promise<Snapshot | undefined>;
  /** Replaces the snapshot of the stream, unless the stored one is newer. */
  save(snapshot: Snapshot): Promise<void>;
  /**
   * Deletes the snapshot at this revision, because it is invalid and would prevent valid older
   * ones.
   */
  discard(stream: string, revision: bigint): Promise<void>;
}

/** Snapshots of past states of each stream, for audits. A cache too. */
export interface HistorySnapshots {
  /** Returns the newest snapshot at or before `atMost`, if any. */
  nearest(stream: string, foldVersion: number, atMost: bigint): Promise<Snapshot | undefined>;
  /** Stores a snapshot. Storing the same one again changes nothing. */
  save(snapshot: Snapshot): Promise<void>;
  /**
   * Deletes snapshots from this revision on, because the log is not the one they were made from.
   */
  discard(stream: string, from: bigint): Promise<void>;
  /** Deletes snapshots except those at multiples of `spacing` and the newest one. */
  thin(stream: string, foldVersion: number, spacing: bigint): Promise<void>;
  /** Deletes the snapshots of older fold versions. */
  discardOlder(foldVersion: number): Promise<void>;
  /** Returns the size of all stored snapshots. */
  bytes(): Promise<number>;
  /**
   * Returns sales with more than `spacing` domain events after their newest snapshot, longest
   * first.
   */
  lagging(foldVersion: number, spacing: bigint, limit: number): Promise<string[]>;
}
