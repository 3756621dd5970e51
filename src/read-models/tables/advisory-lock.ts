import pg from 'pg';
import { IDLE_IN_TRANSACTION_MS } from '../../ports/system/idle-limit.js';

/** Timeout of the connection attempt and of each answer. Milliseconds. */
const ANSWER_MS = 5_000;
/** After about this many seconds of silence the server detects a dead node and releases its locks. */
const SILENCE_S = 3;

/** Work that only one node does at a time. */
export interface AdvisoryLocks {
  /**
   * Runs `work` if no other node is running it.
   * @param name of the advisory lock, the same on every node
   * @throws what `work` throws, and Error when the connection with its lock was lost
   */
  withAdvisoryLock(name: string, work: () => Promise<void>): Promise<boolean>;
  /** Call after all work has ended. */
  close(): Promise<void>;
}

export interface AdvisoryLocksOptions {
  readonly connectionString: string;
  readonly warn: (message: string) => void;
}

interface Session {
  readonly client: pg.Client;
  isLost: boolean;
  /** Statements run one after another. */
  last: Promise<unknown>;
}

/**
 * One connection of this process holds all its advisory locks. It belongs to no pool: work that holds a
 * connection of a pool while it waits for another of that pool deadlocks when all connections are taken in this way.
 * The locks are session locks: they need no open transaction, and they end with the connection.
 */
export function openAdvisoryLocks({ connectionString, warn }: AdvisoryLocksOptions): AdvisoryLocks {
  const underWay = new Set<string>();
  let opening: Promise<Session> | undefined;

  const open = async (): Promise<Session> => {
    const client = new pg.Client({
      connectionString,
      application_name: 'boxoffice-turns',
      keepAlive: true,
      connectionTimeoutMillis: ANSWER_MS,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
      query_timeout: ANSWER_MS,
    });
    const session: Session = { client, isLost: false, last: Promise.resolve() };
    client.on('error', (error) => {
      if (!session.isLost) warn(`connection of the turns lost: ${error.message}`);
      drop(session);
    });
    client.on('end', () => drop(session));
    await client.connect();
    await client.query(`set tcp_keepalives_idle = 1; set tcp_keepalives_interval = 1;
      set tcp_keepalives_count = ${SILENCE_S - 1}`);
    return session;
  };

  /** Closes the connection, which releases its locks. */
  const drop = (session: Session) => {
    if (session.isLost) return;
    session.isLost = true;
    opening = undefined;
    void session.client.end().catch(() => {});
  };

  const ask = async (
    session: Session,
    text: 'pg_try_advisory_lock' | 'pg_advisory_unlock',
    name: string,
  ): Promise<boolean> => {
    try {
      const asked = session.last.then(() =>
        session.client.query<{ answer: boolean }>({
          text: `select ${text}(hashtextextended($1, 0)) as answer`,
          values: [`turn:${name}`],
        }),
      );
      session.last = asked.catch(() => {});
      return (await asked).rows[0]!.answer;
    } catch (error) {
      drop(session);
      throw error;
    }
  };

  const session = () =>
    (opening ??= open().catch((error: Error) => {
      opening = undefined;
      throw error;
    }));

  return {
    withAdvisoryLock: async (name, work) => {
      // Postgres grants a session its own lock again, so a second caller must be refused here.
      if (underWay.has(name)) return false;
      underWay.add(name);
      try {
        const held = await session();
        if (!(await ask(held, 'pg_try_advisory_lock', name))) return false;
        try {
          await work();
        } finally {
          if (!held.isLost) await ask(held, 'pg_advisory_unlock', name).catch(() => {});
        }
        if (held.isLost) throw new Error(`the connection that held the turn of ${name} was lost`);
        return true;
      } finally {
        underWay.delete(name);
      }
    },
    close: async () => {
      const last = await opening?.catch(() => undefined);
      if (last) {
        last.isLost = true;
        await last.client.end().catch(() => {});
      }
    },
  };
}
