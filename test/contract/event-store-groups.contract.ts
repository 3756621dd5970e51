import {
  MAX_EVENT_BYTES,
  WrongExpectedRevision,
  type EventStore,
  type NewEvent,
} from '../../src/ports/event-store/event-store.js';
import { newEvent, numbered, numbersOf, readAll } from '../support/log/domain-events.js';
import type { EventStoreUnderTest } from './event-store.contract.js';

let prefixes = 0;
const freshNames = (size: number): string[] => {
  const prefix = `group-${++prefixes}`;
  return Array.from({ length: size }, (_, at) => `${prefix}-${at}`);
};

const read = async (store: EventStore, stream: string): Promise<number[]> =>
  numbersOf(await readAll(store.readStream(stream)));

/**
 * Appends to many streams that are asked for at once: an adapter may write them together, but each
 * stands by itself.
 */
export function describeManyStreams(given: () => EventStoreUnderTest): void {
  describe('appends to many streams at once', () => {
    it('are all written, each where it belongs', async () => {
      const { store } = given();
      const names = freshNames(300);
      const sizes = names.map((_, at) => (at % 7) + 1);

      const first = await Promise.all(
        names.map((stream, at) => store.append(stream, 'no-stream', numbered(sizes[at]!))),
      );
      const second = await Promise.all(
        names.map((stream, at) =>
          store.append(stream, first[at]!.revision, numbered(2, sizes[at])),
        ),
      );

      expect(second.map(({ revision }) => revision)).toEqual(sizes.map((size) => BigInt(size + 1)));
      for (const [at, stream] of names.entries())
        expect(await read(store, stream)).toEqual([...Array(sizes[at]! + 2).keys()]);
    });

    it('win or lose each for itself', async () => {
      const { store } = given();
      const names = freshNames(60);
      const isTaken = (at: number) => at % 3 === 1;
      await Promise.all(
        names.map(async (stream, at) => {
          if (isTaken(at)) await store.append(stream, 'no-stream', numbered(1, 100));
        }),
      );

      const attempts = await Promise.allSettled(
        names.map((stream) => store.append(stream, 'no-stream', numbered(2))),
      );

      for (const [at, attempt] of attempts.entries()) {
        const stream = names[at]!;
        expect(attempt.status).toBe(isTaken(at) ? 'rejected' : 'fulfilled');
        if (attempt.status === 'rejected') {
          expect(attempt.reason).toBeInstanceOf(WrongExpectedRevision);
          expect(attempt.reason).toMatchObject({ stream, expected: 'no-stream' });
        }
        expect(await read(store, stream)).toEqual(isTaken(at) ? [100] : [0, 1]);
      }
    });

    it('may have repetitions among them, which succeed and write nothing', async () => {
      const { store } = given();
      const names = freshNames(60);
      const events = names.map((_, at) => numbered((at % 3) + 1));
      const landed = names.filter((_, at) => at % 2 === 0);
      await Promise.all(
        landed.map((stream) => store.append(stream, 'no-stream', events[names.indexOf(stream)]!)),
      );
      // Others have gone on after some of them.
      await store.append(landed[1]!, BigInt(events[2]!.length - 1), numbered(1, events[2]!.length));

      const results = await Promise.all(
        names.map((stream, at) => store.append(stream, 'no-stream', events[at]!)),
      );

      expect(results.map(({ revision }) => revision)).toEqual(
        events.map(({ length }) => BigInt(length - 1)),
      );
      for (const [at, stream] of names.entries()) {
        const length = events[at]!.length + (stream === landed[1] ? 1 : 0);
        expect(await read(store, stream)).toEqual([...Array(length).keys()]);
      }
    });

    it('are won once each by two nodes that want all of them, in opposite orders', async () => {
      const { store, openAnother } = given();
      const other = openAnother();
      const names = freshNames(50);
      const settle = (node: EventStore, streams: string[]) =>
        Promise.allSettled(
          streams.map(async (stream) => {
            await node.append(stream, 'no-stream', numbered(3));
            return stream;
          }),
        );

      const [mine, theirs] = await Promise.all([
        settle(store, names),
        settle(other, names.toReversed()),
      ]);

      const attempts = [...mine, ...theirs];
      const won = attempts.flatMap((attempt) =>
        attempt.status === 'fulfilled' ? [attempt.value] : [],
      );
      const lost = attempts.flatMap((attempt) =>
        attempt.status === 'rejected' ? [attempt.reason] : [],
      );
      expect(won.toSorted()).toEqual(names.toSorted());
      for (const reason of lost) expect(reason).toBeInstanceOf(WrongExpectedRevision);
      for (const stream of names) expect(await read(store, stream)).toEqual([0, 1, 2]);
    });

    it('may be as long as they like together', async () => {
      const { store } = given();
      const names = freshNames(12);
      const long = (): NewEvent =>
        newEvent({ number: 0, text: 'x'.repeat(MAX_EVENT_BYTES - 1_000) });
      await Promise.all(
        names.map((stream) => store.append(stream, 'no-stream', [long(), long(), long()])),
      );
      for (const stream of names) expect(await read(store, stream)).toEqual([0, 0, 0]);
    });
  });
}
