import pg from 'pg';
import { openPostgresEventStore } from '../../../src/adapters/event-store/postgres/postgres.js';
import {
  START,
  comparePositions,
  type EventStore,
} from '../../../src/ports/event-store/event-store.js';
import { freshDatabase, type FreshDatabase } from '../../support/services/database.js';
import { follow, newEvent, numbered, numbersOf } from '../../support/log/domain-events.js';
import { until } from '../../support/read-side.js';
import { AHEAD, restoreByCopy, runAhead, withClient } from '../../support/log/restored-log.js';

const PREFIXES = ['show-'];
const caughtUp = ({ batches }: { batches: readonly { caughtUp: boolean }[] }) =>
  batches.at(-1)!.caughtUp;

describe('A log that was restored into a cluster with lower transaction ids', () => {
  let database: FreshDatabase;
  let stores: EventStore[];
  let messages: string[];
  const open = () => {
    const warn = (message: string) => void messages.push(message);
    stores.push(openPostgresEventStore({ connectionString: database.url, poolSize: 3, warn }));
    return stores.at(-1)!;
  };
  const close = async () =>
    void (await Promise.all(stores.splice(0).map((store) => store.close())));
  beforeEach(async () => {
    database = await freshDatabase();
    await runAhead(database.url);
    stores = [];
    messages = [];
    await open().append('show-1', 'no-stream', numbered(3));
  });
  afterEach(async () => {
    await close();
    await database.drop();
  });

  it('is read in its order, and later appends come after every checkpoint', async () => {
    await close();
    await restoreByCopy(database.url);
    const store = open();
    const before = await follow(store, { prefixes: PREFIXES }, caughtUp);
    expect(numbersOf(before.events)).toEqual([0, 1, 2]);
    expect(before.events[0]!.position.commit).toBeGreaterThan(AHEAD);

    await store.append('show-1', 2n, numbered(2, 3));
    await Promise.all(
      [open(), open()].map((other, at) =>
        other.append(`show-${2 + at}`, 'no-stream', [newEvent()]),
      ),
    );
    const after = before.batches.at(-1)!.checkpoint;
    const next = await follow(
      store,
      { prefixes: PREFIXES, after },
      ({ events }) => events.length >= 4,
    );
    expect(numbersOf(next.events.slice(0, 2))).toEqual([3, 4]);
    for (const { position } of next.events) expect(comparePositions(position, after)).toBe(1);
    expect(await store.condition()).toEqual({ state: 'ok' });
    expect(
      messages.filter((message) => message.includes('transaction ids of this Postgres cluster')),
    ).not.toEqual([]);
  });

  it('the first append on a new connection has a number above all stored ones', async () => {
    await close();
    await restoreByCopy(database.url);
    await open().append('show-1', 2n, numbered(1, 3));
    expect(await revisionsInOrder()).toEqual(['0', '1', '2', '3']);
  });

  it('is noticed by stores that are open meanwhile, whose subscriptions go on', async () => {
    const store = stores[0]!;
    const ended = new AbortController();
    const seen: number[] = [];
    const following = (async () => {
      for await (const { events } of store.subscribe({
        prefixes: PREFIXES,
        after: START,
        signal: ended.signal,
      }))
        seen.push(...numbersOf(events));
    })();
    await until(() => seen.length === 3);
    await restoreByCopy(database.url);
    await until(async () => BigInt(await baseOf()) > AHEAD);
    await store.append('show-1', 2n, numbered(1, 3));
    await until(() => seen.length === 4);
    expect(seen).toEqual([0, 1, 2, 3]);
    expect(await store.condition()).toEqual({ state: 'ok' });
    ended.abort();
    await following;
  });

  it('can be restored time and again', async () => {
    for (let time = 0n; time < 3n; time++) {
      await close();
      await restoreByCopy(database.url);
      await open().append('show-1', 2n + time, numbered(1, 3 + Number(time)));
    }
    expect(await revisionsInOrder()).toEqual(['0', '1', '2', '3', '4', '5']);
    const { events } = await follow(
      stores[0]!,
      { prefixes: PREFIXES },
      ({ events }) => events.length >= 6,
    );
    expect(numbersOf(events)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('is numbered well after a restore of data without the column’s default', async () => {
    await close();
    await restoreByCopy(database.url);
    await open().append('show-1', 2n, numbered(1, 3));
    await close();
    await withClient(database.url, (client) =>
      client.query(
        'alter table domain_events alter column transaction_id set default pg_current_xact_id()',
      ),
    );
    await open().append('show-1', 3n, numbered(1, 4));
    expect(await revisionsInOrder()).toEqual(['0', '1', '2', '3', '4']);
  });

  it('is not written to while its numbers cannot be raised, and reports this', async () => {
    await close();
    await restoreByCopy(database.url);
    const holder = new pg.Client({ connectionString: database.url });
    await holder.connect();
    await holder.query('begin; lock table domain_events in row exclusive mode');
    const store = open();
    await expect(store.append('show-1', 2n, numbered(1, 3))).rejects.toThrow(/lock timeout/);
    await holder.query('rollback');
    await holder.end();
    await until(
      async () => (await store.condition().catch(() => undefined))?.state === 'ok',
      15_000,
    );
    await store.append('show-1', 2n, numbered(1, 3));
    expect(await revisionsInOrder()).toEqual(['0', '1', '2', '3']);
  });

  it('a log whose end was lost is numbered above all that was read of it', async () => {
    const store = stores[0]!;
    const ended = new AbortController();
    const seen: number[] = [];
    const following = (async () => {
      for await (const { events } of store.subscribe({
        prefixes: PREFIXES,
        after: START,
        signal: ended.signal,
      }))
        seen.push(...numbersOf(events));
    })();
    await until(() => seen.length === 3);
    // As on a server that has not received the last commits, and has given their ids again.
    await withClient(database.url, (client) =>
      client.query(`update domain_events set transaction_id = '900000000000' where revision = 2`),
    );
    await until(() => seen.length === 4);
    await withClient(database.url, (client) =>
      client.query(`begin; delete from domain_events where revision = 2;
        update log_numbering set base = 0;
        alter table domain_events alter column transaction_id set default pg_current_xact_id();
        commit`),
    );
    await until(async () => (await baseOf()) === '900000000000');
    await store.append('show-1', 1n, numbered(1, 9));
    await until(() => seen.at(-1) === 9);
    ended.abort();
    await following;
  });

  async function baseOf(): Promise<string> {
    return withClient(database.url, async (client) => {
      const { rows } = await client.query<{ base: string }>('select base::text from log_numbering');
      return rows[0]!.base;
    });
  }

  async function revisionsInOrder(): Promise<string[]> {
    return withClient(database.url, async (client) => {
      const { rows } = await client.query<{ revision: string }>(
        `select revision::text from domain_events where stream = 'show-1'
         order by transaction_id, position`,
      );
      return rows.map(({ revision }) => revision);
    });
  }
});
