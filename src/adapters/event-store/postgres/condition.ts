import type pg from 'pg';
import {
  EventStoreUnavailable,
  type LogCondition,
} from '../../../ports/event-store/event-store.js';
import { IS_FOREIGN, UNSETTLED, isNumberingWrong, raiseBase } from './numbering.js';

/**
 * The log is withheld when subscriptions wait longer than this for a domain event; a short wait is
 * a normal commit. Milliseconds.
 */
const WITHHELD_AFTER_MS = 1_000;

/** Pause after a failed attempt to raise the numbers. Milliseconds. */
const RAISE_AGAIN_MS = 5_000;

const CONDITION = `
  select ${IS_FOREIGN} as "isForeign", pg_snapshot_xmin(pg_current_snapshot())::text as xmin,
    extract(epoch from w.recorded_at)::float8 * 1000 as since,
    w.recorded_at < clock_timestamp() - interval '${WITHHELD_AFTER_MS} ms' as "isWithheld"
  from (select) one left join lateral (
    select recorded_at from domain_events where ${UNSETTLED}
    order by transaction_id, position limit 1) w on true`;

/**
 * The transaction that withholds the log, by its id: one of any session of the cluster, in any
 * database, or one that was prepared. Replication slots and the feedback of standbys hold back the
 * removal of old rows only, never the log.
 */
const HOLDER = `
  select 'session' as kind, pid::text as name, application_name as application,
    datname as database, state,
    extract(epoch from clock_timestamp() - xact_start)::int as seconds
  from pg_stat_activity where backend_xid::text::bigint = $1::bigint % 4294967296
  union all
  select 'prepared transaction', gid, owner::text, database::text, 'prepared',
    extract(epoch from clock_timestamp() - prepared)::int
  from pg_prepared_xacts where transaction::text::bigint = $1::bigint % 4294967296
  limit 1`;

interface Holder {
  kind: 'session' | 'prepared transaction';
  name: string;
  application: string | null;
  database: string | null;
  state: string | null;
  seconds: number | null;
}

/** Reports the state of the log as a whole and keeps its transaction numbers valid. */
export interface LogWatch {
  /** @throws EventStoreUnavailable */
  condition(): Promise<LogCondition>;
  /**
   * For a new connection, which may lead to another cluster than those before.
   * @throws Error when its transaction ids are too low and the base of the numbers cannot be raised
   */
  check(client: Database): Promise<void>;
  /**
   * Raises the base of the log's numbers above `atLeast` and every stored number.
   * @throws Error when this is not possible now
   */
  raise(atLeast: bigint): Promise<void>;
}

type Database = Pick<pg.ClientBase, 'query'>;

export function openLogWatch(pool: pg.Pool, warn: (message: string) => void): LogWatch {
  let last: LogCondition['state'] = 'ok';
  let asking: Promise<LogCondition> | undefined;
  let failure: { readonly error: Error; readonly at: number } | undefined;
  let lastBase: bigint | undefined;

  /** Not right after a failed attempt: each attempt blocks readers and writers. */
  const raiseOn = async (db: Database, atLeast: bigint): Promise<void> => {
    if (failure && performance.now() - failure.at < RAISE_AGAIN_MS) throw failure.error;
    try {
      const base = await raiseBase(db, atLeast);
      failure = undefined;
      if (base !== lastBase)
        warn(
          'the transaction ids of this Postgres cluster are below those of the log, ' +
            'which comes from another cluster or has lost its end: ' +
            `new domain events are numbered above ${base}`,
        );
      lastBase = base;
    } catch (error) {
      failure = { error: error as Error, at: performance.now() };
      throw error;
    }
  };

  const ask = async (): Promise<LogCondition> => {
    const { rows } = await pool
      .query<Standing>({ name: 'log-condition', text: CONDITION })
      .catch(unavailable);
    const standing = rows[0]!;
    if (standing.isForeign) {
      const failed = await raiseOn(pool, -1n).then(
        () => undefined,
        (error: Error) => error,
      );
      return failed ? { state: 'replaced', cause: cannotRaise(failed) } : { state: 'ok' };
    }
    if (!standing.isWithheld) return { state: 'ok' };
    const cause = await causeOf(pool, standing.xmin).catch(unavailable);
    return { state: 'withheld', cause, since: standing.since! };
  };

  return {
    check: async (client) => {
      if (await isNumberingWrong(client)) await raiseOn(client, -1n);
    },
    raise: (atLeast) => raiseOn(pool, atLeast),
    condition: () =>
      (asking ??= ask()
        .then((condition) => {
          if (condition.state !== last) warn(inWords(condition));
          last = condition.state;
          return condition;
        })
        .finally(() => (asking = undefined))),
  };
}

interface Standing {
  isForeign: boolean;
  xmin: string;
  /** When the oldest withheld domain event was recorded. Milliseconds since the epoch. */
  since: number | null;
  isWithheld: boolean | null;
}

async function causeOf(pool: pg.Pool, xmin: string): Promise<string> {
  const { rows } = await pool.query<Holder>({ name: 'log-holder', text: HOLDER, values: [xmin] });
  const [holder] = rows;
  if (!holder)
    return (
      `transaction ${xmin}, which has just ended ` +
      'or is not visible to this account (grant the role pg_monitor)'
    );
  const { kind, name, application, database, state, seconds } = holder;
  const place = `in database ${database}`;
  const open = seconds === null ? '' : `, open for ${seconds} s`;
  if (kind === 'prepared transaction')
    return `prepared transaction ${JSON.stringify(name)} of ${application} ${place}${open}`;
  const owner = application || 'an unnamed application';
  return `transaction of ${owner} (pid ${name}) ${place}, ${state}${open}`;
}

const cannotRaise = ({ message }: Error): string =>
  `the log was restored from another cluster, and its numbers cannot be raised: ${message}`;

const inWords = (condition: LogCondition): string =>
  condition.state === 'ok'
    ? 'the log is complete again'
    : `the log is ${condition.state}: ${condition.cause}`;

export function unavailable(error: unknown): never {
  throw new EventStoreUnavailable(`Postgres does not answer: ${(error as Error).message}`, {
    cause: error,
  });
}
