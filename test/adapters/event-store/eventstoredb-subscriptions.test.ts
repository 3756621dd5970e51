import { openEventStoreDb } from '../../../src/adapters/event-store/eventstoredb/eventstoredb.js';
import {
  EventStoreUnavailable,
  START,
  type EventStore,
  type SubscriptionBatch,
  type SubscriptionStats,
} from '../../../src/ports/event-store/event-store.js';
import {
  caughtUp,
  count,
  follow,
  numbered,
  numbersOf,
  readAll,
  until,
} from '../../support/log/domain-events.js';
import { openEventStoreDbNode, type EventStoreDbNode } from '../../support/eventstoredb-node.js';
import { describeOnInTestNode } from '../../support/eventstoredb/eventstoredb-server.js';

let node: EventStoreDbNode;
let store: EventStore;
let logged: string[];
let stats: SubscriptionStats;

beforeEach(async () => {
  node = await openEventStoreDbNode();
  logged = [];
  stats = { consumerTooSlow: 0 };
  store = openEventStoreDb({
    connectionString: node.connectionString.replace('esdb://', 'esdb://shop:secret@'),
    leaderWaitMs: 300,
    stats,
    warn: (message) => logged.push(message),
  });
});
afterEach(async () => {
  await store.close();
  await node.close();
});

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const upTo = (end: number): number[] => [...Array(end).keys()];

/** A repeatable row of numbers from 0 up to `below`. */
function* randomNumbers(seed: number, below: number): Generator<number> {
  for (let state = seed; ; state = (state * 1_103_515_245 + 12_345) % 2 ** 31)
    yield (state >> 8) % below;
}

/** Writes domain events over ten streams, a few at a time, as fast as a subscription takes them. */
async function flow(total: number, perTurn: number): Promise<void> {
  for (let at = 0; at < total; at += perTurn) {
    node.seed(`show-${(at / perTurn) % 10}`, numbered(perTurn, at));
    if (at % 3 === 0) node.seed('$stats-1', [{ type: '$statsCollected', data: {} }]);
    await sleep(1);
  }
}

