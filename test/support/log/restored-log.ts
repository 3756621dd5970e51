import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';

/** Transaction ids by which another cluster was ahead of the one that the tests run on. */
export const AHEAD = 1_000_000_000n;

/**
 * From here on the log is numbered as in a cluster that is far ahead of the one that the tests run
 * on.
 */
export const runAhead = (databaseUrl: string, ahead = AHEAD): Promise<void> =>
  withClient(databaseUrl, (client) => setBase(client, ahead));

/**
 * Simulates restoring the dump of a cluster that was ahead: COPY writes the log again, and the base
 * is reset.
 */
export async function restoreByCopy(databaseUrl: string): Promise<void> {
  await withClient(databaseUrl, async (client) => {
    const copy: Buffer[] = [];
    for await (const chunk of client.query(copyTo('copy domain_events to stdout')))
      copy.push(chunk as Buffer);
    await client.query('begin; truncate domain_events');
    await pipeline(copy, client.query(copyFrom('copy domain_events from stdin')));
    await setBase(client, 0n);
    await client.query('commit');
  });
}

async function setBase(client: pg.Client, base: bigint): Promise<void> {
  await client.query(`
    update log_numbering set base = ${base};
    alter table domain_events alter column transaction_id
      set default ((pg_current_xact_id()::text::bigint + ${base})::text)::xid8`);
}

export async function withClient<T>(
  databaseUrl: string,
  use: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
