import pg from 'pg';
import type { Queryable } from '../../read-models/tables/read-model.js';

/** A statement that takes longer is given up and tried again, seconds. */
const STATEMENT_TIMEOUT_S = 60;
/** A node that vanished without a goodbye is noticed by the server after about this many seconds of silence. */
const SILENCE_S = 3;

/** The database, not the domain event, is to blame: wait and try again. */
export class DatabaseOutage extends Error {
  override name = 'DatabaseOutage';
}

/**
 * SQLSTATE classes that a domain event can be the cause of: cardinality, data, constraints, limits, `raise`. All
 * others (no connection, no space, no table, deadlock …) would fail any other domain event just as well.
 */
const CAUSED_BY_DATA = /^(21|22|23|54|P0)/;

/**
 * One connection that holds a projection's lock and writes its batches: when it dies, the lock and the batch under
 * way die with it.
 */
export interface ProjectionSession {
  readonly client: pg.Client;
  /** Aborts when the connection ends. */
  readonly lost: AbortSignal;
  /** Whether this session now holds the lock of that name; it lasts as long as the session. */
  tryLock(name: string): Promise<boolean>;
  /** For a single statement, which needs no transaction around it. @throws DatabaseOutage, or what the statement does */
  readonly alone: Queryable;
  /** @throws DatabaseOutage, or what `work` throws; nothing is written then */
  transaction(work: (transaction: Queryable) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/** The name of an advisory lock, from that which `tryLock` is given. */
export const lockOf = (name: string): string => `projection ${name}`;

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
    // A commit that a crash takes back is projected again, its checkpoint having gone with it: no need to wait for the disk.
    await client.query(`
      set synchronous_commit = off;
      set statement_timeout = '${STATEMENT_TIMEOUT_S}s';
      set idle_in_transaction_session_timeout = '${STATEMENT_TIMEOUT_S}s';
      set tcp_keepalives_idle = 1; set tcp_keepalives_interval = 1; set tcp_keepalives_count = ${SILENCE_S - 1}`);
  } catch (error) {
    await client.end().catch(() => {});
    throw new DatabaseOutage((error as Error).message, { cause: error });
  }

  return {
    client,
    alone: query,
    lost: lost.signal,
    tryLock: async (lock) => {
      const { rows } = await query.query<{ locked: boolean }>(
        'select pg_try_advisory_lock(hashtextextended($1, 0)) as locked',
        [lockOf(lock)],
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
