import type { Position } from '../../ports/event-store/event-store.js';
import type { Generation } from '../../read-models/tables/read-model.js';
import type { Progress } from './apply-batch.js';

export interface ProjectionStatus {
  readonly name: string;
  readonly version: number;
  /** Generation of the tables that this node writes; undefined before it is known. */
  readonly generation: number | undefined;
  /** `waiting`: another node runs the projection, or the database is unavailable. */
  readonly state: 'waiting' | 'catching-up' | 'live' | 'stopped';
  /** Checkpoint of this node's runner; outdated while another node runs the projection. */
  readonly checkpoint: Position;
  /**
   * Age of the oldest domain event that is not applied yet, or time since the last contact with the
   * log; null while this node does not run the projection.
   */
  readonly lagSeconds: number | null;
  /** Domain events applied or parked by this node since it got the lock. */
  readonly applied: number;
  readonly parked: number;
  /** The last interruption. */
  readonly lastError: { readonly message: string; readonly at: string } | null;
}

export interface RunnerState {
  tables: Generation | undefined;
  state: ProjectionStatus['state'];
  progress: Progress;
  /** Time at which the oldest known domain event that is not yet applied was recorded. */
  oldestPendingAt: number | undefined;
  /** Time at which the log last yielded a batch, or confirmed its end. */
  lastContactAt: number;
  lastError: ProjectionStatus['lastError'];
}
