import type pg from 'pg';
import { systemClock } from '../adapters/system/clock.js';
import * as commandTokens from '../commands/shared/tokens.js';
import type { EventStore } from '../ports/event-store/event-store.js';
import type { ProjectionOperations } from '../ports/projection/projection-operations.js';
import { openLogAcceptances } from '../projections/log-guard/log-acceptance.js';
import type { LogGuard } from '../projections/log-guard/log-guard.js';
import { openProjectionOperations } from '../projections/rebuild/operations.js';
import type { ProjectionRunner } from '../projections/runner/projection-runner.js';
import { projections } from '../projections/projections.js';
import { runRebuilds } from '../projections/rebuild/rebuilds.js';

/** What builds projections again, and tells how they stand. */
export interface Rebuilding {
  readonly operations: ProjectionOperations;
  /** What handlers and routes ask for, by injection token. */
  readonly bindings: readonly (readonly [symbol, unknown])[];
  close(): Promise<void>;
}

export interface RebuildingParts {
  readonly databaseUrl: string;
  readonly pool: pg.Pool;
  readonly eventStore: EventStore;
  /** The same, even while it is not the log that the read models were built from. */
  readonly anyLog: EventStore;
  readonly guard: LogGuard;
  readonly runners: readonly ProjectionRunner[];
  /** Of what goes wrong. */
  readonly warn: (message: string) => void;
  /** Of what goes as it should. */
  readonly log: (message: string) => void;
}

export function openRebuilding(parts: RebuildingParts): Rebuilding {
  const { databaseUrl, pool, eventStore, anyLog, guard, runners, log, warn } = parts;
  const states = () => runners.map((runner) => runner.status());
  const rebuilds = runRebuilds(projections, {
    ...{
      connectionString: databaseUrl,
      db: pool,
      eventStore,
      anyLog,
      clock: systemClock,
      warn,
      log,
    },
    lagMs: () => Math.max(0, ...states().map(({ lagSeconds }) => (lagSeconds ?? 0) * 1_000)),
  });
  const operations = openProjectionOperations({
    ...{ projections, db: pool, states, eventStore },
    nudge: () => rebuilds.nudge(),
  });
  const acceptances = openLogAcceptances({
    ...{
      db: pool,
      guard,
      readModels: projections.map(({ readModel }) => readModel),
      clock: systemClock,
    },
    ...{ nudge: () => rebuilds.nudge(), log, warn },
  });
  return {
    operations,
    bindings: [
      [commandTokens.PROJECTION_OPERATIONS, operations],
      [commandTokens.LOG_OPERATIONS, acceptances.operations],
    ],
    close: async () => void (await Promise.all([rebuilds.stop(), acceptances.close()])),
  };
}
