import { openEventStoreDb } from '../../../src/adapters/event-store/eventstoredb/eventstoredb.js';
import {
  AmbiguousAppend,
  AppendTooLarge,
  EventStoreUnavailable,
  StreamDeleted,
  WrongExpectedRevision,
  type EventStore,
  type NewEvent,
} from '../../../src/ports/event-store/event-store.js';
import { newEvent, numbered, numbersOf, readAll, until } from '../../support/log/domain-events.js';
import { openEventStoreDbNode, type EventStoreDbNode } from '../../support/eventstoredb-node.js';
import { describeOnInTestNode } from '../../support/eventstoredb/eventstoredb-server.js';

/** Short, so that the tests need not wait; an append to the node takes a few milliseconds. */
const APPEND_TIMEOUT_MS = 800;
const LEADER_WAIT_MS = 300;

let node: EventStoreDbNode;
let store: EventStore;
const opened: EventStore[] = [];

function open(connectionString = node.connectionString): EventStore {
  const another = openEventStoreDb({
    connectionString,
    appendTimeoutMs: APPEND_TIMEOUT_MS,
    leaderWaitMs: LEADER_WAIT_MS,
  });
  opened.push(another);
  return another;
}

beforeEach(async () => {
  node = await openEventStoreDbNode();
  store = open();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.close()));
  await node.close();
});

const outcome = (append: Promise<unknown>): Promise<unknown> =>
  append.catch((error: unknown) => error);

/** As a writer does: the same domain events at the same revision, until it is known what became of them. */
async function retry(stream: string, events: readonly NewEvent[]): Promise<unknown> {
  for (;;) {
    const result = await outcome(store.append(stream, 'no-stream', events));
    if (!(result instanceof AmbiguousAppend || result instanceof EventStoreUnavailable))
      return result;
  }
}

describeOnInTestNode('an append that loses its connection', () => {
  it.each([
    ['before', 'before-commit' as const, 0],
    ['after', 'after-commit' as const, 2],
  ])('%s it is written is ambiguous, and safe to repeat', async (_, when, written) => {
    await store.append('other-1', 'no-stream', numbered(1));
    const events = numbered(2);
    node.dropConnectionOnAppend(when);

    await expect(store.append('show-1', 'no-stream', events)).rejects.toBeInstanceOf(
      AmbiguousAppend,
    );

    expect(node.stream('show-1')).toHaveLength(written);
    await expect(store.append('show-1', 'no-stream', events)).resolves.toEqual({ revision: 1n });
    expect(node.stream('show-1').map(({ id }) => id)).toEqual(events.map(({ id }) => id));
  });

  it('is refused when repeated after another writer took its place', async () => {
    node.dropConnectionOnAppend('before-commit');
    const mine = numbered(1);
    await expect(store.append('show-1', 'no-stream', mine)).rejects.toBeInstanceOf(AmbiguousAppend);
    node.seed('show-1', [{ type: 'SeatsBlocked', data: {} }]);
    await expect(store.append('show-1', 'no-stream', mine)).rejects.toBeInstanceOf(
      WrongExpectedRevision,
    );
  });

  it('takes all appends under way along: each is ambiguous, and repeated each is written once', async () => {
    const appends = Array.from({ length: 12 }, (_, at) => ({
      stream: `show-${at}`,
      events: numbered(3),
    }));
    await store.append('other-1', 'no-stream', numbered(1));
    node.delayAppends(100, 5);
    node.dropConnectionOnAppend('after-commit');

    const results = await Promise.all(
      appends.map(({ stream, events }) => outcome(store.append(stream, 'no-stream', events))),
    );

    // Some were written, some were not: nobody can know which, so none may be called unavailable.
    expect(results.filter((result) => result instanceof AmbiguousAppend).length).toBeGreaterThan(1);
    expect(results.filter((result) => result instanceof EventStoreUnavailable)).toEqual([]);
    for (const { stream, events } of appends)
      expect(await retry(stream, events)).toEqual({ revision: 2n });
    for (const { stream } of appends) expect(node.stream(stream)).toHaveLength(3);
  });

  it('leaves nothing behind that ends the process when a hundred more were waiting to be sent', async () => {
    const appends = Array.from({ length: 100 }, (_, at) => ({
      stream: `show-${at}`,
      events: [newEvent({ text: 'x'.repeat(50_000) })],
    }));
    await store.append('other-1', 'no-stream', numbered(1));
    node.dropConnectionOnAppend('before-commit');
    const results = await Promise.all(appends.map(({ stream, events }) => retry(stream, events)));
    expect(results).toEqual(appends.map(() => ({ revision: 0n })));
    for (const { stream } of appends) expect(node.stream(stream)).toHaveLength(1);
  });

  it('ends the appends of another store in the process, but neither that store nor the process', async () => {
    const otherNode = await openEventStoreDbNode();
    const other = open(otherNode.connectionString);
    await Promise.all(
      [store, other].map((each) => each.append('other-1', 'no-stream', numbered(1))),
    );
    const events = numbered(1);
    // The answer comes when the client has long forgotten the question.
    otherNode.delayAppends(150);
    node.dropConnectionOnAppend('before-commit');

    const results = await Promise.all([
      outcome(other.append('show-1', 'no-stream', events)),
      outcome(store.append('show-1', 'no-stream', events)),
    ]);

    for (const result of results) expect(result).toBeInstanceOf(AmbiguousAppend);
    await until(() => otherNode.stream('show-1').length === 1);
    await expect(other.append('show-1', 'no-stream', events)).resolves.toEqual({ revision: 0n });
    await expect(store.append('show-1', 'no-stream', events)).resolves.toEqual({ revision: 0n });
    await other.close();
    await otherNode.close();
  });
});

