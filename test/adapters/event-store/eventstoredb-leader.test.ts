import { openEventStoreDb } from '../../../src/adapters/event-store/eventstoredb/eventstoredb.js';
import {
  AmbiguousAppend,
  EventStoreUnavailable,
  START,
  type EventStore,
} from '../../../src/ports/event-store/event-store.js';
import { numbered, numbersOf, readAll, until } from '../../support/log/domain-events.js';
import {
  openEventStoreDbCluster,
  type EventStoreDbCluster,
} from '../../support/eventstoredb/eventstoredb-cluster.js';
import { openEventStoreDbNode, type EventStoreDbNode } from '../../support/eventstoredb-node.js';
import { describeOnInTestNode } from '../../support/eventstoredb/eventstoredb-server.js';
import { outcome } from './eventstoredb.fixture.js';

describeOnInTestNode('A cluster of EventStoreDB whose leader changes', () => {
  let former: EventStoreDbNode;
  let leader: EventStoreDbNode;
  let store: EventStore;
  beforeEach(async () => {
    former = await openEventStoreDbNode();
    leader = await openEventStoreDbNode();
    store = openEventStoreDb({ connectionString: former.connectionString });
  });
  afterEach(async () => {
    await store.close();
    await former.close();
    await leader.close();
  });

  const seed = (node: EventStoreDbNode, count: number) =>
    node.seed(
      'show-1',
      numbered(count).map(({ type, data, metadata }) => ({ type, data, metadata })),
    );
  it('a stream is read as the leader has it, although the first node lags behind', async () => {
    seed(former, 1);
    seed(leader, 3);
    former.follow(leader);
    expect(numbersOf(await readAll(store.readStream('show-1')))).toEqual([0, 1, 2]);
    expect(numbersOf(await readAll(store.readStream('show-1', { from: 1n, maxCount: 1 })))).toEqual(
      [1],
    );
  });

  it('so is one that was read before, from the node that led then', async () => {
    seed(former, 2);
    seed(leader, 2);
    expect(await readAll(store.readStream('show-1'))).toHaveLength(2);
    former.follow(leader);
    seed(leader, 1);
    expect(await readAll(store.readStream('show-1'))).toHaveLength(3);
  });

  it('nodes that send to each other are no event store', async () => {
    former.follow(leader);
    leader.follow(former);
    const started = performance.now();
    await expect(readAll(store.readStream('show-1'))).rejects.toThrow(EventStoreUnavailable);
    const waited = performance.now() - started;
    expect(waited).toBeGreaterThan(4_800);
    // The wait counts from the first failure: nobody else waits that long in the same outage.
    await expect(store.append('show-1', 'no-stream', numbered(1))).rejects.toThrow(
      EventStoreUnavailable,
    );
    expect(performance.now() - started - waited).toBeLessThan(2_000);
  });

  it('an append sent away is known to be unwritten; the next goes to the leader', async () => {
    const impatient = openEventStoreDb({
      connectionString: former.connectionString,
      leaderWaitMs: 0,
    });
    await impatient.append('other-1', 'no-stream', numbered(1));
    former.follow(leader);
    const events = numbered(2);
    await expect(impatient.append('show-1', 'no-stream', events)).rejects.toThrow(
      EventStoreUnavailable,
    );
    await expect(impatient.append('show-1', 'no-stream', events)).resolves.toEqual({
      revision: 1n,
    });
    await impatient.close();
    expect(leader.stream('show-1').map(({ id }) => id)).toEqual(events.map(({ id }) => id));
  });

  it('an append that is sent away goes to the leader by itself', async () => {
    await store.append('other-1', 'no-stream', numbered(1));
    former.follow(leader);
    await expect(store.append('show-1', 'no-stream', numbered(2))).resolves.toEqual({
      revision: 1n,
    });
    expect(leader.stream('show-1')).toHaveLength(2);
  });

  it('many in flight are ambiguous, and each is written once when repeated', async () => {
    await store.append('other-1', 'no-stream', numbered(1));
    former.delayAppends(100, 4);
    const appends = Array.from({ length: 4 }, (_, at) => ({
      stream: `show-${at}`,
      events: numbered(2),
    }));
    const results = appends.map(({ stream, events }) =>
      outcome(store.append(stream, 'no-stream', events)),
    );
    await new Promise((resolve) => setTimeout(resolve, 30));
    former.follow(leader);
    results.push(outcome(store.append('show-4', 'no-stream', numbered(1))));
    for (const result of await Promise.all(results)) expect(result).toBeInstanceOf(AmbiguousAppend);
    for (const { stream, events } of appends) {
      expect(await store.append(stream, 'no-stream', events)).toEqual({ revision: 1n });
      expect(leader.stream(stream)).toHaveLength(2);
    }
  });
});

describeOnInTestNode('A cluster of three nodes whose leader dies', () => {
  let cluster: EventStoreDbCluster;
  let store: EventStore;
  beforeEach(async () => {
    cluster = await openEventStoreDbCluster();
    store = openEventStoreDb({ connectionString: cluster.connectionString });
  });
  afterEach(async () => {
    await store.close();
    await cluster.close();
  });

  it('takes appends and reads under a new leader; subscriptions continue', async () => {
    await store.append('show-1', 'no-stream', numbered(3));
    const ended = new AbortController();
    const seen: number[] = [];
    const following = (async () => {
      const options = { prefixes: ['show-'], after: START, signal: ended.signal };
      for await (const { events } of store.subscribe(options)) seen.push(...numbersOf(events));
    })();
    await until(() => seen.length === 3);
    const dying = cluster.killLeader().then(() => performance.now());
    await new Promise((resolve) => setTimeout(resolve, 100));
    const done: number[] = [];
    const timed = async <T>(call: Promise<T>): Promise<T> => {
      const result = await call;
      done.push(performance.now());
      return result;
    };
    // The first may be under way when its connection breaks; from then on it is known to be unsent.
    await outcome(store.append('show-9', 'no-stream', numbered(1)));
    const results = await Promise.all([
      timed(store.append('show-1', 2n, numbered(2, 3))),
      timed(readAll(store.readStream('show-1')).then(numbersOf)),
      ...Array.from({ length: 60 }, (_, at) =>
        timed(store.append(`other-${at}`, 'no-stream', numbered(1))),
      ),
    ]);
    expect(results.slice(0, 1)).toEqual([{ revision: 4n }]);
    const electedAt = await dying;
    const startedAt = performance.now();
    await until(() => seen.includes(4));
    done.push(performance.now());
    const latest = Math.max(...done) - electedAt;
    const found = Math.round(latest);
    const later = Math.round(performance.now() - startedAt);
    console.info(`found ${found} ms after the election, subscription ${later} ms later`);
    expect(latest).toBeLessThan(5_000);
    expect(await store.ping()).toBeUndefined();
    ended.abort();
    await following;
  });
});
