import pg from 'pg';
import { IDLE_IN_TRANSACTION_MS } from '../../ports/system/idle-limit.js';

/** Timeout of the connection attempt and of each answer. Milliseconds. */
const ANSWER_MS = 5_000;
/**
 * After about this many seconds without packets the server detects a dead node and releases its
 * locks.
 */
const DEAD_NODE_S = 3;

/** Advisory locks of Postgres, for work that only one node does at a time. */
export interface AdvisoryLocks {
  /**
   * Runs `work` unless another caller, here or on another node, holds the lock. Returns whether it
   * ran.
   * @param name the lock's name, the same on every node
   * @throws errors of `work`, and Error when the connection that holds the lock was lost
   */
  withAdvisoryLock(name: string, work: () => Promise<void>): Promise<boolean>;
  /** Call this after all work has ended. */
  close(): Promise<void>;
}

export interface AdvisoryLocksOptions {
  readonly connectionString: string;
  readonly warn: (message: string) => void;
}

/**
 * One connection of this process holds all its advisory locks. It belongs to no pool: work that
 * holds a connection of a pool while it waits for another of that pool deadlocks when all
 * connections are taken in this way. The locks are session locks: they need no open transaction,
 * and they end with the connection.
 */
export function openAdvisoryLocks({ connectionString, warn }: AdvisoryLocksOptions): AdvisoryLocks {
  const running = new Set<string>();
  let opening: Promise<LockSession> | undefined;

  const session = () =>
    (opening ??= LockSession.open(connectionString, warn, () => (opening = undefined)).catch(
      (error: Error) => {
        opening = undefined;
        throw error;
      },
    ));

  return {
    withAdvisoryLock: async (name, work) => {
      // Postgres grants a session its own lock again, so a second caller must be refused here.
      if (running.has(name)) return false;
      running.add(name);
      try {
        const holder = await session();
        if (!(await holder.call('pg_try_advisory_lock', name))) return false;
        try {
          await work();
        } finally {
          if (!holder.isLost) await holder.call('pg_advisory_unlock', name).catch(() => {});
        }
        if (holder.isLost) throw new Error(`The connection that held the lock ${name} was lost`);
        return true;
      } finally {
        running.delete(name);
      }
    },
    close: async () => {
      const last = await opening?.catch(() => undefined);
      await last?.close();
    },
  };
}

class LockSession {
  isLost = false;
  /** Statements run one after another. */
  private last: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly client: pg.Client,
    private readonly onLost: () => void,
  ) {}

  static async open(
    connectionString: string,
    warn: (message: string) => void,
    onLost: () => void,
  ): Promise<LockSession> {
    const client = new pg.Client({
      connectionString,
      application_name: 'boxoffice-turns',
      keepAlive: true,
      connectionTimeoutMillis: ANSWER_MS,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
      query_timeout: ANSWER_MS,
    });
    const session = new LockSession(client, onLost);
    client.on('error', (error) => {
      if (!session.isLost) warn(`connection of the advisory locks lost: ${error.message}`);
      session.drop();
    });
    client.on('end', () => session.drop());
    await client.connect();
    await client.query(`set tcp_keepalives_idle = 1; set tcp_keepalives_interval = 1;
      set tcp_keepalives_count = ${DEAD_NODE_S - 1}`);
    return session;
  }

  async call(
    lockFunction: 'pg_try_advisory_lock' | 'pg_advisory_unlock',
    name: string,
  ): Promise<boolean> {
    try {
      const answer = this.last.then(() =>
        this.client.query<{ answer: boolean }>({
          text: `select ${lockFunction}(hashtextextended($1, 0)) as answer`,
          values: [`turn:${name}`],
        }),
      );
      this.last = answer.catch(() => {});
      return (await answer).rows[0]!.answer;
    } catch (error) {
      this.drop();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.isLost = true;
    await this.client.end().catch(() => {});
  }

  /** Closes the connection, which releases its locks. */
  private drop(): void {
    if (this.isLost) return;
    this.onLost();
    void this.close();
  }
}