describeOnInTestNode('a subscription that is cut', () => {
  it.each([
    ['with an error', ['unavailable' as const]],
    ['politely', ['gracefully' as const]],
    ['with its connection', ['connection' as const]],
    ['in every way', ['unavailable' as const, 'gracefully' as const, 'connection' as const]],
  ])('%s at random moments of 2,000 domain events loses and doubles none', async (_, ways) => {
    const random = randomNumbers(2026, 160);
    let cuts = 0;
    let nextCut = 40;
    let cutting: Promise<void> | undefined;
    const cut = async () => {
      await sleep(random.next().value % 10);
      node.cutSubscriptions(ways[cuts++ % ways.length]!);
    };
    const writing = flow(2_000, 10);
    const { events } = await follow(store, { prefixes: ['show-'], maxBatch: 50 }, ({ events }) => {
      if (events.length >= nextCut) {
        cutting = cut();
        nextCut = events.length + 20 + random.next().value;
      }
      return events.length >= 2_000;
    });
    await Promise.all([writing, cutting]);

    expect(numbersOf(events)).toEqual(upTo(2_000));
    expect(cuts).toBeGreaterThan(10);
    expect(logged.length).toBeGreaterThan(10);
  });

  it('continues after the batch of its consumer once that consumer asks for the next', async () => {
    node.seed('show-1', numbered(30));
    const seen: number[][] = [];
    const { batches } = await follow(
      store,
      { prefixes: ['show-'], maxBatch: 10 },
      ({ batches, events }) => {
        const [batch] = batches.slice(-1);
        if (batch!.events.length > 0) seen.push(numbersOf(batch!.events));
        if (seen.length === 2) node.cutSubscriptions('unavailable');
        return events.length >= 30;
      },
    );
    expect(seen.flat()).toEqual(upTo(30));
    expect(batches.at(-1)!.checkpoint).toEqual(batches.at(-1)!.events.at(-1)!.position);
  });

  it('hands the batch over again to a consumer that failed with it', async () => {
    node.seed('show-1', numbered(10));
    const first: SubscriptionBatch[] = [];
    for await (const batch of store.subscribe({
      prefixes: ['show-'],
      after: START,
      maxBatch: 4,
      signal: new AbortController().signal,
    })) {
      first.push(batch);
      if (first.length === 2) break;
    }
    // Nobody promises full batches: how many came first is the server's affair.
    const unread = upTo(10).slice(first[0]!.events.length);
    const after = first[0]!.checkpoint;
    const { events } = await follow(store, { prefixes: ['show-'], after }, count(unread.length));
    expect(first[0]!.events.length).toBeGreaterThan(0);
    expect(numbersOf(events)).toEqual(unread);
  });

  it('is opened again when the server comes back', async () => {
    node.seed('show-1', numbered(5));
    const following = follow(store, { prefixes: ['show-'] }, count(8));
    await until(() => node.openSubscriptions() === 1);
    await node.stop();
    node.seed('show-1', numbered(3, 5));
    await sleep(1_200);
    await node.start();
    expect(numbersOf((await following).events)).toEqual(upTo(8));
  });

  it('is opened with pauses that grow while the server refuses it', async () => {
    node.refuseCalls(true);
    const controller = new AbortController();
    const following = consume(controller.signal);
    await sleep(1_500);
    // 50, 100, 200, 400 and 800 ms, each give or take a quarter.
    expect(node.counts.refused).toBeGreaterThanOrEqual(3);
    expect(node.counts.refused).toBeLessThanOrEqual(7);
    expect(logged).toEqual([expect.stringContaining('Server Is Not Ready')]);
    node.refuseCalls(false);
    node.seed('show-1', numbered(1));
    await until(() => received === 1);
    expect(logged.slice(1)).toEqual(['subscription is open again']);
    controller.abort();
    await following;
  });

  it('leaves nothing behind that ends the process when its consumer has gone', async () => {
    node.seed('show-1', numbered(2_000));
    for (let round = 0; round < 5; round++) {
      await follow(store, { prefixes: ['show-'], maxBatch: 10 }, count(20));
      for await (const event of store.readStream('show-1')) if (event.revision === 3n) break;
    }
    node.dropConnections();
    await sleep(50);
    node.cutSubscriptions('unavailable');
    expect(await readAll(store.readStream('show-1'))).toHaveLength(2_000);
    await until(() => node.openSubscriptions() === 0);
  });
});

let received = 0;
async function consume(signal: AbortSignal): Promise<void> {
  received = 0;
  for await (const { events } of store.subscribe({ prefixes: ['show-'], after: START, signal })) {
    received += events.length;
  }
}

/** Returns the number of domain events sent, once the node sends no more. */
async function deliveredAtAStandstill(): Promise<number> {
  for (let before = -1; ; await sleep(300)) {
    if (node.counts.delivered === before) return before;
    before = node.counts.delivered;
  }
}

