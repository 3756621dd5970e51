import { collectArrivals } from '../../../src/adapters/event-store/eventstoredb/arrivals.js';
import { openEventStoreDb } from '../../../src/adapters/event-store/eventstoredb/eventstoredb.js';
import {
  EventStoreForbidden,
  EventStoreUnsupported,
  LogWentBack,
  START,
  type EventStore,
  type RecordedEvent,
} from '../../../src/ports/event-store/event-store.js';
import {
  caughtUp,
  count,
  follow,
  newEvent,
  numbered,
  readAll,
  until,
} from '../../support/log/domain-events.js';
import { openEventStoreDbNode, type EventStoreDbNode } from '../../support/eventstoredb-node.js';
import { describeOnInTestNode } from '../../support/eventstoredb/eventstoredb-server.js';

let node: EventStoreDbNode;
let store: EventStore;
let logged: string[];

beforeEach(async () => {
  node = await openEventStoreDbNode();
  logged = [];
  store = openEventStoreDb({
    connectionString: node.connectionString.replace('esdb://', 'esdb://shop:secret@'),
    warn: (message) => logged.push(message),
  });
});
afterEach(async () => {
  await store.close();
  await node.close();
});

let received = 0;
async function consume(signal: AbortSignal): Promise<void> {
  received = 0;
  for await (const { events } of store.subscribe({ prefixes: ['show-'], after: START, signal })) {
    received += events.length;
  }
}

describeOnInTestNode('a log that went back', () => {
  /**
   * The subscription of a consumer that has read everything, on a server that now has `left` of its
   * records.
   */
  const reopened = async (left: number) => {
    node.seed('show-1', numbered(10));
    const { batches } = await follow(store, { prefixes: ['show-'] }, count(10));
    const after = batches.at(-1)!.checkpoint;
    await node.restore(node.size() - 10 + left);
    return { after, following: follow(store, { prefixes: ['show-'], after }, count(1)) };
  };

  it('ends a subscription from beyond its end', async () => {
    const { following } = await reopened(4);
    await expect(following).rejects.toThrow(LogWentBack);
    await expect(following).rejects.toThrow('the log ends at');
  });

  it('ends a subscription from the middle of a record', async () => {
    const { following } = await reopened(4);
    // Longer records than before: the position lies inside one of them.
    node.seed('show-2', [newEvent({ text: 'x'.repeat(50_000) })]);
    await expect(following).rejects.toThrow(LogWentBack);
    await expect(following).rejects.toThrow('fails at that position');
  });

  it('ends a subscription that gets a domain event from before its position', async () => {
    // Reading the end of the log does not detect this: the log has grown to the same length before.
    const arrivals = collectArrivals({ commit: 500n, prepare: 500n }, 10);
    const event = (position: bigint) => ({
      stream: 'show-1',
      revision: 3n,
      type: 'SeatsBlocked',
      position: { commit: position, prepare: position },
    });
    const add = (position: bigint) =>
      arrivals.add({ ...event(position), recordedAt: 0 } as RecordedEvent);
    expect(() => add(400n)).toThrow(LogWentBack);
    expect(() => add(500n)).toThrow('domain event 3 of show-1 arrived at 500/500');
    add(501n);
    expect(() => add(501n)).toThrow(LogWentBack);
    expect(arrivals.take().events).toHaveLength(1);
  });

  it('ends an open subscription when the server returns with a shorter log', async () => {
    node.seed('show-1', numbered(10));
    let batches = 0;
    const following = follow(store, { prefixes: ['show-'] }, () => (batches++, false));
    await until(() => batches > 0);
    await node.restore(node.size() - 3);
    await expect(following).rejects.toThrow(LogWentBack);
  });

  it('is not seen in one that ends at the last record read or just after it', async () => {
    node.seed('show-1', numbered(10));
    const { batches } = await follow(store, { prefixes: ['show-'] }, caughtUp);
    const last = batches.at(-1)!.checkpoint;
    node.dropConnections();
    for (const after of [last, { commit: node.end(), prepare: node.end() }]) {
      const following = follow(store, { prefixes: ['show-'], after }, caughtUp);
      expect((await following).events).toEqual([]);
    }
  });
});

describeOnInTestNode('an account without permission', () => {
  it('to read the log is named with what it lacks, and logged once', async () => {
    node.seed('show-1', numbered(1));
    node.deny('permission-denied');
    const expected =
      'The account "shop" may not read $all, which EventStoreDB allows only to members of $admins';
    expect(await store.condition()).toEqual({
      state: 'forbidden',
      cause: expect.stringContaining(expected),
    });
    await expect(store.end()).rejects.toThrow(EventStoreForbidden);
    const controller = new AbortController();
    const following = consume(controller.signal);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(logged).toEqual([expect.stringContaining(expected)]);
    node.deny(undefined);
    await until(() => received === 1);
    expect(logged.slice(1)).toEqual(['subscription is open again']);
    expect(await store.condition()).toEqual({ state: 'ok' });
    controller.abort();
    await following;
  });

  it('to log in is named too, for the log, a stream and an append', async () => {
    node.deny('unauthenticated');
    const expected = 'The account "shop" cannot log in to EventStoreDB';
    expect(await store.condition()).toMatchObject({
      state: 'forbidden',
      cause: expect.stringContaining(expected),
    });
    const attempts = [
      readAll(store.readStream('show-1')),
      store.append('show-1', 'no-stream', numbered(1)),
    ];
    for (const attempt of attempts) {
      await expect(attempt).rejects.toThrow(EventStoreForbidden);
      await expect(attempt).rejects.toThrow(expected);
    }
  });
});

describeOnInTestNode('the version of the server', () => {
  it.each(['22.10.5', '23.6.0', undefined])('%s is refused', async (version) => {
    const old = await openEventStoreDbNode({ version });
    const toOld = openEventStoreDb({ connectionString: old.connectionString });
    await expect(toOld.condition()).rejects.toThrow(EventStoreUnsupported);
    await expect(toOld.condition()).rejects.toThrow(
      `23.10 or later is required. The server reports version ${version ?? 'unknown'}`,
    );
    await toOld.close();
    await old.close();
  });

  it.each(['23.10.0', '24.10.1', '25.0.0-rc.1'])('%s is accepted', async (version) => {
    const recent = await openEventStoreDbNode({ version });
    const toRecent = openEventStoreDb({ connectionString: recent.connectionString });
    expect(await toRecent.condition()).toEqual({ state: 'ok' });
    await toRecent.close();
    await recent.close();
  });
});
