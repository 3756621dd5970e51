import { systemClock } from '../../src/adapters/system/clock.js';
import type {
  ProjectionOperations,
  RebuildPhase,
  RebuildView,
} from '../../src/ports/projection/projection-operations.js';
import { openProjectionOperations } from '../../src/projections/rebuild/operations.js';
import type { Projection } from '../../src/projections/projection.js';
import { runRebuilds, type Rebuilds } from '../../src/projections/rebuild/rebuilds.js';
import type { Log } from '../../src/projections/runner/shared-log.js';
import { until, type ReadSide } from './read-side.js';

/** One node that works on rebuilds, and an operator who asks for them. */
export interface RebuildSide {
  readonly operations: ProjectionOperations;
  readonly rebuilds: Rebuilds;
  readonly messages: string[];
  rebuildOf(name: string): Promise<RebuildView>;
  /** Waits until the last rebuild of it is in one of these phases. */
  reached(name: string, ...phases: RebuildPhase[]): Promise<RebuildView>;
}

// The change types of several projections differ.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type AnyProjection = Projection<any>;

export function openRebuildSide(
  side: ReadSide,
  projections: readonly AnyProjection[],
  eventStore: Log = side.eventStore,
): RebuildSide {
  const messages: string[] = [];
  const rebuilds = runRebuilds(projections, {
    connectionString: side.url,
    db: side.pool,
    eventStore,
    anyLog: side.eventStore,
    clock: systemClock,
    warn: (message) => void messages.push(message),
  });
  const operations = openProjectionOperations({
    projections,
    db: side.pool,
    states: () => side.runners.map((runner) => runner.status()),
    eventStore,
    nudge: () => rebuilds.nudge(),
  });
  const rebuildOf = async (name: string) => (await operations.rebuildOf(name))!;
  return {
    operations,
    rebuilds,
    messages,
    rebuildOf,
    reached: async (name, ...phases) => {
      let last: RebuildView | undefined;
      const there = async () => {
        last = await rebuildOf(name);
        return phases.includes(last.phase);
      };
      await until(there, 30_000, () => ({ last, messages }));
      return last!;
    },
  };
}
