import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Global, Module, type DynamicModule } from '@nestjs/common';
import pg from 'pg';
import { CONFIG } from '../../config/token.js';
import { provide } from '../../ports/shared/provide.js';
import { token } from '../../ports/shared/token.js';
import { LOG } from '../../ports/shared/tokens.js';
import { IDLE_IN_TRANSACTION_MS } from '../../ports/system/idle-limit.js';
import { startEmbeddedPostgres } from './embedded-postgres.js';
import { findRunningPostgres } from './running.js';
import { DATABASE, DATABASE_CLIENT, SQL } from './tokens.js';

/** For the database to answer. Milliseconds. */
const CONNECTION_MS = 10_000;

interface Server {
  readonly url: string;
  stop(): Promise<unknown>;
}

const SERVER = token<Server>('PostgresServer');

/**
 * The database of a Boxoffice that may be running, for a process that only reads: one connection,
 * no migrations. The embedded Postgres is started if it does not run.
 */
@Global()
@Module({})
export class PostgresReaderModule {
  /** @param applicationName the connection's name in `pg_stat_activity` */
  static with(applicationName: string): DynamicModule {
    return {
      module: PostgresReaderModule,
      providers: [
        provide(SERVER, {
          inject: [CONFIG, LOG],
          useFactory: ({ databaseUrl, dataDir }, { log }) =>
            databaseUrl === undefined
              ? findServer(dataDir, log)
              : { url: databaseUrl, stop: () => Promise.resolve() },
          onApplicationShutdown: (server) => server.stop(),
        }),
        provide(DATABASE, { inject: [SERVER], useFactory: ({ url }) => ({ url }) }),
        provide(DATABASE_CLIENT, {
          inject: [DATABASE, LOG],
          useFactory: ({ url }, { log }) => connect(url, applicationName, log),
          onApplicationShutdown: (client) => client.end(),
        }),
        provide(SQL, {
          inject: [DATABASE_CLIENT],
          useFactory: (client) => ({ query: client.query.bind(client) }),
        }),
      ],
      exports: [DATABASE, DATABASE_CLIENT, SQL],
    };
  }
}

async function connect(
  connectionString: string,
  application_name: string,
  log: (message: string) => void,
): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString,
    application_name,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    connectionTimeoutMillis: CONNECTION_MS,
  });
  client.on('error', (error) => log(`database connection lost: ${error.message}`));
  await client.connect();
  return client;
}

/** @throws Error when the data directory holds no database */
async function findServer(dataDir: string, log: (message: string) => void): Promise<Server> {
  const dataDirectory = join(dataDir, 'postgres');
  const exists = await stat(dataDirectory).then(
    () => true,
    () => false,
  );
  if (!exists)
    throw new Error(
      `There is no database in ${dataDir}: set DATA_DIR or DATABASE_URL as for the Boxoffice.`,
    );
  const url = await findRunningPostgres(dataDirectory);
  if (url !== undefined) return { url, stop: () => Promise.resolve() };
  return startEmbeddedPostgres({ dataDirectory, log });
}
