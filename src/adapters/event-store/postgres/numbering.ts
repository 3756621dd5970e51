import type pg from 'pg';

type Database = Pick<pg.ClientBase, 'query'>;

/**
 * The log is ordered by `transaction_id`, then `position`. Transaction ids belong to a cluster: a
 * log that is restored into another cluster, or moved there by logical replication, may meet lower
 * ids. So each number is the id plus a base. The base is raised to the highest number stored as
 * soon as the ids are found to be lower. Stored numbers never change, so checkpoints stay valid.
 * Readers take the base from `log_numbering`; appends get it from the column's default, which costs
 * them nothing.
 */
const numbered = (id: string): string =>
  `(select ((coalesce(max(base), 0) + (${id})::text::bigint)::text)::xid8 from log_numbering)`;

/** Below this number every transaction has ended: no later commit can come before it. */
const SETTLED_BELOW = numbered('pg_snapshot_xmin(pg_current_snapshot())');

/** A domain event is delivered only when no later commit can come before it. */
export const SETTLED = `transaction_id < ${SETTLED_BELOW}`;

export const UNSETTLED = `transaction_id >= ${SETTLED_BELOW}`;

export const HIGHEST =
  'select transaction_id from domain_events order by transaction_id desc, position desc limit 1';

/**
 * Whether a stored number was not assigned by this cluster: numbers assigned here are below the
 * snapshot's end.
 */
export const IS_FOREIGN = `
  coalesce((${HIGHEST}) >= ${numbered('pg_snapshot_xmax(pg_current_snapshot())')}, false)`;

/** Base that appends use: `pg_current_xact_id()` alone is 0. */
const DEFAULT_BASE = `
  (select coalesce(substring(pg_get_expr(d.adbin, d.adrelid) from '\\+ ''?(\\d+)')::bigint, 0)
   from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
   where d.adrelid = 'domain_events'::regclass and a.attname = 'transaction_id')`;

/** Logical replication and a restore of data alone carry the table, not the default. */
const IS_WRONG = `
  select ${IS_FOREIGN}
    or (select coalesce(max(base), 0) from log_numbering) <> ${DEFAULT_BASE} as "isWrong"`;

/**
 * Wait for the table lock, which blocks readers and writers for as long. Longer than the second
 * after which Postgres cancels an autovacuum that holds a conflicting lock. Milliseconds.
 */
const LOCK_MS = 1_500;

/**
 * Whether a new number could be at or below a stored one.
 * @throws Error when the database does not answer
 */
export async function isNumberingWrong(db: Database): Promise<boolean> {
  const { rows } = await db.query<{ isWrong: boolean }>(IS_WRONG);
  return rows[0]!.isWrong;
}

/**
 * Raises the base, if it is too low, to the highest number stored or to `atLeast`, the highest that
 * was ever read. Appends in flight finish first, and later appends use the new base.
 * @returns the base
 * @throws Error when the database does not answer, or when a transaction keeps the table locked
 */
export async function raiseBase(db: Database, atLeast: bigint): Promise<bigint> {
  await db.query(`
    do $$
    declare
      highest bigint;
      needed bigint;
    begin
      perform set_config('lock_timeout', '${LOCK_MS}ms', true);
      lock table domain_events in access exclusive mode;
      select greatest((${HIGHEST})::text::bigint, ${atLeast}) into highest;
      select greatest(max(base), ${DEFAULT_BASE}, 0) into needed from log_numbering;
      if needed + pg_snapshot_xmax(pg_current_snapshot())::text::bigint <= highest then
        needed := highest;
      end if;
      insert into log_numbering (base, raised_at) values (needed, clock_timestamp())
      on conflict (only_one) do update set base = excluded.base, raised_at = excluded.raised_at
      where log_numbering.base <> excluded.base;
      execute format('alter table domain_events alter column transaction_id
        set default ((pg_current_xact_id()::text::bigint + %s)::text)::xid8', needed);
    end $$`);
  const { rows } = await db.query<{ base: string }>(
    'select max(base)::text as base from log_numbering',
  );
  return BigInt(rows[0]!.base);
}
