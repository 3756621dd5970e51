import pg from 'pg';
import { SearchUnavailable } from '../../ports/search/search-index.js';
import { IDLE_IN_TRANSACTION_MS } from '../../ports/system/idle-limit.js';

export interface PostgresSearchOptions {
  readonly connectionString: string;
  /** Most connections: it limits the load of searches on the database. */
  readonly poolSize?: number;
  readonly warn?: (message: string) => void;
}

const POOL_SIZE = 4;
/** Timeout of a statement. Milliseconds. */
const LIMIT_MS = 5_000;
/** Least trigram similarity of a possible misspelling; the edit distance then decides. */
const LEAST_SIMILARITY = 0.2;

/** Runs one statement. @throws SearchUnavailable */
export type Query = <Row extends pg.QueryResultRow>(
  text: string,
  values?: unknown[],
) => Promise<Row[]>;

export interface SearchConnection {
  readonly query: Query;
  /** @throws SearchUnavailable */
  inTransaction<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Opens the connection pool of the search, apart from the pools of sales. */
export function openSearchConnection(options: PostgresSearchOptions): SearchConnection {
  const pool = new pg.Pool({
    connectionString: options.connectionString,
    max: options.poolSize ?? POOL_SIZE,
    application_name: 'boxoffice-search',
    options: `-c pg_trgm.similarity_threshold=${LEAST_SIMILARITY}`,
    keepAlive: true,
    connectionTimeoutMillis: LIMIT_MS,
    statement_timeout: LIMIT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    query_timeout: LIMIT_MS + 1_000,
  });
  pool.on('error', (error) => options.warn?.(`search connection lost: ${error.message}`));
  return {
    query: async <Row extends pg.QueryResultRow>(text: string, values: unknown[] = []) => {
      try {
        return (await pool.query<Row>(text, values)).rows;
      } catch (error) {
        throw asUnavailable(error);
      }
    },
    inTransaction: (work) => inTransaction(pool, work),
    close: () => pool.end(),
  };
}

async function inTransaction<T>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  let client: pg.PoolClient | undefined;
  try {
    client = await pool.connect();
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client?.query('rollback').catch(() => {});
    throw asUnavailable(error);
  } finally {
    client?.release();
  }
}

/**
 * Outages and timeouts are temporary. A rejection because of the statement is a programming error.
 */
function asUnavailable(error: unknown): Error {
  const { code, message } = error as { code?: string; message: string };
  const away = !(error instanceof pg.DatabaseError) || /^(08|53|57|58)/.test(code ?? '');
  if (!away || error instanceof SearchUnavailable || /extensions/.test(message))
    return error as Error;
  return new SearchUnavailable(`Postgres does not answer the search: ${message}`, { cause: error });
}
