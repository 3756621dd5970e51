import pg from 'pg';
import { IDLE_IN_TRANSACTION_MS } from '../../ports/system/idle-limit.js';

/**
 * Time for a connection and for the answer to one query, milliseconds. After it the query fails and
 * its connection is replaced, even if the database vanished without closing it.
 */
const LIMITS_MS = { connection: 5_000, query: 10_000 };

export interface QueryPoolOptions {
  readonly connectionString: string;
  /** Maximum of connections. */
  readonly max: number;
  readonly limitsMs?: { readonly connection: number; readonly query: number };
  readonly warn?: (message: string) => void;
}

/** Opens the connection pool for queries. */
export function openQueryPool({
  connectionString,
  max,
  limitsMs = LIMITS_MS,
  warn = () => {},
}: QueryPoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    max,
    application_name: 'boxoffice',
    keepAlive: true,
    connectionTimeoutMillis: limitsMs.connection,
    // The server's limit is reached first: it cancels the query that nobody waits for.
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    statement_timeout: limitsMs.query,
    query_timeout: limitsMs.query + Math.min(1_000, limitsMs.query),
  });
  pool.on('error', (error) => warn(`database connection lost: ${error.message}`));
  return pool;
}
