import {
  START,
  comparePositions,
  type EventStore,
  type RecordedEvent,
  type SubscriptionBatch,
} from '../../src/ports/event-store/event-store.js';
import {
  caughtUp,
  count,
  follow,
  newEvent,
  nextId,
  numbered,
  numbersOf,
  until,
} from '../support/log/domain-events.js';
import type { EventStoreUnderTest } from './event-store.contract.js';

/** A prefix that only this test's streams have. */
const freshPrefix = (): string => `${nextId().slice(-12)}x`;

export function describeSubscriptions(given: () => EventStoreUnderTest): void {
  describePrefixes(given);
  describeCheckpoints(given);
  describeLiveSubscriptions(given);
}

function describePrefixes(given: () => EventStoreUnderTest): void {
  it('follows the streams of its prefixes and no others', async () => {
    const { store } = given();
    const prefix = freshPrefix();
    await store.append(`${prefix}a_b-1`, 'no-stream', numbered(1, 1));
    await store.append(`${prefix}axb-1`, 'no-stream', numbered(1, 2));
    await store.append(`${prefix}%-1`, 'no-stream', numbered(1, 3));
    await store.append(`x${prefix}a_b-1`, 'no-stream', numbered(1, 4));
    await store.append(`${prefix}c-1`, 'no-stream', numbered(1, 5));

    const { events } = await follow(store, { prefixes: [`${prefix}a_b-`, `${prefix}%`] }, caughtUp);

    expect(numbersOf(events)).toEqual([1, 3]);
    expect(events.map(({ stream }) => stream)).toEqual([`${prefix}a_b-1`, `${prefix}%-1`]);
  });

  it('follows every stream by an empty prefix', async () => {
    const { store } = given();
    const stream = `${freshPrefix()}-1`;
    await store.append(stream, 'no-stream', numbered(3));
    const { events } = await follow(store, { prefixes: [''] }, caughtUp);
    expect(numbersOf(events.filter((event) => event.stream === stream))).toEqual([0, 1, 2]);
    expect(events.filter((event) => event.stream.startsWith('$'))).toEqual([]);
  });

  it('tells where it ends, and a subscription comes to there', async () => {
    const { store } = given();
    const prefix = freshPrefix();
    await store.append(`${prefix}-1`, 'no-stream', numbered(3));
    const { events } = await follow(store, { prefixes: [prefix] }, count(3));
    const end = await store.end();
    expect(comparePositions(end, events.at(-1)!.position)).toBeGreaterThanOrEqual(0);
    const all = await follow(store, { prefixes: [''] }, ({ batches }) =>
      batches.some(({ checkpoint }) => comparePositions(checkpoint, end) >= 0),
    );
    expect(all.events.some(({ position }) => comparePositions(position, end) === 0)).toBe(true);
  });

  it('keeps the order of the log over several streams, with the events of a read', async () => {
    const { store } = given();
    const prefix = freshPrefix();
    for (let at = 0; at < 10; at++) {
      const revision = BigInt(Math.floor(at / 2)) - 1n;
      await store.append(
        `${prefix}-${at % 2}`,
        revision < 0n ? 'no-stream' : revision,
        numbered(1, at),
      );
    }
    const { events } = await follow(store, { prefixes: [prefix] }, count(10));
    expect(numbersOf(events)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expectLogOrder(events);
    const read: RecordedEvent[] = [];
    for await (const event of store.readStream(`${prefix}-1`)) read.push(event);
    expect(events.filter(({ stream }) => stream === `${prefix}-1`)).toEqual(read);
  });
}

function describeCheckpoints(given: () => EventStoreUnderTest): void {
  it('resumes strictly after a position', async () => {
    const { store } = given();
    const prefix = freshPrefix();
    await store.append(`${prefix}-1`, 'no-stream', numbered(4));
    await store.append(`${prefix}-2`, 'no-stream', numbered(2, 4));
    const { events } = await follow(store, { prefixes: [prefix] }, count(6));
    for (const [at, { position }] of events.slice(0, -1).entries()) {
      const rest = await follow(store, { prefixes: [prefix], after: position }, count(5 - at));
      expect(numbersOf(rest.events)).toEqual([0, 1, 2, 3, 4, 5].slice(at + 1));
    }
  });

  it('delivers no more than its maximum batch, and has caught up only at the end', async () => {
    const { store } = given();
    const prefix = freshPrefix();
    await store.append(`${prefix}-1`, 'no-stream', numbered(50));
    const { events, batches } = await follow(store, { prefixes: [prefix], maxBatch: 7 }, caughtUp);
    expect(numbersOf(events)).toEqual([...Array(50).keys()]);
    expect(Math.max(...batches.map((batch) => batch.events.length))).toBeLessThanOrEqual(7);
    expectCheckpointsToFollow(batches);
  });

  it('goes on from the checkpoint of any batch without losing or doubling', async () => {
    const { store } = given();
    const prefix = freshPrefix();
    await store.append(`${prefix}-1`, 'no-stream', numbered(40));
    await store.append(`${prefix}other-1`, 'no-stream', numbered(40));
    const seen: number[] = [];
    let after = START;
    while (seen.length < 40) {
      const options = { prefixes: [`${prefix}-`], after, maxBatch: 9 };
      const { batches } = await follow(store, options, ({ batches }) => batches.length === 1);
      seen.push(...numbersOf(batches[0]!.events));
      after = batches[0]!.checkpoint;
    }
    expect(seen).toEqual([...Array(40).keys()]);
  });

  it('moves its checkpoint past streams that it does not follow', async () => {
    const { store } = given();
    const prefix = freshPrefix();
    await store.append(`${prefix}mine-1`, 'no-stream', numbered(1));
    for (let at = 0; at < 3_000; at += 500) {
      await store.append(`${prefix}others-${at}`, 'no-stream', numbered(500));
    }
    const options = { prefixes: [`${prefix}mine-`] };
    const { events, batches } = await follow(store, options, (followed) => {
      const [mine] = followed.events;
      return (
        mine !== undefined &&
        comparePositions(followed.batches.at(-1)!.checkpoint, mine.position) > 0
      );
    });
    expect(numbersOf(events)).toEqual([0]);
    await store.append(`${prefix}mine-1`, 0n, numbered(1, 1));
    const after = batches.at(-1)!.checkpoint;
    expect(numbersOf((await follow(store, { ...options, after }, count(1))).events)).toEqual([1]);
  });
}

function describeLiveSubscriptions(given: () => EventStoreUnderTest): void {
  it('hands over live what is appended once it has caught up', async () => {
    const { store, openAnother } = given();
    const other = openAnother();
    const prefix = freshPrefix();
    await store.append(`${prefix}-1`, 'no-stream', numbered(1));
    let told = false;
    const following = follow(store, { prefixes: [prefix] }, (followed) => {
      told ||= caughtUp(followed);
      return followed.events.length >= 31;
    });
    await until(() => told);
    for (let at = 1; at <= 30; at++) {
      await (at % 2 ? store : other).append(`${prefix}-1`, BigInt(at - 1), numbered(1, at));
    }
    const { events, batches } = await following;
    expect(numbersOf(events)).toEqual([...Array(31).keys()]);
    expect(batches.at(-1)!.caughtUp).toBe(true);
  });

  it('serves several subscriptions at once, each in its own time', async () => {
    const { store } = given();
    const prefix = freshPrefix();
    await store.append(`${prefix}-1`, 'no-stream', numbered(200));
    const followed = await Promise.all(
      [20, 50, 200, 1_000].map((maxBatch) =>
        follow(store, { prefixes: [prefix], maxBatch }, count(200)),
      ),
    );
    for (const { events } of followed) expect(numbersOf(events)).toEqual([...Array(200).keys()]);
  });

  it('loses, repeats and reorders nothing while twenty writers append from two nodes', async () => {
    const { store, openAnother } = given();
    const nodes = [store, openAnother()];
    const prefix = freshPrefix();
    const total = 20 * 40;
    const early = follow(store, { prefixes: [prefix] }, count(total));
    const late = follow(nodes[1]!, { prefixes: [prefix], maxBatch: 17 }, count(total));

    await Promise.all(
      Array.from({ length: 20 }, (_, writer) =>
        writeSteadily(nodes[writer % 2]!, `${prefix}-${writer}`),
      ),
    );

    for (const { events } of await Promise.all([early, late])) {
      expectLogOrder(events);
      for (let writer = 0; writer < 20; writer++) {
        const own = events.filter(({ stream }) => stream === `${prefix}-${writer}`);
        expect(own.map(({ revision }) => Number(revision))).toEqual([...Array(40).keys()]);
        expect(numbersOf(own)).toEqual([...Array(40).keys()]);
      }
    }
  });

  describe('ends', () => {
    it('at once when it is aborted while it waits', async () => {
      const { store } = given();
      const prefix = freshPrefix();
      await store.append(`${prefix}-1`, 'no-stream', numbered(1));
      const controller = new AbortController();
      const batches: SubscriptionBatch[] = [];
      const ended = consume(store, prefix, controller.signal, (batch) => void batches.push(batch));
      await until(() => batches.at(-1)?.caughtUp === true);
      const aborted = Date.now();
      controller.abort();
      await ended;
      expect(Date.now() - aborted).toBeLessThan(1_000);
    });

    it('before anything when it is aborted already', async () => {
      const { store } = given();
      const prefix = freshPrefix();
      await store.append(`${prefix}-1`, 'no-stream', numbered(1));
      const batches: SubscriptionBatch[] = [];
      await consume(store, prefix, AbortSignal.abort(), (batch) => void batches.push(batch));
      expect(batches).toEqual([]);
    });

    it('when its consumer stops or fails, and leaves the store usable', async () => {
      const { store } = given();
      const prefix = freshPrefix();
      await store.append(`${prefix}-1`, 'no-stream', numbered(100));
      const failing = consume(store, prefix, new AbortController().signal, () => {
        throw new Error('the projection failed');
      });
      await expect(failing).rejects.toThrow('the projection failed');
      expect(
        numbersOf((await follow(store, { prefixes: [prefix] }, count(100))).events),
      ).toHaveLength(100);
    });

    it('when the store is closed', async () => {
      const { openAnother } = given();
      const closing = openAnother();
      const prefix = freshPrefix();
      await closing.append(`${prefix}-1`, 'no-stream', [newEvent()]);
      let batches = 0;
      const ended = consume(closing, prefix, new AbortController().signal, () => void batches++);
      await until(() => batches > 0);
      await closing.close();
      await ended;
    });
  });
}

async function writeSteadily(store: EventStore, stream: string): Promise<void> {
  for (let at = 0; at < 40; at += 4) {
    await store.append(stream, at === 0 ? 'no-stream' : BigInt(at - 1), numbered(4, at));
  }
}

async function consume(
  store: EventStore,
  prefix: string,
  signal: AbortSignal,
  handle: (batch: SubscriptionBatch) => void,
): Promise<void> {
  for await (const batch of store.subscribe({ prefixes: [prefix], after: START, signal }))
    handle(batch);
}

function expectLogOrder(events: readonly RecordedEvent[]): void {
  const ordered = events.every((event, at) => {
    return at === 0 || comparePositions(events[at - 1]!.position, event.position) < 0;
  });
  expect(ordered).toBe(true);
}

/** A checkpoint lies at or after the last domain event of its batch, and never goes back. */
function expectCheckpointsToFollow(batches: readonly SubscriptionBatch[]): void {
  let last = START;
  for (const { events, checkpoint } of batches) {
    expect(comparePositions(last, checkpoint)).toBeLessThanOrEqual(0);
    if (events.length > 0)
      expect(comparePositions(events.at(-1)!.position, checkpoint)).toBeLessThanOrEqual(0);
    last = checkpoint;
  }
}
