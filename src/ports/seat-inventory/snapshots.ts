/** A snapshot is a cache of a folded stream: it may be thrown away at any time and nothing is lost. */
export interface Snapshot {
  stream: string;
  /** Revision of the last domain event folded in. */
  revision: bigint;
  /** Version of the fold that made it; another version's snapshot is ignored. */
  foldVersion: number;
  /** The serialized state. */
  body: Uint8Array;
}

export interface Snapshots {
  /** The newest snapshot of `stream` made by `foldVersion`, if any. */
  load(stream: string, foldVersion: number): Promise<Snapshot | undefined>;
  /** Keeps the newest snapshot per stream; an older one than what is stored is ignored. */
  save(snapshot: Snapshot): Promise<void>;
  /** Throws away what is stored of `stream` at this revision: it is of no use, and stands in the way of older ones that are. */
  discard(stream: string, revision: bigint): Promise<void>;
}

/** A ladder of snapshots of each stream, for whoever looks into its past. A cache as well. */
export interface HistorySnapshots {
  /** The newest snapshot at or before `atMost`, if any. */
  nearest(stream: string, foldVersion: number, atMost: bigint): Promise<Snapshot | undefined>;
  /** Taking the same one again changes nothing. */
  save(snapshot: Snapshot): Promise<void>;
  /** Throws away what is stored of `stream` from this revision on: the log is not what it was made from. */
  discard(stream: string, from: bigint): Promise<void>;
  /** Keeps of `stream` what stands at a multiple of `spacing`, and its newest. */
  thin(stream: string, foldVersion: number, spacing: bigint): Promise<void>;
  /** Throws away everything that older folds have made. */
  discardOlder(foldVersion: number): Promise<void>;
  /** Of all that is stored. */
  bytes(): Promise<number>;
  /** Sales with more than `spacing` domain events behind their newest snapshot, the furthest first. */
  lagging(foldVersion: number, spacing: bigint, limit: number): Promise<string[]>;
}