describeOnInTestNode('an append without an answer', () => {
  it('is ambiguous after its time, the next one is answered, and repeating it is safe', async () => {
    const events = numbered(2);
    node.swallowAppendAnswers();
    const started = performance.now();
    await expect(store.append('show-1', 'no-stream', events)).rejects.toBeInstanceOf(
      AmbiguousAppend,
    );
    expect(performance.now() - started).toBeGreaterThanOrEqual(APPEND_TIMEOUT_MS - 10);
    await expect(store.append('show-2', 'no-stream', numbered(1))).resolves.toEqual({
      revision: 0n,
    });
    await expect(store.append('show-1', 'no-stream', events)).resolves.toEqual({ revision: 1n });
    expect(node.counts.repeats).toBe(1);
    expect(node.stream('show-1')).toHaveLength(2);
  });

  it('may land after its repetition, and changes nothing then', async () => {
    const events = numbered(2);
    node.delayAppends(APPEND_TIMEOUT_MS + 300);
    await expect(store.append('show-1', 'no-stream', events)).rejects.toBeInstanceOf(
      AmbiguousAppend,
    );
    await expect(store.append('show-1', 'no-stream', events)).resolves.toEqual({ revision: 1n });
    await store.append('show-1', 1n, numbered(1, 2));
    await until(() => node.counts.repeats === 1);
    expect(numbersOf(await readAll(store.readStream('show-1')))).toEqual([0, 1, 2]);
  });

  it('is ambiguous too when the server ends its stream politely, and the next one gets a new stream', async () => {
    await store.append('other-1', 'no-stream', numbered(1));
    node.delayAppends(100);
    const append = outcome(store.append('show-1', 'no-stream', numbered(1)));
    await new Promise((resolve) => setTimeout(resolve, 20));
    node.endAppendStreams();
    expect(await append).toBeInstanceOf(AmbiguousAppend);
    await expect(store.append('show-2', 'no-stream', numbered(1))).resolves.toEqual({
      revision: 0n,
    });
  });
});

