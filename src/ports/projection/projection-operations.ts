/** How a rebuild stands. `loading` … `following`: under way; `differs`: it waits for an operator; the last two: over. */
export type RebuildPhase =
  'loading' | 'indexing' | 'following' | 'differs' | 'cancelling' | 'switched' | 'cancelled';

/** One key of a table under which old and new are not the same. */
export interface DifferingKey {
  readonly key: readonly { readonly column: string; readonly value: string }[];
  /** Where there is a row. */
  readonly in: 'old' | 'new' | 'both';
}

/** Old and new tables, at the same position of the log. */
export interface TableComparison {
  readonly table: string;
  readonly oldRows: number;
  readonly newRows: number;
  /** Over all rows, whatever their order. */
  readonly oldHash: string;
  readonly newHash: string;
  /** The first of those that differ, by key. */
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
  /** That is to serve. */
  readonly generation: number;
  /** `accept-log`: a rebuild from a different log than the one of the live tables. */
  readonly kind: 'rebuild' | 'switch-back' | 'accept-log';
  readonly phase: RebuildPhase;
  readonly acceptDifference: boolean;
  readonly startedBy: string;
  readonly startedAt: string;
  /** Who cancelled it, or accepted its difference. */
  readonly decidedBy: string | null;
  readonly endedAt: string | null;
  /** Domain events taken in. */
  readonly done: number;
  /** All that there are, by the share of the log that is read; null before anything is known. */
  readonly total: number | null;
  readonly perSecond: number;
  readonly etaSeconds: number | null;
  readonly comparison: Comparison | null;
  /** Why it was last interrupted; it is tried again. */
  readonly error: string | null;
}

export interface ProjectionView {
  readonly name: string;
  /** Of this code. */
  readonly version: number;
  /** The tables that queries see. */
  readonly serving: { readonly version: number; readonly generation: number };
  /** Of this node's runner; `waiting` where another node runs it. */
  readonly state: 'waiting' | 'catching-up' | 'live' | 'stopped';
  /** Age of the oldest domain event that waits; what was last stored where another node runs it. */
  readonly lagSeconds: number;
  /** When the last domain event that it shows was recorded, ISO 8601; null before the first. */
  readonly lastEventAt: string | null;
  /** Domain events that failed, and those of their streams that wait behind them. */
  readonly parked: { readonly failed: number; readonly waiting: number };
  /** Tables that served before, and that queries can be given back. */
  readonly previous: { readonly version: number; readonly generation: number } | null;
  /** The last one asked for, under way or over. */
  readonly rebuild: RebuildView | null;
}

/** A domain event that could not be applied. */
export interface ParkedView {
  /** Of the domain event. */
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  readonly error: string;
  readonly attempts: number;
  /** ISO 8601. */
  readonly parkedAt: string;
  /** Domain events of its stream that wait behind it. */
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
  /** The last one asked for; undefined for an unknown projection, null before the first. */
  rebuildOf(name: string): Promise<RebuildView | null | undefined>;
  startRebuild(
    name: string,
    by: string,
    acceptDifference: boolean,
  ): Promise<Outcome<{ rebuild: RebuildView }>>;
  cancelRebuild(name: string, by: string): Promise<Outcome<{ rebuild: RebuildView }>>;
  /** Lets one that waits with `differs` go on and switch. */
  acceptDifference(name: string, by: string): Promise<Outcome<{ rebuild: RebuildView }>>;
  switchBack(name: string, by: string): Promise<Outcome<{ rebuild: RebuildView }>>;
  /** Those that failed, the longest parked first, MAX_PARKED_LISTED at most; undefined for an unknown projection. */
  parked(name: string): Promise<ParkedView[] | undefined>;
  /** One that failed, by the id of its domain event. */
  parkedEvent(name: string, id: string): Promise<Outcome<{ parked: ParkedView }>>;
  /** Applies it and what waits behind it, in order. */
  retryParked(name: string, id: string): Promise<Outcome<{ applied: number }>>;
  /** Leaves it out, now and in every rebuild, and applies what waits behind it, in order. */
  skipParked(
    name: string,
    id: string,
    by: string,
    reason: string,
  ): Promise<Outcome<{ applied: number }>>;
}
