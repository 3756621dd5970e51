import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { SHORT_WAITS, startApp, type EventStoreName, type TestApp } from '../app.js';
import { emptyDatabase } from '../services/database.js';
import { openEventStoreDbNode, type EventStoreDbNode } from '../eventstoredb-node.js';
import { FILES, readZipped, recordsFromText, type Shop } from './files.js';

const FIXTURES = join(import.meta.dirname, '../../fixtures');

export interface RestoredShop {
  readonly shop: Shop;
  readonly databaseUrl: string;
  /** Set when EventStoreDB stores the log. */
  readonly node: EventStoreDbNode | undefined;
  /** Environment of a process of this shop. */
  readonly settings: Readonly<Record<string, string>>;
  /** Starts this version of the product on it. */
  start(): Promise<TestApp>;
  close(): Promise<void>;
}

export interface RestoreOptions {
  /**
   * `settled`: the cluster's next transaction id is above every id in the log, as after a copy of
   * its files. `as-stored`: the ids may be above the cluster's, as after `pg_dump` and a restore
   * into a new cluster.
   */
  readonly transactionIds?: 'settled' | 'as-stored';
}

/** Names of all fixtures of shops, such as `shop-0.1.0`. */
export const shopFixtures = async (): Promise<string[]> =>
  (await readdir(FIXTURES)).filter((name) => name.startsWith('shop-')).sort();

/** Puts a fixture into an empty database, an EventStoreDB node and a data directory of its own. */
export async function restoreShop(
  name: string,
  eventStore: EventStoreName,
  { transactionIds = 'settled' }: RestoreOptions = {},
): Promise<RestoredShop> {
  const folder = join(FIXTURES, name, eventStore);
  const shop = JSON.parse(await readFile(join(folder, FILES.shop), 'utf8')) as Shop;
  const database = await emptyDatabase();
  await fill(database.url, await readZipped(join(folder, FILES.database)));
  if (transactionIds === 'settled') await passTransactionIds(database.url);
  const node =
    eventStore === 'eventstoredb'
      ? await openEventStoreDbNode({
          records: recordsFromText(await readZipped(join(folder, FILES.log))),
        })
      : undefined;
  const directory = await mkdtemp(join(tmpdir(), 'boxoffice-restored-'));
  await fillDirectory(directory, join(folder, FILES.data));
  const settings = {
    ...shop.settings,
    DATABASE_URL: database.url,
    DATA_DIR: directory,
    AUDIT_CHECKPOINT_SECONDS: '1',
    ...(node && { EVENTSTORE_URL: node.connectionString }),
  };
  return {
    shop,
    databaseUrl: database.url,
    node,
    settings,
    // The event store is named by the settings: it outlives the app.
    start: () => startApp('postgres', settings, SHORT_WAITS, database),
    close: async () => {
      await node?.close();
      await database.drop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function fill(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** Uses up transaction ids of the cluster until the next one is above all of the restored log. */
async function passTransactionIds(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('set synchronous_commit = off');
    await client.query(`
      do $$
      declare last xid8 := (select max(transaction_id) from domain_events);
      begin
        while pg_current_xact_id() <= last loop commit; end loop;
      end $$`);
  } finally {
    await client.end();
  }
}

async function fillDirectory(directory: string, dataFile: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const files = JSON.parse(await readFile(dataFile, 'utf8')) as Record<string, string>;
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(directory, name), text, { mode: 0o600 });
  }
}
