import {
  EventStoreUnavailable,
  type EventStore,
} from '../../../src/ports/event-store/event-store.js';
import { numbered, numbersOf, readAll, until } from '../../support/log/domain-events.js';
import type { EventStoreDbNode } from '../../support/eventstoredb-node.js';
import { describeOnInTestNode } from '../../support/eventstoredb/eventstoredb-server.js';
import { openEachTime, outcome } from './eventstoredb.fixture.js';

let node: EventStoreDbNode;
let store: EventStore;
const open = openEachTime((opened) => ({ node, store } = opened));

describeOnInTestNode('an event store that cannot be reached', () => {
  it('is unavailable to appends, reads and pings, and takes them when it is back', async () => {
    await store.append('show-1', 'no-stream', numbered(1));
    await node.stop();
    // The first failure may have had something under way; after it the client asks before it sends.
    await outcome(store.append('show-1', 0n, numbered(1, 1)));
    await expect(store.append('show-1', 0n, numbered(1, 1))).rejects.toBeInstanceOf(
      EventStoreUnavailable,
    );
    await expect(readAll(store.readStream('show-1'))).rejects.toBeInstanceOf(EventStoreUnavailable);
    await expect(store.ping()).rejects.toBeInstanceOf(EventStoreUnavailable);

    await node.start();
    await until(() => node.counts.appends > 0);
    await backWithin(3_000);
    await expect(store.append('show-1', 0n, numbered(1, 1))).resolves.toEqual({ revision: 1n });
    expect(numbersOf(await readAll(store.readStream('show-1')))).toEqual([0, 1]);
  });

  it('is unavailable while the server is not ready, and nothing is written', async () => {
    node.refuseCalls(true);
    await expect(store.append('show-1', 'no-stream', numbered(1))).rejects.toBeInstanceOf(
      EventStoreUnavailable,
    );
    await expect(store.ping()).rejects.toBeInstanceOf(EventStoreUnavailable);
    expect(node.events()).toEqual([]);
    node.refuseCalls(false);
    await backWithin(3_000);
    await expect(store.append('show-1', 'no-stream', numbered(1))).resolves.toEqual({
      revision: 0n,
    });
  });

  it('is unavailable from the start when nobody listens', async () => {
    await node.stop();
    const early = open();
    await expect(early.append('show-1', 'no-stream', numbered(1))).rejects.toBeInstanceOf(
      EventStoreUnavailable,
    );
    await expect(early.ping()).rejects.toBeInstanceOf(EventStoreUnavailable);
    await early.close();
  });

  it('is unavailable once it is closed', async () => {
    await store.close();
    await expect(store.append('show-1', 'no-stream', numbered(1))).rejects.toBeInstanceOf(
      EventStoreUnavailable,
    );
    await expect(readAll(store.readStream('show-1'))).rejects.toBeInstanceOf(EventStoreUnavailable);
    await expect(store.ping()).rejects.toBeInstanceOf(EventStoreUnavailable);
  });
});

async function backWithin(ms: number): Promise<void> {
  const deadline = performance.now() + ms;
  while ((await outcome(store.ping())) !== undefined) {
    if (performance.now() > deadline)
      throw new Error(`The event store is not back after ${ms} ms.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
