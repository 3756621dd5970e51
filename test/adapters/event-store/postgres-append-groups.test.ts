import pg from 'pg';
import { openPostgresEventStore } from '../../../src/adapters/event-store/postgres/postgres.js';
import {
  AmbiguousAppend,
  EventStoreUnavailable,
  MAX_EVENT_BYTES,
  type AppendResult,
  type EventStore,
} from '../../../src/ports/event-store/event-store.js';
import { freshDatabase, type FreshDatabase } from '../../support/services/database.js';
import { newEvent, numbered, numbersOf, readAll } from '../../support/log/domain-events.js';
import { openFlakyPostgres, type FlakyPostgres } from '../../support/log/flaky-postgres.js';

/** Milliseconds. */
const PATIENCE = 2_500;

describe('The Postgres event store writes appends to several streams together', () => {
  let database: FreshDatabase;
  let postgres: FlakyPostgres;
  let store: EventStore;
  let pool: pg.Pool;
  beforeAll(async () => {
    database = await freshDatabase();
    postgres = await openFlakyPostgres(database.url);
    store = openPostgresEventStore({
      connectionString: postgres.url,
      poolSize: 3,
      appendTimeoutMs: PATIENCE,
    });
    pool = new pg.Pool({ connectionString: database.url, max: 1 });
  });
  afterAll(async () => {
    await Promise.all([store.close(), pool.end()]);
    await postgres.close();
    await database.drop();
  });

  /**
   * How many domain events each transaction has brought to the streams of this prefix, the shortest
   * first.
   */
  const transactions = async (prefix: string): Promise<number[]> => {
    const { rows } = await pool.query<{ count: number }>(
      `select count(*)::int as count from domain_events where starts_with(stream, $1)
       group by transaction_id order by count(*)`,
      [`${prefix}-`],
    );
    return rows.map(({ count }) => count);
  };
  const names = (prefix: string, size: number) =>
    Array.from({ length: size }, (_, at) => `${prefix}-${at}`);
  const appendTo = (streams: readonly string[]): Promise<AppendResult>[] =>
    streams.map((stream) => store.append(stream, 'no-stream', numbered(1)));
  const outcomes = (appends: readonly Promise<unknown>[]): Promise<unknown[]> =>
    Promise.all(appends.map((append) => append.catch((error: unknown) => error)));

  it('the first goes at once, the others in the next transaction', async () => {
    await Promise.all(appendTo(names('together', 100)));
    expect(await transactions('together')).toEqual([1, 99]);
  });

  it('what comes while two statements are under way waits for the third', async () => {
    const early = appendTo(names('waiting', 3));
    await new Promise((resolve) => setImmediate(resolve));
    const late = appendTo(names('waitinglate', 20));
    await Promise.all([...early, ...late]);
    expect(await transactions('waiting')).toEqual([1, 2]);
    expect(await transactions('waitinglate')).toEqual([20]);
  });

  it('no transaction is longer than the longest append may be', async () => {
    const text = 'x'.repeat(MAX_EVENT_BYTES - 1_000);
    await Promise.all(
      names('long', 10).map((stream) => store.append(stream, 'no-stream', [newEvent({ text })])),
    );
    expect(Math.max(...(await transactions('long')))).toBe(3);
  });

  it('appends to one stream keep their order, in a transaction each', async () => {
    const ordered = Promise.all([
      store.append('order-1', 'no-stream', numbered(1)),
      store.append('order-1', 0n, numbered(1, 1)),
      store.append('order-1', 1n, numbered(1, 2)),
    ]);
    await Promise.all([...appendTo(names('other', 10)), ordered]);
    expect(numbersOf(await readAll(store.readStream('order-1')))).toEqual([0, 1, 2]);
    expect(await transactions('order')).toEqual([1, 1, 1]);
  });

  it('one that Postgres does not take is refused alone', async () => {
    const bad = { ...newEvent(), id: 'not a uuid' };
    const appends = appendTo(names('spoilt', 20));
    const refused = store.append('spoilt-bad', 'no-stream', [bad]);
    appends.push(...appendTo(names('spoiltlater', 20)));
    await expect(refused).rejects.toBeInstanceOf(EventStoreUnavailable);
    await expect(Promise.all(appends)).resolves.toHaveLength(40);
    expect(await readAll(store.readStream('spoilt-bad'))).toEqual([]);
  });

  it.each(['drop-before-commit', 'drop-after-commit', 'swallow'] as const)(
    'nobody of a group knows what became of it after %s, and all may ask again',
    async (kind) => {
      const streams = names(`fault-${kind}`, 30);
      const events = streams.map(() => numbered(2));
      const appendAll = () =>
        streams.map((stream, at) => store.append(stream, 'no-stream', events[at]!));
      postgres.disturb({ kind }, 2);

      for (const outcome of await outcomes(appendAll()))
        expect(outcome).toBeInstanceOf(AmbiguousAppend);
      await Promise.all(appendAll());

      for (const stream of streams) {
        expect(numbersOf(await readAll(store.readStream(stream)))).toEqual([0, 1]);
      }
    },
  );

  it('those that had no turn in time are known not to be written', async () => {
    postgres.disturb({ kind: 'swallow' }, 2);
    const sent = appendTo(names('sent', 5));
    await new Promise((resolve) => setImmediate(resolve));
    const unsent = appendTo(names('unsent', 5));
    for (const outcome of await outcomes(unsent))
      expect(outcome).toBeInstanceOf(EventStoreUnavailable);
    for (const outcome of await outcomes(sent)) expect(outcome).toBeInstanceOf(AmbiguousAppend);
    expect(await transactions('unsent')).toEqual([]);
    await Promise.all(appendTo(names('again', 5)));
  });
});
