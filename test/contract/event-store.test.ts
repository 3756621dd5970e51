import { openEventStoreDb } from '../../src/adapters/event-store/eventstoredb/eventstoredb.js';
import { openPostgresEventStore } from '../../src/adapters/event-store/postgres/postgres.js';
import type { EventStore } from '../../src/ports/event-store/event-store.js';
import { freshDatabase } from '../support/services/database.js';
import { openEventStoreDbServer } from '../support/eventstoredb/eventstoredb-server.js';
import { describeEventStoreContract, type EventStoreUnderTest } from './event-store.contract.js';

/** One test sends 36 MB at once, which takes long on a busy machine. */
const APPEND_TIMEOUT_MS = 20_000;

/** Every test may open stores, and close them; all of them are closed at the end. */
function underTest(open: () => EventStore, release: () => Promise<void>): EventStoreUnderTest {
  const opened: EventStore[] = [];
  const openAnother = () => {
    const store = open();
    let closed: Promise<void> | undefined;
    opened.push({ ...store, close: () => (closed ??= store.close()) });
    return opened.at(-1)!;
  };
  return {
    store: openAnother(),
    openAnother,
    async stop() {
      await Promise.all(opened.map((store) => store.close()));
      await release();
    },
  };
}

describeEventStoreContract('Postgres', async () => {
  const database = await freshDatabase();
  return underTest(
    () => openPostgresEventStore({ connectionString: database.url, poolSize: 5 }),
    () => database.drop(),
  );
});

describeEventStoreContract('EventStoreDB', async () => {
  const node = await openEventStoreDbServer();
  return underTest(
    () =>
      openEventStoreDb({
        connectionString: node.connectionString,
        appendTimeoutMs: APPEND_TIMEOUT_MS,
      }),
    () => node.close(),
  );
});

/** A real server, which must be empty. */
const realServer = process.env.TEST_EVENTSTORE_URL;
if (realServer) {
  describeEventStoreContract('EventStoreDB at TEST_EVENTSTORE_URL', () =>
    Promise.resolve(
      underTest(
        () => openEventStoreDb({ connectionString: realServer }),
        () => Promise.resolve(),
      ),
    ),
  );
}
