import pg from 'pg';
import { openEventStoreDb } from '../adapters/event-store/eventstoredb/eventstoredb.js';
import { postgresStoredLog } from '../adapters/event-store/stored-log/postgres.js';
import { subscribedStoredLog } from '../adapters/event-store/stored-log/subscribed.js';
export { verifyLog } from '../audit/verify.js';
import type { SigningKey } from '../audit/signed-heads.js';
import { auditKeys } from './auditing.js';
import { databaseOf } from './books.js';
import type { Config } from '../config/config.js';
import type { StoredLog } from '../ports/event-store/stored-log.js';
import { IDLE_IN_TRANSACTION_MS } from '../ports/system/idle-limit.js';

/** For the database to answer. Milliseconds. */
const CONNECTION_MS = 10_000;

/** The log and its checkpoints, for somebody who only looks; a Boxoffice may run beside, or not. */
export interface OpenedProof {
  readonly db: pg.Client;
  readonly log: StoredLog;
  readonly keys: readonly SigningKey[];
  close(): Promise<void>;
}

/** @throws Error when the database, the event store or the keys cannot be opened */
export async function openProof(
  config: Config,
  log: (message: string) => void,
): Promise<OpenedProof> {
  const opened: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (let last = opened.pop(); last; last = opened.pop()) await last().catch(() => undefined);
  };
  try {
    const connectionString = config.databaseUrl ?? (await databaseOf(config, log, opened));
    const keys = auditKeys(config);
    const db = new pg.Client({
      connectionString,
      application_name: 'boxoffice-audit',
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
      connectionTimeoutMillis: CONNECTION_MS,
    });
    db.on('error', (error) => log(`database connection lost: ${error.message}`));
    await db.connect();
    opened.push(() => db.end());
    if (config.eventStoreUrl === undefined) return { db, log: postgresStoredLog(db), keys, close };
    const store = openEventStoreDb({ connectionString: config.eventStoreUrl, log });
    opened.push(() => store.close());
    return { db, log: subscribedStoredLog(store), keys, close };
  } catch (error) {
    await close();
    throw error;
  }
}
