import {
  AppendTooLarge,
  MAX_APPEND_BYTES,
  MAX_EVENT_BYTES,
  WrongExpectedRevision,
  comparePositions,
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
} from '../../src/ports/event-store/event-store.js';
import { newEvent, nextId, numbered, numbersOf, readAll } from '../support/log/domain-events.js';
import { describeManyStreams } from './event-store-groups.contract.js';
import { describeSubscriptions } from './event-store-subscriptions.contract.js';

/** An event store with nothing in it but what the suite puts there. */
export interface EventStoreUnderTest {
  store: EventStore;
  /** Another node's view of the same log. */
  openAnother(): EventStore;
  /** Closes what `openAnother` and this have opened. */
  stop(): Promise<void>;
}

/** Tests of every adapter of the port. */
export function describeEventStoreContract(
  name: string,
  makeStore: () => Promise<EventStoreUnderTest>,
): void {
  describe(`event store: ${name}`, () => {
    let underTest: EventStoreUnderTest;
    beforeAll(async () => {
      underTest = await makeStore();
    });
    afterAll(() => underTest?.stop());

    describeAppends(() => underTest);
    describeConflicts(() => underTest);
    describeRepetitions(() => underTest);
    describeManyStreams(() => underTest);
    describeReads(() => underTest);
    describeSubscriptions(() => underTest);

    it('answers a ping', async () => {
      await expect(underTest.store.ping()).resolves.toBeUndefined();
    });
  });
}

let streams = 0;
export const freshStream = (category = 'seatInventory'): string => `${category}-${++streams}`;

function describeAppends(given: () => EventStoreUnderTest): void {
  it('gives back what was appended', async () => {
    const { store } = given();
    const stream = freshStream();
    const seats = {
      seatIds: ['Loge 3 · Reihe Ä', '座席-七', '🎭'],
      price: 1250,
      note: null,
      nested: [{ deep: [[]] }],
    };
    const events = [
      newEvent(seats, 'SeatsReserved'),
      newEvent('only text', 'SeatsBlocked'),
      newEvent([1, 'two']),
    ];

    const result = await store.append(stream, 'no-stream', events);

    expect(result).toEqual({ revision: 2n });
    const recorded = await readAll(store.readStream(stream));
    expect(recorded).toEqual(
      events.map((event, at) => ({
        ...event,
        stream,
        revision: BigInt(at),
        recordedAt: expect.any(Number),
        position: { commit: expect.any(BigInt), prepare: expect.any(BigInt) },
      })),
    );
    expect(Math.abs(recorded[0]!.recordedAt - Date.now())).toBeLessThan(60_000);
    expect(comparePositions(recorded[0]!.position, recorded[1]!.position)).toBe(-1);
  });

  it('continues a stream at its last revision', async () => {
    const { store } = given();
    const stream = freshStream();
    const first = await store.append(stream, 'no-stream', numbered(3));
    const second = await store.append(stream, first.revision, numbered(500, 3));
    const third = await store.append(stream, second.revision, numbered(1, 503));
    expect(third).toEqual({ revision: 503n });
    expect(numbersOf(await readAll(store.readStream(stream)))).toEqual([...Array(504).keys()]);
  });

  it('changes nothing by an append of nothing', async () => {
    const { store } = given();
    const stream = freshStream();
    await store.append(stream, 'no-stream', numbered(1));
    await expect(store.append(stream, 0n, [])).resolves.toEqual({ revision: 0n });
    expect(await readAll(store.readStream(stream))).toHaveLength(1);
  });

  describe('the size of what is appended', () => {
    const padding = (bytes: number): NewEvent => {
      const empty = newEvent({ text: '' });
      const taken =
        Buffer.byteLength(JSON.stringify(empty.data)) +
        Buffer.byteLength(JSON.stringify(empty.metadata));
      // Three bytes a letter: bytes are counted, not letters.
      const text = '座'.repeat((bytes - taken) / 3);
      return { ...empty, data: { text: text + 'x'.repeat(bytes - taken - 3 * text.length) } };
    };
    const thirds = Array.from({ length: 3 }, () => MAX_EVENT_BYTES);

    it.each([
      ['one domain event', [MAX_EVENT_BYTES]],
      ['all of an append', [...thirds, MAX_APPEND_BYTES - 3 * MAX_EVENT_BYTES]],
    ])('takes %s up to the limit', async (_, sizes) => {
      const { store } = given();
      const stream = freshStream();
      const events = sizes.map(padding);
      await store.append(stream, 'no-stream', events);
      expect((await readAll(store.readStream(stream))).map(({ data }) => data)).toEqual(
        events.map(({ data }) => data),
      );
    });

    it.each([
      ['one domain event', [10, MAX_EVENT_BYTES + 1], MAX_EVENT_BYTES],
      [
        'all of an append',
        [...thirds, MAX_APPEND_BYTES - 3 * MAX_EVENT_BYTES + 1],
        MAX_APPEND_BYTES,
      ],
    ])('refuses %s that is one byte over', async (_, sizes, limit) => {
      const { store } = given();
      const stream = freshStream();
      const events = sizes.map((size) => (size < 1_000 ? newEvent() : padding(size)));
      const refused = store.append(stream, 'no-stream', events);
      await expect(refused).rejects.toBeInstanceOf(AppendTooLarge);
      await expect(refused).rejects.toMatchObject({ bytes: limit + 1, limit });
      expect(await readAll(store.readStream(stream))).toEqual([]);
    });
  });
}

