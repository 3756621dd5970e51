import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { migrate, readModels } from '../../src/read-models/tables/migrate.js';
import { tableName } from '../../src/read-models/tables/read-model.js';
import { emptyDatabase, type FreshDatabase } from '../support/services/database.js';

const MIGRATIONS = join(import.meta.dirname, '../../src/read-models/tables/migrations');

describe('migrate', () => {
  let database: FreshDatabase;
  let client: pg.Client;
  beforeEach(async () => {
    database = await emptyDatabase();
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
  });
  afterEach(async () => {
    await client.end();
    await database.drop();
  });

  const namesOf = async (kinds: string) => {
    const { rows } = await client.query<{ name: string }>(
      `select relname as name from pg_class
       where relnamespace = 'public'::regnamespace
         and relkind = any(string_to_array($1, null)) and not relispartition
       order by relname`,
      [kinds],
    );
    return rows.map(({ name }) => name);
  };

  it('creates the tables, and a view of the first version of each read model', async () => {
    await migrate(database.url);
    expect(await namesOf('v')).toEqual([
      'events',
      'inventories',
      'ledger_balances',
      'ledger_lines',
      'payments',
      'reservations',
      'search_changes',
      'search_documents',
      'search_stock',
      'search_venues',
      'seat_changes',
      'seat_status',
      'serving_checkpoints',
      'tickets',
      'venues',
    ]);
    expect(await namesOf('rp')).toEqual(
      expect.arrayContaining([
        'domain_events',
        'parked_events',
        'projection_checkpoints',
        'snapshots',
      ]),
    );
    const { rows } = await client.query(
      'select name, serving_version from projections order by name',
    );
    const versions = readModels.map(({ name, version }) => ({ name, serving_version: version }));
    expect(rows).toEqual(versions.sort((a, b) => (a.name < b.name ? -1 : 1)));
  });

  it('works when several nodes start at once, and again later', async () => {
    await Promise.all(Array.from({ length: 4 }, () => migrate(database.url)));
    await client.query(`insert into snapshots values ('s', 1, 1, '', now())`);
    await migrate(database.url);
    expect((await client.query('select from snapshots')).rowCount).toBe(1);
    expect((await client.query('select from schema_migrations')).rowCount).toBe(
      readdirSync(MIGRATIONS).length,
    );
  });

  it.each([
    'seat_status',
    'inventories',
    'reservations',
    'seat_changes',
    'tickets',
    'ledger_lines',
    'ledger_balances',
  ])('spreads %s by event over eight partitions', async (view) => {
    const { version } = readModels.find(({ tables }) => tables.includes(view))!;
    const table = tableName(view, `v${version}`);
    await migrate(database.url);
    const { rows } = await client.query<{ how: string; parts: number }>(
      `select pg_get_partkeydef($1::regclass) as how,
                (select count(*)::int from pg_inherits where inhparent = $1::regclass) as parts`,
      [table],
    );
    expect(rows).toEqual([{ how: 'HASH (event_id)', parts: 8 }]);
  });

  it('holds positions of both event stores', async () => {
    await migrate(database.url);
    for (const position of ['18446744073709551615', '-1']) {
      await client.query(
        `update projection_checkpoints set commit_position = $1, prepare_position = $1`,
        [position],
      );
      const { rows } = await client.query(
        'select distinct commit_position::text as at from projection_checkpoints',
      );
      expect(rows).toEqual([{ at: position }]);
    }
  });

  it('fails when the database cannot be reached', async () => {
    await expect(migrate('postgres://nobody@127.0.0.1:1/none')).rejects.toThrow();
  });
});
