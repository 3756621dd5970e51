import type pg from 'pg';
import type { ProjectionOperations } from '../../ports/projection/projection-operations.js';
import {
  listProjections,
  type ProjectionState,
} from '../../read-models/projection/projection-views.js';
import type { Projection } from '../projection.js';
import { parkedOperations } from '../runner/parked-operations.js';
import type { Log } from '../runner/shared-log.js';
import { rebuildOperations } from './rebuild-operations.js';

export interface OperationsOptions {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly projections: readonly Projection<any>[];
  readonly db: pg.Pool;
  /** Returns the states of this node's runners. */
  readonly states: () => readonly ProjectionState[];
  readonly eventStore: Pick<Log, 'condition'>;
  /** Called when there is work for `Rebuilds`. */
  readonly nudge: () => void;
}

export function openProjectionOperations(options: OperationsOptions): ProjectionOperations {
  const { projections, db, states, eventStore } = options;
  const find = (name: string) => projections.find(({ readModel }) => readModel.name === name);
  return {
    list: async () => {
      const condition = await eventStore.condition().catch(() => undefined);
      const withheldMs = condition?.state === 'withheld' ? Date.now() - condition.since : 0;
      const readModels = projections.map(({ readModel }) => readModel);
      return listProjections(db, readModels, states(), withheldMs);
    },
    ...rebuildOperations(db, find, options.nudge),
    ...parkedOperations(db, find),
  };
}
