import pg from 'pg';
import type { Queryable } from '../../read-models/tables/read-model.js';

/** A statement that takes longer is canceled and tried again. Seconds. */
const STATEMENT_TIMEOUT_S = 60;
/**
 * After about this many seconds without packets the server detects a dead node and releases its
 * locks.
 */
const DEAD_NODE_S = 3;

/** The database failed, not the domain event: wait and try again. */
export class DatabaseOutage extends Error {
  override name = 'DatabaseOutage';
}

/**
 * SQLSTATE classes that a domain event can cause: cardinality, data, constraints, limits, `raise`.
 * All others (no connection, no space, no table, deadlock …) would fail for any domain event.
 */
const CAUSED_BY_DATA = /^(21|22|23|54|P0)/;

/**
 * One connection that holds a projection's lock and writes its batches. When it ends, the lock is
 * released and the current batch is rolled back.
 */
export interface ProjectionSession {
  readonly client: pg.Client;
  /** Aborts when the connection ends. */
  readonly lost: AbortSignal;
  /** Returns whether this session holds the lock now. The lock lasts as long as the session. */
  tryLock(name: string): Promise<boolean>;
  /**
   * For a single statement without a transaction.
   * @throws DatabaseOutage, and errors of the statement
   */
  readonly single: Queryable;
  /** @throws DatabaseOutage, and errors of `work`; nothing is written then */
  transaction(work: (transaction: Queryable) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/**
 * Returns the text whose hash is the advisory lock's key, from the name that `tryLock` receives.
 */
export const lockKey = (name: string): string => `projection ${name}`;

/** @throws DatabaseOutage */
export async function openSession(
  connectionString: string,
  name: string,
): Promise<ProjectionSession> {
  const client = new pg.Client({
    connectionString,
    application_name: `boxoffice-${name}`,
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
  });
  const lost = new AbortController();
  const lose = () => lost.abort();
  client.on('error', lose).on('end', lose);
  const query = outageAware(client);
  try {
    await client.connect();
    // A crash may lose commits together with their checkpoint, and the runner repeats them: no wait
    // for the disk.
    await client.query(`
      set synchronous_commit = off;
      set statement_timeout = '${STATEMENT_TIMEOUT_S}s';
      set idle_in_transaction_session_timeout = '${STATEMENT_TIMEOUT_S}s';
      set tcp_keepalives_idle = 1;
      set tcp_keepalives_interval = 1;
      set tcp_keepalives_count = ${DEAD_NODE_S - 1}`);
  } catch (error) {
    await client.end().catch(() => {});
    throw new DatabaseOutage((error as Error).message, { cause: error });
  }

  return {
    client,
    single: query,
    lost: lost.signal,
    tryLock: async (lock) => {
      const { rows } = await query.query<{ locked: boolean }>(
        'select pg_try_advisory_lock(hashtextextended($1, 0)) as locked',
        [lockKey(lock)],
      );
      return rows[0]!.locked;
    },
    transaction: async (work) => {
      await query.query('begin');
      try {
        await work(query);
      } catch (error) {
        await query.query('rollback');
        throw error;
      }
      await query.query('commit');
    },
    close: () => client.end().catch(() => {}),
  };
}

function outageAware(client: pg.Client): Queryable {
  const query = async (...args: unknown[]): Promise<unknown> => {
    try {
      return await (client.query as (...given: unknown[]) => Promise<unknown>).apply(client, args);
    } catch (error) {
      if (error instanceof pg.DatabaseError && CAUSED_BY_DATA.test(error.code ?? '')) throw error;
      throw new DatabaseOutage((error as Error).message, { cause: error });
    }
  };
  return { query: query as pg.ClientBase['query'] };
}
