import pg from 'pg';
import { IDLE_IN_TRANSACTION_MS } from '../../ports/system/idle-limit.js';

/**
 * For a connection, and for the answer to one query, milliseconds: a database that falls silent without a goodbye costs
 * whoever asks an error, not the wait of a lifetime, and whoever asks next a new connection.
 */
const LIMITS_MS = { connection: 5_000, query: 10_000 };

export interface QueryPoolOptions {
  readonly connectionString: string;
  /** Connections at most. */
  readonly max: number;
  readonly limitsMs?: { readonly connection: number; readonly query: number };
  readonly warn?: (message: string) => void;
}

/** The connections on which queries are asked. */
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
    // The server gives up first, so that it does not go on working for nobody.
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    statement_timeout: limitsMs.query,
    query_timeout: limitsMs.query + Math.min(1_000, limitsMs.query),
  });
  pool.on('error', (error) => warn(`database connection lost: ${error.message}`));
  return pool;
}
