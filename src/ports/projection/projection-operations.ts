/**
 * Phase of a rebuild. `differs`: it waits for an operator; `switched` and `cancelled`: it has
 * ended.
 */
export type RebuildPhase =
  'loading' | 'indexing' | 'following' | 'differs' | 'cancelling' | 'switched' | 'cancelled';

/** A primary key whose rows differ between the old and the new table. */
export interface DifferingKey {
  readonly key: readonly { readonly column: string; readonly value: string }[];
  /** The tables that have a row with this key. */
  readonly in: 'old' | 'new' | 'both';
}

/** Comparison of the old and the new table at the same position of the log. */
export interface TableComparison {
  readonly table: string;
  readonly oldRows: number;
  readonly newRows: number;
  /** Hash of all rows, independent of their order. */
  readonly oldHash: string;
  readonly newHash: string;
  /** First differing keys, in order. */
  readonly differing: readonly DifferingKey[];
}

export interface Comparison {
  readonly equal: boolean;
  readonly tables: readonly TableComparison[];
}

/** Times are ISO 8601. */
export interface RebuildView {
  readonly projection: string;
  readonly version: number;
  /** Generation that is to serve. */
  readonly generation: number;
  /** `accept-log`: a rebuild from a different log than the one of the live tables. */
  readonly kind: 'rebuild' | 'switch-back' | 'accept-log';
  readonly phase: RebuildPhase;
  readonly acceptDifference: boolean;
  readonly startedBy: string;
  readonly startedAt: string;
  /** Account that canceled it, or accepted its difference. */
  readonly decidedBy: string | null;
  readonly endedAt: string | null;
  /** Applied domain events. */
  readonly done: number;
  /** All domain events, estimated from the share of the log that was read; null while unknown. */
  readonly total: number | null;
  readonly perSecond: number;
  readonly etaSeconds: number | null;
  readonly comparison: Comparison | null;
  /** Error of the last interruption, after which the rebuild is tried again. */
  readonly error: string | null;
}

export interface ProjectionView {
  readonly name: string;
  /** Version of this code. */
  readonly version: number;
  /** The tables that queries see. */
  readonly serving: { readonly version: number; readonly generation: number };
  /** State of this node's runner; `waiting`: another node runs the projection. */
  readonly state: 'waiting' | 'catching-up' | 'live' | 'stopped';
  /**
   * Age of the oldest domain event that is not applied; the last stored value if another node runs
   * the projection.
   */
  readonly lagSeconds: number;
  /** Time of the last applied domain event, ISO 8601; null before the first. */
  readonly lastEventAt: string | null;
  /** Failed domain events, and later ones of their streams, which wait for them. */
  readonly parked: { readonly failed: number; readonly waiting: number };
  /** Tables that served before. An operator can switch back to them. */
  readonly previous: { readonly version: number; readonly generation: number } | null;
  /** The last rebuild, running or ended. */
  readonly rebuild: RebuildView | null;
}

/** A domain event that could not be applied. */
export interface ParkedView {
  /** Id of the domain event. */
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  readonly error: string;
  readonly attempts: number;
  /** ISO 8601. */
  readonly parkedAt: string;
  /** Later domain events of its stream that wait for it. */
  readonly waiting: number;
  /** As recorded. */
  readonly event: unknown;
}

export type ProjectionRejection =
  | { readonly code: 'projection-unknown' }
  | { readonly code: 'rebuild-under-way' }
  | { readonly code: 'rebuild-not-under-way' }
  | { readonly code: 'rebuild-no-difference' }
  | { readonly code: 'nothing-to-switch-back-to' }
  | { readonly code: 'parked-event-not-found' }
  | { readonly code: 'parked-event-still-fails'; readonly error: string };

export type Outcome<T> =
  | ({ readonly accepted: true } & T)
  | { readonly accepted: false; readonly rejection: ProjectionRejection };

/** Returns the outcome of a rejected operation. */
export const reject = <T>(
  code: Exclude<ProjectionRejection, { error: string }>['code'],
): Outcome<T> => ({ accepted: false, rejection: { code } });

/** Operations on projections. `by` is the account id of the operator. */
export interface ProjectionOperations {
  list(): Promise<ProjectionView[]>;
  /**
   * Returns the last rebuild; undefined for an unknown projection, null before the first rebuild.
   */
  rebuildOf(name: string): Promise<RebuildView | null | undefined>;
  startRebuild(
    name: string,
    by: string,
    acceptDifference: boolean,
  ): Promise<Outcome<{ rebuild: RebuildView }>>;
  cancelRebuild(name: string, by: string): Promise<Outcome<{ rebuild: RebuildView }>>;
  /** Lets a rebuild in the phase `differs` switch. */
  acceptDifference(name: string, by: string): Promise<Outcome<{ rebuild: RebuildView }>>;
  switchBack(name: string, by: string): Promise<Outcome<{ rebuild: RebuildView }>>;
  /**
   * Returns failed domain events, longest parked first, at most MAX_PARKED_LISTED; undefined for an
   * unknown projection.
   */
  parked(name: string): Promise<ParkedView[] | undefined>;
  /** Returns a failed domain event by its id. */
  parkedEvent(name: string, id: string): Promise<Outcome<{ parked: ParkedView }>>;
  /** Applies a failed domain event and those that wait for it, in order. */
  retryParked(name: string, id: string): Promise<Outcome<{ applied: number }>>;
  /**
   * Skips a failed domain event, now and in every rebuild, and applies those that wait for it, in
   * order.
   */
  skipParked(
    name: string,
    id: string,
    by: string,
    reason: string,
  ): Promise<Outcome<{ applied: number }>>;
}
