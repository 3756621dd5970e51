/** @services postgres */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { migrate } from '../../src/read-models/tables/migrate.js';
import { withClient } from '../support/log/restored-log.js';
import { ShopLife } from '../support/shop-life.js';

const run = promisify(execFile);
const {
  TEST_POSTGRES_BIN = '',
  TEST_POSTGRES_SOURCE = '',
  TEST_POSTGRES_TARGET = '',
} = process.env;
/** Transactions by which the first cluster is ahead of the second. */
const AHEAD = 20_000;

const program = (name: string, ...args: string[]) => run(join(TEST_POSTGRES_BIN, name), args);
const database = (server: string) => {
  const url = new URL(server);
  url.pathname = '/shop';
  return { url: url.href, drop: async () => {} };
};
const nextId = (url: string) =>
  withClient(url, async (client) => {
    const { rows } = await client.query<{ id: string }>('select pg_current_xact_id()::text as id');
    return BigInt(rows[0]!.id);
  });

/**
 * Follows the runbook with a running shop: `pg_dump` of one cluster, `pg_restore` into another with
 * lower transaction ids.
 */
describe.each(['custom', 'plain'])(
  'a shop that is dumped as %s and restored into another cluster',
  (format) => {
    let shop: ShopLife;
    let directory: string;
    const [source, target] = [database(TEST_POSTGRES_SOURCE), database(TEST_POSTGRES_TARGET)];

    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'boxoffice-dump-'));
      for (const server of [TEST_POSTGRES_SOURCE, TEST_POSTGRES_TARGET])
        await withClient(server, async (client) => {
          await client.query('drop database if exists shop with (force)');
          await client.query('create database shop');
        });
      await withClient(source.url, (client) =>
        client.query(
          `do $$ begin
             for i in 1..${AHEAD} loop perform pg_current_xact_id(); commit; end loop;
           end $$`,
        ),
      );
      await migrate(source.url);
      shop = await ShopLife.open(source);
      await shop.begin();
    });
    afterAll(async () => {
      await shop.close();
      await rm(directory, { recursive: true, force: true });
    });

    it('continues with its work in progress', async () => {
      await shop.close();
      const dump = join(directory, 'shop.dump');
      await program('pg_dump', `--format=${format}`, '--file', dump, source.url);
      if (format === 'plain')
        await program('psql', '--quiet', '--set=ON_ERROR_STOP=1', '--file', dump, target.url);
      else await program('pg_restore', '--exit-on-error', '--dbname', target.url, dump);
      expect(await nextId(target.url)).toBeLessThan(await nextId(source.url));
      await shop.reopen(target);
      await shop.goOn();
    });
  },
);
