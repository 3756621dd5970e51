import { join } from 'node:path';
import { Global, Module } from '@nestjs/common';
import { CONFIG } from '../../config/token.js';
import { provide } from '../../ports/shared/provide.js';
import { token } from '../../ports/shared/token.js';
import { LOG } from '../../ports/shared/tokens.js';
import type { Log } from '../../ports/system/log.js';
import { ADVISORY_LOCKS } from '../../read-models/shared/tokens.js';
import { openAdvisoryLocks } from '../../read-models/tables/advisory-lock.js';
import { migrate } from '../../read-models/tables/migrate.js';
import { openQueryPool } from '../../read-models/tables/query-pool.js';
import { startEmbeddedPostgres } from './embedded-postgres.js';
import { DATABASE, POOL, SQL } from './tokens.js';

interface Server {
  readonly url: string;
  stop(): Promise<unknown>;
}

const SERVER = token<Server>('PostgresServer');

/**
 * The Postgres that `DATABASE_URL` names, or one of this process in the data directory. Global, so
 * that Nest closes it after every module that uses it.
 */
@Global()
@Module({
  providers: [
    provide(SERVER, {
      inject: [CONFIG, LOG],
      useFactory: ({ databaseUrl, dataDir }, log) =>
        databaseUrl === undefined
          ? startEmbedded(dataDir, log)
          : { url: databaseUrl, stop: () => Promise.resolve() },
      onApplicationShutdown: (server) => server.stop(),
    }),
    provide(DATABASE, {
      inject: [SERVER, CONFIG, LOG],
      useFactory: async ({ url }, { databaseUrl }, { log }) => {
        await migrate(url, log).catch((error: Error) => {
          if (databaseUrl === undefined) throw error;
          const message = `the database that DATABASE_URL names: ${error.message}`;
          throw new Error(message, { cause: error });
        });
        return { url };
      },
    }),
    provide(POOL, {
      inject: [DATABASE, CONFIG, LOG],
      useFactory: ({ url }, { databasePoolSize }, { warn }) =>
        openQueryPool({ connectionString: url, max: databasePoolSize, warn }),
      onApplicationShutdown: (pool) => pool.end(),
    }),
    provide(SQL, {
      inject: [POOL],
      useFactory: (pool) => ({ query: pool.query.bind(pool) }),
    }),
    provide(ADVISORY_LOCKS, {
      inject: [DATABASE, LOG],
      useFactory: ({ url }, { warn }) => openAdvisoryLocks({ connectionString: url, warn }),
      onApplicationShutdown: (locks) => locks.close(),
    }),
  ],
  exports: [DATABASE, POOL, SQL, ADVISORY_LOCKS],
})
export class PostgresModule {}

const startEmbedded = (dataDir: string, { log, error }: Log): Promise<Server> =>
  startEmbeddedPostgres({
    dataDirectory: join(dataDir, 'postgres'),
    log,
    onLost: (reason) => {
      // This process cannot work without its database: it exits, so that its supervisor starts
      // another.
      error(`ending: ${reason}`);
      process.exit(1);
    },
  });
