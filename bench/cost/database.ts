import { fork } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { Checkout } from './checkout.js';
import { track } from './children.js';
import type { Counts } from './counts.js';
import type { EventStoreName } from './event-store.js';
import { end, messagesOf } from './processes.js';

/** A Postgres that counts its statements. */
export interface Database {
  readonly url: string;
  /** Its parent, which does no work. */
  readonly pid: number;
  /** All so far. Needs the tables of a service. */
  counts(): Promise<Counts>;
  stop(): Promise<void>;
}

/** Counts in the log in Postgres. Appends to one stream in one transaction are one. */
const LOG_COUNTS = `
  (select count(*) from domain_events)::int as "domain events",
  (select count(*) from (select distinct stream, xmin::text from domain_events) a)::int
    as appends,`;

/**
 * `pg_stat_database` has each commit up to ten seconds late; the next transaction id counts those
 * that write at once.
 */
const COUNTS = `
  pg_snapshot_xmax(pg_current_snapshot())::text::int as "writing transactions",
  (select sum(calls) from pg_stat_statements
   where dbid = (select oid from pg_database where datname = current_database()))::int
    as statements`;

/** Starts the embedded Postgres of a checkout, in a directory of its own. */
export async function startDatabase(
  checkout: Checkout,
  { directory }: { readonly directory: string },
  eventStore: EventStoreName,
): Promise<Database> {
  const dataDirectory = await mkdtemp(join(directory, 'postgres-'));
  // Private by default; started by root, Postgres runs as another account that has to enter.
  await chmod(dataDirectory, 0o755);
  const program = fileURLToPath(new URL('./postgres-run.js', import.meta.url));
  const child = fork(program, [dataDirectory], { cwd: checkout.path });
  track(child);
  const url = (await messagesOf(child, `Postgres of ${checkout.commit}`)()) as string;
  const query = async <Row>(text: string): Promise<Row> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query(text)).rows[0] as Row;
    } finally {
      await client.end();
    }
  };
  await query('create extension pg_stat_statements');
  return {
    url,
    pid: child.pid!,
    counts: () => query(`select ${eventStore === 'postgres' ? LOG_COUNTS : ''}${COUNTS}`),
    stop: async () => {
      await end(child);
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}
