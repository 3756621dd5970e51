import { join } from 'node:path';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { events } from '../event/events.js';
import { ledger } from '../payment/ledger.js';
import type { ReadModel } from './read-model.js';
import { payments } from '../payment/payments.js';
import { reservations } from '../seat-inventory/reservations.js';
import { searchDocuments } from '../search/search-documents.js';
import { seatStatus } from '../seat-inventory/seat-status.js';
import { tickets } from '../ticket/tickets.js';
import { venues } from '../venue/venues.js';
import { prepareReadModel } from './versions.js';
import { IDLE_IN_TRANSACTION_MS } from '../../ports/system/idle-limit.js';

/** All read models. Add a new one here and to the list of projections. */
// The change types differ. Only the projection of each read model produces its type.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export const readModels: readonly ReadModel<any>[] = [
  seatStatus,
  reservations,
  tickets,
  events,
  venues,
  payments,
  ledger,
  searchDocuments,
];

/** Time for the database to answer. Milliseconds. */
const CONNECTION_MS = 10_000;

/**
 * Runs the migrations and creates the tables of all read models. Several nodes may start at once:
 * one migrates, the others wait for it.
 * @throws Error when the database does not answer, or has a migration that this code does not know
 */
export async function migrate(
  databaseUrl: string,
  log: (message: string) => void = () => {},
): Promise<void> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'boxoffice-migrate',
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    connectionTimeoutMillis: CONNECTION_MS,
  });
  client.on('error', (error) => log(`migration connection lost: ${error.message}`));
  await client.connect();
  try {
    const applied = await runner({
      dbClient: client,
      dir: join(import.meta.dirname, 'migrations'),
      migrationsTable: 'schema_migrations',
      direction: 'up',
      checkOrder: true,
      advisoryLockMode: 'wait',
      logger: { debug: () => {}, info: () => {}, warn: log, error: log },
    });
    if (applied.length > 0)
      log(applied.length === 1 ? '1 migration applied' : `${applied.length} migrations applied`);
    for (const readModel of readModels) await prepareReadModel(client, readModel);
  } finally {
    await client.end();
  }
}
