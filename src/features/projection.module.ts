import { Module } from '@nestjs/common';
import { DATABASE, POOL } from '../adapters/postgres/tokens.js';
import { AcceptLogHandler } from '../commands/projection/accept-log.js';
import {
  RebuildProjectionHandler,
  SettleParkedEventHandler,
} from '../commands/projection/operate-projection.js';
import type { ProjectionLag } from '../http/health/node-state.js';
import { LOG_STATE, PROJECTION_LAGS } from '../http/platform/tokens.js';
import { alias, provide } from '../ports/shared/provide.js';
import { token } from '../ports/shared/token.js';
import {
  ANY_LOG,
  CLOCK,
  EVENT_STORE,
  LOG,
  LOG_OPERATIONS,
  PROJECTION_OPERATIONS,
} from '../ports/shared/tokens.js';
import {
  openLogAcceptances,
  type LogAcceptances,
} from '../projections/log-guard/log-acceptance.js';
import { projections } from '../projections/projections.js';
import { openProjectionOperations } from '../projections/rebuild/operations.js';
import { runRebuilds, type Rebuilds } from '../projections/rebuild/rebuilds.js';
import { runProjections, type ProjectionRunner } from '../projections/runner/projection-runner.js';
import { LOG_GUARD, PROJECTION_RUNNERS } from '../projections/tokens.js';
import { LogModule } from './log.module.js';

const REBUILDS = token<Rebuilds>('Rebuilds');
const LOG_ACCEPTANCES = token<LogAcceptances>('LogAcceptances');

/** Feeds the read models from the log, and rebuilds them. */
@Module({
  imports: [LogModule],
  providers: [
    provide(PROJECTION_RUNNERS, {
      inject: [DATABASE, EVENT_STORE, ANY_LOG, LOG_GUARD, CLOCK, LOG],
      useFactory: ({ url }, eventStore, anyLog, guard, clock, { log, warn }) =>
        runProjections(projections, {
          connectionString: url,
          eventStore,
          anyLog,
          compareLog: guard.compareWhenAvailable,
          clock,
          log,
          warn,
        }),
      onApplicationShutdown: (runners) => Promise.all(runners.map((runner) => runner.stop())),
    }),
    provide(REBUILDS, {
      inject: [DATABASE, POOL, EVENT_STORE, ANY_LOG, PROJECTION_RUNNERS, CLOCK, LOG],
      useFactory: ({ url }, db, eventStore, anyLog, runners, clock, { log, warn }) =>
        runRebuilds(projections, {
          connectionString: url,
          db,
          eventStore,
          anyLog,
          clock,
          log,
          warn,
          lagMs: () =>
            Math.max(0, ...runners.map((runner) => (runner.status().lagSeconds ?? 0) * 1_000)),
        }),
      onApplicationShutdown: (rebuilds) => rebuilds.stop(),
    }),
    provide(PROJECTION_OPERATIONS, {
      inject: [POOL, EVENT_STORE, PROJECTION_RUNNERS, REBUILDS],
      useFactory: (db, eventStore, runners, rebuilds) =>
        openProjectionOperations({
          projections,
          db,
          eventStore,
          states: () => runners.map((runner) => runner.status()),
          nudge: () => rebuilds.nudge(),
        }),
    }),
    provide(LOG_ACCEPTANCES, {
      inject: [POOL, LOG_GUARD, REBUILDS, CLOCK, LOG],
      useFactory: (db, guard, rebuilds, clock, { log, warn }) =>
        openLogAcceptances({
          db,
          guard,
          readModels: projections.map(({ readModel }) => readModel),
          clock,
          nudge: () => rebuilds.nudge(),
          log,
          warn,
        }),
      onApplicationShutdown: (acceptances) => acceptances.close(),
    }),
    provide(LOG_OPERATIONS, {
      inject: [LOG_ACCEPTANCES],
      useFactory: ({ operations }) => operations,
    }),
    provide(PROJECTION_LAGS, {
      inject: [PROJECTION_RUNNERS],
      useFactory: (runners) => () => runners.map(lagOf),
    }),
    alias(LOG_STATE, LOG_GUARD),
    AcceptLogHandler,
    RebuildProjectionHandler,
    SettleParkedEventHandler,
  ],
  exports: [
    PROJECTION_RUNNERS,
    PROJECTION_OPERATIONS,
    PROJECTION_LAGS,
    LOG_OPERATIONS,
    LOG_STATE,
    LogModule,
  ],
})
export class ProjectionModule {}

function lagOf(runner: ProjectionRunner): ProjectionLag {
  const { name, state, lagSeconds, parked } = runner.status();
  const running = state === 'catching-up' || state === 'live';
  return {
    projection: name,
    running,
    seconds: lagSeconds ?? undefined,
    parked: running ? parked : undefined,
  };
}
