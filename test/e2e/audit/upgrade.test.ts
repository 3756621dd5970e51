import pg from 'pg';
import { PROJECTION_RUNNERS } from '../../../src/projections/tokens.js';
import { readModels } from '../../../src/read-models/tables/migrate.js';
import { startApp, type TestApp } from '../../support/app.js';
import { freshDatabase, type FreshDatabase } from '../../support/services/database.js';
import { confirm, onSale, reserve } from '../../support/seat-inventory/event-on-sale.js';
import { until } from '../../support/read-side.js';

/** Tables of read models in an earlier release. */
const BEFORE = [
  {
    ...{ name: 'events', version: 2, views: ['events'] },
    without: ['rescheduled_from', 'time_zone', 'changes', 'changed_at', 'sales_end_minutes'],
  },
  { name: 'reservations', version: 1, views: ['reservations'], without: ['refund_reason'] },
  { name: 'payments', version: 1, views: ['payments'], without: ['owed_minor'] },
  {
    ...{ name: 'search', version: 3 },
    views: ['search_documents', 'search_stock', 'search_venues', 'search_changes'],
    without: ['sequence'],
  },
];
const NAMES = BEFORE.map(({ name }) => name);
const versionOf = (name: string) =>
  readModels.find((readModel) => readModel.name === name)!.version;

describe('a release that finds the tables of an earlier release', () => {
  let database: FreshDatabase;
  let app: TestApp;
  let client: pg.Client;
  let anna = '';
  let show: { eventId: string; path: string };
  let reservationId = '';

  const start = async () => {
    app = await startApp('postgres', {}, {}, database);
    anna = await app.token('anna', 'customer');
  };
  const lock = (how: 'lock' | 'unlock', name: string, version = versionOf(name)) =>
    client.query(`select pg_advisory_${how}(hashtextextended($1, 0))`, [
      `projection ${name} v${version}`,
    ]);
  const serving = async () => {
    const { rows } = await client.query<{ name: string; version: number }>(
      'select name, serving_version as version from projections where name = any($1)',
      [NAMES],
    );
    return Object.fromEntries(rows.map(({ name, version }) => [name, version]));
  };
  const tablesLeft = async () => {
    const { rows } = await client.query<{ name: string }>(
      `select relname as name from pg_class where relkind in ('r', 'p')
         and relname = any($1) order by relname`,
      [BEFORE.flatMap(({ version, views }) => views.map((view) => `${view}_v${version}`))],
    );
    return rows.map(({ name }) => name);
  };
  const found = async () => (await app.ask('GET', '/v1/events?limit=10')).body.hits;

  /** Creates the database that the earlier release left. */
  async function downgrade({
    name,
    version,
    views,
    without,
  }: (typeof BEFORE)[number]): Promise<void> {
    for (const view of views) {
      const table = `${view}_v${versionOf(name)}`;
      const { rows } = await client.query<{ columns: string }>(
        `select string_agg(quote_ident(attname), ', ' order by attnum) as columns from pg_attribute
         where attrelid = $1::regclass and attnum > 0 and not attisdropped and attname <> all($2)`,
        [table, without],
      );
      await client.query(`
        drop view ${view};
        create table ${view}_v${version} as select ${rows[0]!.columns} from ${table};
        drop table ${table};
        create view ${view} as select * from ${view}_v${version}`);
    }
    await client.query(`update projection_checkpoints set version = $2 where name = $1`, [
      name,
      version,
    ]);
    await client.query(`update projections set serving_version = $2 where name = $1`, [
      name,
      version,
    ]);
  }

  beforeAll(async () => {
    database = await freshDatabase();
    await start();
    show = await onSale(app);
    ({ reservationId } = (await reserve(app, show.path, anna, { seatIds: ['A-1', 'A-2'] })).body);
    expect((await confirm(app, show.path, anna, reservationId)).status).toBe(200);
    await until(async () => (await found())?.length === 1);
    await until(async () => {
      const { body } = await app.ask('GET', `${show.path}/reservations/${reservationId}`, {
        token: anna,
      });
      return body.status === 'confirmed';
    });
    await app.close();
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
    for (const before of BEFORE) await downgrade(before);
    const index = `v${versionOf('search')}`;
    await client.query(`
      alter table event_search_${index} rename to event_search_v3;
      alter table event_search_words_${index} rename to event_search_words_v3;
      update search_index_serving set index_set = 'v3'`);
    // The new tables are not built yet.
    for (const name of NAMES) await lock('lock', name);
    // A node of the earlier release keeps running for a while.
    await lock('lock', 'payments', 1);
    await start();
  });
  afterAll(async () => {
    await app.close();
    await client.end();
    await database.drop();
  });

  it('reads the earlier tables until its own are built', async () => {
    const old = Object.fromEntries(BEFORE.map(({ name, version }) => [name, version]));
    const organizer = await app.token('olga', 'organizer');
    const operator = await app.token('otto', 'operator');
    const reads = async () => {
      const asked = [
        await app.ask('GET', show.path),
        await app.ask('GET', `${show.path}/reservations/${reservationId}`, { token: anna }),
        await app.ask('GET', '/v1/ops/payments/unresolved', { token: operator }),
        await app.ask('GET', '/v1/events?limit=10'),
      ];
      return { statuses: asked.map(({ status }) => status), bodies: asked.map(({ body }) => body) };
    };
    const before = await reads();
    expect(await serving()).toEqual(old);
    expect(before.statuses).toEqual([200, 200, 200, 200]);
    expect(before.bodies[0]).toMatchObject({
      eventId: show.eventId,
      changes: 0,
      status: 'scheduled',
    });
    expect(before.bodies[1]).toMatchObject({ status: 'confirmed' });
    expect(before.bodies[3].hits).toMatchObject([{ eventId: show.eventId }]);
    expect(await tablesLeft()).toHaveLength(7);

    for (const name of NAMES) await lock('unlock', name);
    await until(
      async () =>
        (await tablesLeft()).join() === 'payments_v1' &&
        (await serving()).payments === versionOf('payments'),
      20_000,
      () => app.get(PROJECTION_RUNNERS).map((runner) => runner.status().lastError),
    );
    expect(await serving()).toEqual(
      Object.fromEntries(NAMES.map((name) => [name, versionOf(name)])),
    );
    const after = await reads();
    expect(after.statuses).toEqual(before.statuses);
    expect(after.bodies.slice(0, 3)).toEqual(before.bodies.slice(0, 3));

    // Only the new tables can show this.
    const renamed = await app.ask('PATCH', show.path, {
      token: organizer,
      body: { name: 'Another name' },
    });
    expect(renamed.status).toBe(200);
    await until(async () => (await app.ask('GET', show.path)).body.name === 'Another name');
    await until(async () => (await found())[0]?.name === 'Another name');
    await until(async () => (await indices()).length === 1);
    const { rows } = await client.query('select index_set from search_index_serving');
    expect(rows).toEqual([{ index_set: `v${versionOf('search')}` }]);
  });

  it('drops the earlier tables once no node writes them any more', async () => {
    expect(await tablesLeft()).toEqual(['payments_v1']);
    await lock('unlock', 'payments', 1);
    await app.close();
    await start();
    await until(async () => (await tablesLeft()).length === 0);
    const { rowCount } = await client.query(
      `select from projection_checkpoints where name = 'payments'`,
    );
    expect(rowCount).toBe(1);
  });

  async function indices(): Promise<string[]> {
    const { rows } = await client.query<{ name: string }>(
      `select relname as name from pg_class where relkind = 'r' and relname ~ '^event_search_v'`,
    );
    return rows.map(({ name }) => name);
  }
});
