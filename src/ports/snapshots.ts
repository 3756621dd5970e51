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
