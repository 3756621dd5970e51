import {
  AmbiguousAppend,
  EventStoreUnavailable,
  WrongExpectedRevision,
  type EventStore,
  type NewEvent,
} from '../../../src/ports/event-store/event-store.js';
import { newEvent, numbered, numbersOf, readAll, until } from '../../support/log/domain-events.js';
import { openEventStoreDbNode, type EventStoreDbNode } from '../../support/eventstoredb-node.js';
import { describeOnInTestNode } from '../../support/eventstoredb/eventstoredb-server.js';
import { APPEND_TIMEOUT_MS, openEachTime, outcome } from './eventstoredb.fixture.js';

let node: EventStoreDbNode;
let store: EventStore;
const open = openEachTime((opened) => ({ node, store } = opened));

/**
 * As a writer does: the same domain events at the same revision, until it is known what became of
 * them.
 */
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

  it('makes all appends in flight ambiguous, and each is written once when repeated', async () => {
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

  it('does not end the process when a hundred more were waiting to be sent', async () => {
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

  it('leaves the appends of another store alone', async () => {
    const otherNode = await openEventStoreDbNode();
    const other = open(otherNode.connectionString);
    await Promise.all(
      [store, other].map((each) => each.append('other-1', 'no-stream', numbered(1))),
    );
    const events = numbered(1);
    // Answered after the stream of the first store has failed.
    otherNode.delayAppends(150);
    node.dropConnectionOnAppend('before-commit');

    const [others, own] = await Promise.all([
      outcome(other.append('show-1', 'no-stream', events)),
      outcome(store.append('show-1', 'no-stream', events)),
    ]);

    expect(others).toEqual({ revision: 0n });
    expect(own).toBeInstanceOf(AmbiguousAppend);
    await expect(store.append('show-1', 'no-stream', events)).resolves.toEqual({ revision: 0n });
    await other.close();
    await otherNode.close();
  });
});

describeOnInTestNode('an append without an answer', () => {
  it('is ambiguous after its time; the next is answered, and a repetition is safe', async () => {
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

  it('is ambiguous when the server ends its stream; the next gets a new stream', async () => {
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
