import { openPostgresEventStore } from '../../src/adapters/event-store/postgres/postgres.js';
import {
  AmbiguousAppend,
  EventStoreUnavailable,
  START,
  type EventStore,
} from '../../src/ports/event-store/event-store.js';
import { freshDatabase } from '../support/services/database.js';
import { numbered, numbersOf, readAll } from '../support/log/domain-events.js';
import { openFlakyPostgres, type FlakyPostgres } from '../support/log/flaky-postgres.js';

/** Milliseconds. */
const PATIENCE = 400;

describe('A Postgres that stops answering without closing its connections', () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let postgres: FlakyPostgres;
  let store: EventStore;
  beforeAll(async () => {
    database = await freshDatabase();
    postgres = await openFlakyPostgres(database.url);
  });
  afterAll(async () => {
    await postgres.close();
    await database.drop();
  });
  beforeEach(async () => {
    store = openPostgresEventStore({
      connectionString: postgres.url,
      poolSize: 3,
      appendTimeoutMs: PATIENCE,
    });
    // Every connection has answered.
    await Promise.all(Array.from({ length: 3 }, () => store.ping()));
    postgres.mute(true);
  });
  afterEach(async () => {
    postgres.mute(false);
    await store.close();
  });

  /** Returns the result, and expects it before TCP times out. */
  async function soon(work: Promise<unknown>): Promise<unknown> {
    const from = performance.now();
    const came = await work.catch((error: unknown) => error);
    expect(performance.now() - from).toBeLessThan(4 * PATIENCE);
    return came;
  }

  it('a read fails in time, on an old and on a new connection', async () => {
    for (let time = 0; time < 5; time++)
      expect(await soon(readAll(store.readStream('show-1')))).toBeInstanceOf(EventStoreUnavailable);
  });

  it(
    'an append fails in time: with an unknown outcome on an old connection, and not written on ' +
      'a new one',
    async () => {
      const events = numbered(2);
      expect(await soon(store.append('show-1', 'no-stream', events))).toBeInstanceOf(
        AmbiguousAppend,
      );
      await Promise.all([1, 2].map(() => soon(store.ping())));
      expect(await soon(store.append('show-2', 'no-stream', numbered(1)))).toBeInstanceOf(
        EventStoreUnavailable,
      );
      postgres.mute(false);
      expect(await store.append('show-1', 'no-stream', events)).toEqual({ revision: 1n });
      expect(await readAll(store.readStream('show-2'))).toEqual([]);
    },
  );

  it('a subscription continues where it stopped, as soon as the database is back', async () => {
    const ended = new AbortController();
    const batches = store.subscribe({ prefixes: ['live-'], after: START, signal: ended.signal });
    // An empty batch may come first: other tests' streams have grown.
    const firstOfOurs = async () => {
      for await (const { events } of batches) if (events.length > 0) return numbersOf(events);
      return [];
    };
    const next = firstOfOurs();
    await new Promise((resolve) => setTimeout(resolve, 2 * PATIENCE));
    postgres.mute(false);
    await store.append('live-1', 'no-stream', numbered(1));
    const from = performance.now();
    expect(await next).toEqual([0]);
    expect(performance.now() - from).toBeLessThan(5_000);
    ended.abort();
  });

  it('closing does not wait for it', async () => {
    postgres.mute(false);
    const other = openPostgresEventStore({
      connectionString: postgres.url,
      appendTimeoutMs: PATIENCE,
    });
    await other.ping();
    const { signal } = new AbortController();
    const batches = other.subscribe({ prefixes: ['nobody-'], after: START, signal });
    const next = batches[Symbol.asyncIterator]().next();
    await new Promise((resolve) => setTimeout(resolve, 50));
    postgres.mute(true);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await soon(other.close());
    await next;
  });
});
