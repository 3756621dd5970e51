import { encodeEvents } from '../../src/adapters/event-store/encode.js';
import {
  AmbiguousAppend,
  EventStoreUnavailable,
  WrongExpectedRevision,
  type AppendResult,
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
  type RecordedEvent,
} from '../../src/ports/event-store/event-store.js';
import type { Snapshot, Snapshots } from '../../src/ports/seat-inventory/snapshots.js';
import type { Chance, World } from './world.js';

/** How often what goes wrong, of all appends or reads. */
export interface Weather {
  /** The request is lost: nothing is written, the caller hears nothing. */
  lostRequests: number;
  /** It is written, and the answer is lost. */
  lostAnswers: number;
  /** It is written long after the caller has given up. */
  lateRequests: number;
  /** The store says at once that it does not answer. */
  refusals: number;
  /** A read breaks off somewhere. */
  brokenReads: number;
}

export const CALM: Weather = {
  lostRequests: 0,
  lostAnswers: 0,
  lateRequests: 0,
  refusals: 0,
  brokenReads: 0,
};

/**
 * The log of the simulated world: it keeps to the port's promises, and is as unpleasant as they
 * allow.
 */
export interface UnreliableStore {
  /** Every domain event in the order of writing. */
  readonly log: readonly RecordedEvent[];
  /** Appends that lost against another node. */
  conflicts(): number;
  /** What one process sees of it, until that process has died. */
  connect(process: Process): EventStore;
  /** Snapshots of all nodes; now and then one is not kept or not found. */
  readonly snapshots: Snapshots;
  /** Heard once a domain event is written. */
  onWritten(listener: (event: RecordedEvent) => void): void;
  setWeather(weather: Weather): void;
}

/**
 * A process of the simulated world. When it dies, nothing ever comes back to it; what it has sent
 * goes on its way.
 */
export interface Process {
  readonly dead: boolean;
  /** No connection to the store. */
  readonly cutOff: boolean;
}

/** Milliseconds until a caller that hears nothing gives an append up. */
const GIVE_UP_MS = 500;
const never = new Promise<never>(() => {});

export function openUnreliableStore(world: World): UnreliableStore {
  const chance = world.chanceFor('store');
  const { clock } = world;
  const log: RecordedEvent[] = [];
  const streams = new Map<string, RecordedEvent[]>();
  const listeners: ((event: RecordedEvent) => void)[] = [];
  let conflicts = 0;
  let weather = CALM;

  const write = (
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): AppendResult => {
    encodeEvents(events);
    const written = streams.get(stream) ?? [];
    const from = expected === 'no-stream' ? 0 : Number(expected) + 1;
    const last = { revision: BigInt(from + events.length - 1) };
    if (from !== written.length) {
      const there = events.every(({ id }, at) => written[from + at]?.id === id);
      // The port promises that a repetition is known; a caller that counts on it alone would be
      // wrong.
      if (there && chance.happens(0.5)) return last;
      conflicts++;
      throw new WrongExpectedRevision(stream, expected);
    }
    streams.set(stream, written);
    for (const event of events) {
      const position = { commit: BigInt(log.length), prepare: BigInt(log.length) };
      const copy = JSON.parse(JSON.stringify(event)) as NewEvent;
      const recorded = {
        ...copy,
        stream,
        revision: BigInt(written.length),
        recordedAt: clock.now(),
        position,
      };
      written.push(recorded);
      log.push(recorded);
      for (const listener of listeners) listener(recorded);
    }
    return last;
  };

  const append = async (
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ) => {
    const giveUp = async () => {
      await clock.sleep(GIVE_UP_MS);
      throw new AmbiguousAppend(stream);
    };
    await clock.sleep(chance.between(0, 4));
    if (chance.happens(weather.refusals)) throw new EventStoreUnavailable('The store is busy.');
    if (chance.happens(weather.lostRequests)) return giveUp();
    if (chance.happens(weather.lateRequests)) {
      void clock
        .sleep(chance.between(GIVE_UP_MS / 2, 8 * GIVE_UP_MS))
        .then(() => write(stream, expected, events))
        .catch(() => {});
      return giveUp();
    }
    const result = write(stream, expected, events);
    if (chance.happens(weather.lostAnswers)) return giveUp();
    await clock.sleep(chance.between(0, 3));
    return result;
  };

  async function* readStream(stream: string, from: bigint, maxCount: number) {
    await clock.sleep(chance.between(0, 3));
    const found = (streams.get(stream) ?? []).slice(Number(from), Number(from) + maxCount);
    const breaksAt = chance.happens(weather.brokenReads) ? chance.between(0, found.length) : -1;
    for (const [at, event] of found.entries()) {
      if (at === breaksAt) break;
      if (at % 100 === 99) await clock.sleep(1);
      yield event;
    }
    if (breaksAt >= 0) throw new EventStoreUnavailable('The read broke off.');
  }

  return {
    log,
    conflicts: () => conflicts,
    snapshots: openForgetfulSnapshots(world.chanceFor('snapshots')),
    onWritten: (listener) => void listeners.push(listener),
    setWeather: (next) => void (weather = next),
    connect: (process) => {
      const reachable = () => {
        if (process.cutOff) throw new EventStoreUnavailable('No connection.');
      };
      const whileAlive = <T>(work: Promise<T>): Promise<T> =>
        work.then(
          (result) => (process.dead ? never : result),
          (error: unknown) => {
            if (process.dead) return never;
            throw error;
          },
        );
      return {
        append: async (stream, expected, events) => {
          reachable();
          return whileAlive(append(stream, expected, events));
        },
        readStream: async function* (stream, { from = 0n, maxCount = Infinity } = {}) {
          reachable();
          const reading = readStream(stream, from, maxCount);
          for (;;) {
            const next = await whileAlive(reading.next());
            if (next.done) return;
            yield next.value;
          }
        },
        subscribe: () => {
          throw new Error('Nobody subscribes in this world.');
        },
        end: () => {
          throw new Error('Nobody asks for the end in this world.');
        },
        condition: () => Promise.resolve({ state: 'ok' as const }),
        ping: async () => reachable(),
        close: async () => {},
      };
    },
  };
}

function openForgetfulSnapshots(chance: Chance): Snapshots {
  const kept = new Map<string, Snapshot>();
  return {
    load: async (stream) => {
      if (chance.happens(0.1)) throw new Error('The snapshots do not answer.');
      return chance.happens(0.2) ? undefined : kept.get(stream);
    },
    save: async (snapshot) => {
      if (chance.happens(0.2)) throw new Error('The snapshot is not kept.');
      kept.set(snapshot.stream, snapshot);
    },
    discard: async (stream) => void kept.delete(stream),
  };
}