function describeConflicts(given: () => EventStoreUnderTest): void {
  it.each<[string, number, ExpectedRevision]>([
    ['no stream, but there is one', 2, 'no-stream'],
    ['a revision that has passed', 2, 0n],
    ['a revision that is still to come', 2, 2n],
    ['a revision of a stream that does not exist', 0, 0n],
  ])('refuses to append when the writer expects %s', async (_, existing, expected) => {
    const { store } = given();
    const stream = freshStream();
    if (existing > 0) await store.append(stream, 'no-stream', numbered(existing));

    const refused = store.append(stream, expected, numbered(2));

    await expect(refused).rejects.toBeInstanceOf(WrongExpectedRevision);
    await expect(refused).rejects.toMatchObject({ stream, expected });
    expect(await readAll(store.readStream(stream))).toHaveLength(existing);
  });

  it('lets exactly one of many writers have a revision', async () => {
    const { store, openAnother } = given();
    const other = openAnother();
    const stream = freshStream();
    await store.append(stream, 'no-stream', numbered(1));
    const attempts = await Promise.allSettled(
      Array.from({ length: 20 }, (_, at) =>
        (at % 2 ? store : other).append(stream, 0n, numbered(2)),
      ),
    );
    const refused = attempts.flatMap((attempt) =>
      attempt.status === 'rejected' ? [attempt.reason] : [],
    );
    expect(refused).toHaveLength(19);
    for (const reason of refused) expect(reason).toBeInstanceOf(WrongExpectedRevision);
    expect(await readAll(store.readStream(stream))).toHaveLength(3);
  });
}

function describeRepetitions(given: () => EventStoreUnderTest): void {
  it.each([1, 30])('appends the same %i domain events at the same revision once', async (size) => {
    const { store } = given();
    const stream = freshStream();
    await store.append(stream, 'no-stream', numbered(1));
    const events = numbered(size, 1);
    const first = await store.append(stream, 0n, events);
    const again = await store.append(stream, 0n, events);
    expect(again).toEqual(first);
    expect(await readAll(store.readStream(stream))).toHaveLength(size + 1);
  });

  it('tells a writer that its append has landed even when others wrote after it', async () => {
    const { store } = given();
    const stream = freshStream();
    const events = numbered(2);
    await store.append(stream, 'no-stream', events);
    await store.append(stream, 1n, numbered(3, 2));
    await expect(store.append(stream, 'no-stream', events)).resolves.toEqual({ revision: 1n });
    expect(numbersOf(await readAll(store.readStream(stream)))).toEqual([0, 1, 2, 3, 4]);
  });

  it('refuses the repetition of an append that did not land and whose place is taken', async () => {
    const { store } = given();
    const stream = freshStream();
    await store.append(stream, 'no-stream', numbered(1));
    await store.append(stream, 0n, numbered(1, 1));
    const mine = numbered(1, 100);
    await expect(store.append(stream, 0n, mine)).rejects.toBeInstanceOf(WrongExpectedRevision);
    await expect(store.append(stream, 0n, mine)).rejects.toBeInstanceOf(WrongExpectedRevision);
    expect(numbersOf(await readAll(store.readStream(stream)))).toEqual([0, 1]);
  });

  it('appends all or nothing: a repetition with another domain event is rejected', async () => {
    const { store } = given();
    const stream = freshStream();
    const events = numbered(2);
    await store.append(stream, 'no-stream', events);
    const changed = [events[0]!, newEvent({ number: 7 }), newEvent({ number: 8 })];
    await expect(store.append(stream, 'no-stream', changed)).rejects.toBeInstanceOf(
      WrongExpectedRevision,
    );
    expect(numbersOf(await readAll(store.readStream(stream)))).toEqual([0, 1]);
  });
}

