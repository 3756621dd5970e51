import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';

/** Transaction ids by which another cluster was ahead of the one that the tests run on. */
export const AHEAD = 1_000_000_000n;

/**
 * Makes the database look as after a restore of its dump into a cluster whose transaction ids are lower: the log is written
 * again by COPY, with numbers that this cluster has not reached, and all that is stored of positions fits to them.
 */
export async function restoreFromHigherIds(databaseUrl: string, ahead = AHEAD): Promise<void> {
  await withClient(databaseUrl, async (client) => {
    await client.query(`
      create table restored (like domain_events);
      insert into restored select * from domain_events;
      update restored set transaction_id = ((transaction_id::text::bigint + ${ahead})::text)::xid8;
      update projection_checkpoints set
        commit_position = case when commit_position < 0 then commit_position else commit_position + ${ahead} end,
        event_commit = event_commit + ${ahead};
      update parked_events set commit_position = commit_position + ${ahead}`);
    const copy: Buffer[] = [];
    for await (const chunk of client.query(copyTo('copy restored to stdout'))) copy.push(chunk as Buffer);
    await client.query('begin; drop table restored; truncate domain_events');
    await pipeline(copy, client.query(copyFrom('copy domain_events from stdin')));
    await client.query('commit');
  });
}

export async function withClient<T>(databaseUrl: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