describeOnInTestNode('an event store that cannot be reached', () => {
  it('is unavailable to appends, reads and pings, and takes them again when it is back', async () => {
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

describeOnInTestNode('closing', () => {
  it('waits for the appends under way, and leaves those of another store alone', async () => {
    const other = open();
    node.delayAppends(150, 2);
    const appends = [
      store.append('show-1', 'no-stream', numbered(1)),
      other.append('show-2', 'no-stream', numbered(1)),
    ];
    await new Promise((resolve) => setTimeout(resolve, 30));
    await store.close();
    expect(await Promise.all(appends)).toEqual([{ revision: 0n }, { revision: 0n }]);
    await expect(other.append('show-2', 0n, numbered(1, 1))).resolves.toEqual({ revision: 1n });
  });
});

describeOnInTestNode('what the client is spared or given', () => {
  it('appends in batches also with credentials, which belong in the connection string', async () => {
    const withAccount = open(node.connectionString.replace('esdb://', 'esdb://writer:secret@'));
    await withAccount.append('show-1', 'no-stream', numbered(200));
    expect(node.counts).toMatchObject({ appends: 1, plainAppends: 0 });
  });

  it('reports a conflict by the error of the client, whatever the connection string says', async () => {
    const lenient = open(`${node.connectionString}&throwOnAppendFailure=false`);
    await lenient.append('show-1', 'no-stream', numbered(3));
    const refused = lenient.append('show-1', 0n, numbered(1));
    await expect(refused).rejects.toEqual(new WrongExpectedRevision('show-1', 0n));
  });

  it('is not refused by a server whose clock is minutes ahead', async () => {
    node.setClockAhead(5 * 60_000);
    await expect(store.append('show-1', 'no-stream', numbered(1))).resolves.toEqual({
      revision: 0n,
    });
  });

  it.each([
    ['an id that is no UUID', [{ ...newEvent(), id: 'seat-7' }]],
    ['data that is no JSON', [{ ...newEvent(), data: undefined }]],
    ['data with a bigint in it', [newEvent({ revision: 1n })]],
  ])('is never given %s', async (_, events) => {
    await expect(store.append('show-1', 'no-stream', events)).rejects.toMatchObject({
      name: 'TypeError',
    });
    await expect(store.append('show-1', 'no-stream', numbered(1))).resolves.toEqual({
      revision: 0n,
    });
  });

  it('is told when only the names of the types make an append too large for the server', async () => {
    const events = Array.from({ length: 1_000 }, () =>
      newEvent('x'.repeat(650), 'Seats'.repeat(20)),
    );
    const refused = store.append('show-1', 'no-stream', events);
    await expect(refused).rejects.toBeInstanceOf(AppendTooLarge);
    await expect(refused).rejects.toMatchObject({ limit: 1024 * 1024 });
    expect(node.events()).toEqual([]);
  });
});

describeOnInTestNode('a deleted stream', () => {
  it('is gone for good after a tombstone', async () => {
    await store.append('show-1', 'no-stream', numbered(2));
    node.deleteStream('show-1', 'tombstone');
    await expect(store.append('show-1', 1n, numbered(1, 2))).rejects.toEqual(
      new StreamDeleted('show-1'),
    );
    await expect(store.append('show-1', 'no-stream', numbered(1))).rejects.toBeInstanceOf(
      StreamDeleted,
    );
    await expect(readAll(store.readStream('show-1'))).rejects.toEqual(new StreamDeleted('show-1'));
  });

  it('reads as missing after a plain delete, and goes on at its old revision when it is written again', async () => {
    await store.append('show-1', 'no-stream', numbered(2));
    node.deleteStream('show-1');
    expect(await readAll(store.readStream('show-1'))).toEqual([]);
    await expect(store.append('show-1', 'no-stream', numbered(1, 2))).resolves.toEqual({
      revision: 2n,
    });
    const again = await readAll(store.readStream('show-1'));
    expect(again.map(({ revision }) => revision)).toEqual([2n]);
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