describeOnInTestNode('a subscription', () => {
  it('holds the server back while its consumer lags', async () => {
    node.seed('show-1', numbered(20_000));
    let held = 0;
    const controller = new AbortController();
    const seen: number[] = [];
    const options = { prefixes: ['show-'], after: START, maxBatch: 100, signal: controller.signal };
    for await (const { events } of store.subscribe(options)) {
      seen.push(...numbersOf(events));
      if (held === 0) held = await deliveredAtAStandstill();
      if (seen.length >= 3_000) controller.abort();
    }
    // What the batch, the client and both ends of the connection may hold.
    expect(held).toBeLessThan(5_000);
    expect(seen.slice(0, 3_000)).toEqual(upTo(3_000));
  });

  it('has caught up with a log that has nothing for it', async () => {
    node.seed('payment-1', numbered(100));
    const { batches } = await follow(store, { prefixes: ['show-'] }, caughtUp);
    expect(batches).toEqual([{ events: [], checkpoint: START, caughtUp: true }]);
  });

  it('has not caught up while a server that is held up falls silent', async () => {
    node.seed('show-1', numbered(40));
    node.seed('other-1', numbered(5));
    node.stallSubscriptions(150);
    const { events } = await follow(store, { prefixes: ['show-'] }, caughtUp);
    expect(numbersOf(events)).toEqual(upTo(40));
  });

  it('catches up also while others never stop writing', async () => {
    node.seed('show-1', numbered(3_000));
    let writing = true;
    const writer = (async () => {
      for (let at = 3_000; writing; at++) {
        node.seed('show-1', numbered(1, at));
        await sleep(2);
      }
    })();
    const { events } = await follow(store, { prefixes: ['show-'] }, caughtUp);
    writing = false;
    await writer;
    expect(events.length).toBeGreaterThan(3_000);
    expect(numbersOf(events)).toEqual(upTo(events.length));
  });

  it('keeps silent about the records of the server, of deleted streams too', async () => {
    node.seed('show-1', numbered(2));
    node.seed('show-2', numbered(2, 2));
    node.deleteStream('show-1', 'tombstone');
    node.deleteStream('show-2');
    node.seed('show-3', numbered(1, 4));
    const { events } = await follow(store, { prefixes: ['show-'] }, caughtUp);
    expect(numbersOf(events)).toEqual([0, 1, 2, 3, 4]);
    const { events: all } = await follow(store, { prefixes: [''] }, caughtUp);
    expect(numbersOf(all)).toEqual([0, 1, 2, 3, 4]);
  });

  it('needs a prefix', async () => {
    await expect(follow(store, { prefixes: [] }, caughtUp)).rejects.toBeInstanceOf(RangeError);
  });
});

describeOnInTestNode('the end of the log', () => {
  it('is behind whatever the event store has written for itself since', async () => {
    expect(await store.end()).toEqual(START);
    node.seed('$stats-1', [{ type: '$statsCollected', data: {} }]);
    expect(await store.end()).toEqual(START);
    node.seed('show-1', numbered(2));
    const { position } = node.events().at(-1)!;
    node.seed('$stats-1', [
      { type: '$statsCollected', data: {} },
      { type: '$statsCollected', data: {} },
    ]);
    expect(await store.end()).toEqual({ commit: position, prepare: position });
  });

  it('is not known of an event store that is away', async () => {
    await node.close();
    await expect(store.end()).rejects.toThrow(EventStoreUnavailable);
    node = await openEventStoreDbNode();
  });
});

describeOnInTestNode('a live subscription whose server keeps too few domain events for it', () => {
  it('is opened again at once, without a warning, counted, and loses nothing', async () => {
    let batches = 0;
    const following = follow(
      store,
      { prefixes: ['show-'] },
      ({ events }) => (batches++, events.length >= 2_560),
    );
    await until(() => batches > 0);
    const startedAt = performance.now();
    // As large as our appends get.
    for (let at = 0; at < 20; at++) {
      const before = node.counts.tooSlow;
      node.seed('show-1', numbered(128, 128 * at));
      if (at < 19)
        await until(() => node.counts.tooSlow > before && node.counts.delivered >= 128 * (at + 1));
      await sleep(20);
    }
    const { events } = await following;
    expect(numbersOf(events)).toEqual(upTo(2_560));
    expect(stats.consumerTooSlow).toBeGreaterThanOrEqual(19);
    expect(stats.consumerTooSlow).toBe(node.counts.tooSlow);
    expect(logged).toEqual([]);
    // With pauses of 50, 100, 200 … up to 1,000 ms it would be over 14 s.
    expect(performance.now() - startedAt).toBeLessThan(8_000);
  });
});