function describeReads(given: () => EventStoreUnderTest): void {
  it.each(['forwards', 'backwards'] as const)(
    'reads nothing %s from a stream that does not exist',
    async (direction) => {
      expect(await readAll(given().store.readStream(`nobody-${nextId()}`, { direction }))).toEqual(
        [],
      );
    },
  );

  describe('a stream of ten', () => {
    const stream = freshStream();
    beforeAll(() => given().store.append(stream, 'no-stream', numbered(10)));

    it.each([
      [{}, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
      [{ from: 0n, maxCount: 1 }, [0]],
      [{ from: 7n }, [7, 8, 9]],
      [{ from: 3n, maxCount: 4 }, [3, 4, 5, 6]],
      [{ from: 9n, maxCount: 100 }, [9]],
      [{ from: 10n }, []],
      [{ from: 1_000_000n }, []],
      [{ maxCount: 0 }, []],
      [{ direction: 'backwards' as const }, [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]],
      [{ direction: 'backwards' as const, maxCount: 1 }, [9]],
      [{ direction: 'backwards' as const, from: 2n }, [2, 1, 0]],
      [{ direction: 'backwards' as const, from: 5n, maxCount: 2 }, [5, 4]],
      [{ direction: 'backwards' as const, from: 1_000n, maxCount: 2 }, [9, 8]],
    ])('is read by %o as %j', async (options, expected) => {
      expect(numbersOf(await readAll(given().store.readStream(stream, options)))).toEqual(expected);
    });
  });

  it('reads a long stream whole, either way', async () => {
    const { store } = given();
    const stream = freshStream();
    const all = [...Array(2_500).keys()];
    for (let at = 0; at < all.length; at += 500) {
      await store.append(stream, at === 0 ? 'no-stream' : BigInt(at - 1), numbered(500, at));
    }
    expect(numbersOf(await readAll(store.readStream(stream)))).toEqual(all);
    expect(numbersOf(await readAll(store.readStream(stream, { direction: 'backwards' })))).toEqual(
      all.toReversed(),
    );
  });

  it('lets a reader stop in the middle', async () => {
    const { store } = given();
    const stream = freshStream();
    await store.append(stream, 'no-stream', numbered(500));
    for (let round = 0; round < 20; round++) {
      const read: number[] = [];
      for await (const event of store.readStream(stream)) {
        read.push(...numbersOf([event]));
        if (read.length === 3) break;
      }
      expect(read).toEqual([0, 1, 2]);
    }
    expect(await readAll(store.readStream(stream))).toHaveLength(500);
  });

  it('reads what another node has appended', async () => {
    const { store, openAnother } = given();
    const other = openAnother();
    const stream = freshStream();
    await other.append(stream, 'no-stream', numbered(2));
    expect(numbersOf(await readAll(store.readStream(stream)))).toEqual([0, 1]);
    await store.append(stream, 1n, numbered(1, 2));
    expect(numbersOf(await readAll(other.readStream(stream)))).toEqual([0, 1, 2]);
  });
}
