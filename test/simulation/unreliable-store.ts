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

/** Probability of each fault of an append or a read. */
export interface Weather {
  /** The request is lost: nothing is written, the caller gets no answer. */
  lostRequests: number;
  /** It is written, and the answer is lost. */
  lostAnswers: number;
  /** It is written long after the caller has given up. */
  lateRequests: number;
  /** The store answers at once that it is unavailable. */
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
 * A process of the simulated world. When it dies, nothing ever comes back to it; what it has sent
 * goes on its way.
 */
export interface Process {
  readonly dead: boolean;
  /** No connection to the store. */
  readonly cutOff: boolean;
}

/** Milliseconds until a caller without an answer gives an append up. */
const GIVE_UP_MS = 500;

/**
 * The event store of the simulated world. It keeps the promises of the port, and fails in every way
 * that they allow.
 */
export class UnreliableStore {
  /** Every domain event in the order of writing. */
  readonly log: RecordedEvent[] = [];
  /** Snapshots of all nodes; some are not saved or not found. */
  readonly snapshots: Snapshots;
  /** Number of appends that lost against another node. */
  conflicts = 0;
  private readonly chance: Chance;
  private readonly streams = new Map<string, RecordedEvent[]>();
  private readonly listeners: ((event: RecordedEvent) => void)[] = [];
  private weather = CALM;

  constructor(private readonly world: World) {
    this.chance = world.chanceFor('store');
    this.snapshots = openForgetfulSnapshots(world.chanceFor('snapshots'));
  }

  /** Calls the listener for each domain event once it is written. */
  onWritten(listener: (event: RecordedEvent) => void): void {
    this.listeners.push(listener);
  }

  setWeather(weather: Weather): void {
    this.weather = weather;
  }

  /** The store as one process sees it, until that process has died. */
  connect(process: Process): EventStore {
    const expectReachable = () => {
      if (process.cutOff) throw new EventStoreUnavailable('No connection.');
    };
    const append = (...of: Parameters<EventStore['append']>) => this.append(...of);
    const readStream = (stream: string, from: bigint, maxCount: number) =>
      this.readStream(stream, from, maxCount);
    return {
      append: async (stream, expected, events) => {
        expectReachable();
        return whileAlive(process, append(stream, expected, events));
      },
      readStream: async function* (stream, { from = 0n, maxCount = Infinity } = {}) {
        expectReachable();
        const reading = readStream(stream, from, maxCount);
        for (;;) {
          const next = await whileAlive(process, reading.next());
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
      ping: async () => expectReachable(),
      close: async () => {},
    };
  }

  private async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<AppendResult> {
    const { chance } = this;
    const { clock } = this.world;
    const giveUp = async () => {
      await clock.sleep(GIVE_UP_MS);
      throw new AmbiguousAppend(stream);
    };
    await clock.sleep(chance.between(0, 4));
    if (chance.happens(this.weather.refusals))
      throw new EventStoreUnavailable('The store is busy.');
    if (chance.happens(this.weather.lostRequests)) return giveUp();
    if (chance.happens(this.weather.lateRequests)) {
      void clock
        .sleep(chance.between(GIVE_UP_MS / 2, 8 * GIVE_UP_MS))
        .then(() => this.write(stream, expected, events))
        .catch(() => {});
      return giveUp();
    }
    const result = this.write(stream, expected, events);
    if (chance.happens(this.weather.lostAnswers)) return giveUp();
    await clock.sleep(chance.between(0, 3));
    return result;
  }

  private write(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): AppendResult {
    encodeEvents(events);
    const written = this.streams.get(stream) ?? [];
    const from = expected === 'no-stream' ? 0 : Number(expected) + 1;
    const last = { revision: BigInt(from + events.length - 1) };
    if (from !== written.length) {
      const isRepetition = events.every(({ id }, at) => written[from + at]?.id === id);
      // The port promises to accept a repetition; a caller that relied on that alone would be
      // wrong.
      if (isRepetition && this.chance.happens(0.5)) return last;
      this.conflicts++;
      throw new WrongExpectedRevision(stream, expected);
    }
    this.streams.set(stream, written);
    for (const event of events) this.record(stream, written, event);
    return last;
  }

  private record(stream: string, written: RecordedEvent[], event: NewEvent): void {
    const position = { commit: BigInt(this.log.length), prepare: BigInt(this.log.length) };
    const copy = JSON.parse(JSON.stringify(event)) as NewEvent;
    const revision = BigInt(written.length);
    const recorded = { ...copy, stream, revision, recordedAt: this.world.clock.now(), position };
    written.push(recorded);
    this.log.push(recorded);
    for (const listener of this.listeners) listener(recorded);
  }

  private async *readStream(stream: string, from: bigint, maxCount: number) {
    const { chance } = this;
    const { clock } = this.world;
    await clock.sleep(chance.between(0, 3));
    const found = (this.streams.get(stream) ?? []).slice(Number(from), Number(from) + maxCount);
    const isBroken = chance.happens(this.weather.brokenReads);
    const breaksAt = isBroken ? chance.between(0, found.length) : -1;
    for (const [at, event] of found.entries()) {
      if (at === breaksAt) break;
      if (at % 100 === 99) await clock.sleep(1);
      yield event;
    }
    if (breaksAt >= 0) throw new EventStoreUnavailable('The read broke off.');
  }
}

const never = new Promise<never>(() => {});

/** Settles as `work` does; never once the process is dead. */
const whileAlive = <T>(process: Process, work: Promise<T>): Promise<T> =>
  work.then(
    (result) => (process.dead ? never : result),
    (error: unknown) => {
      if (process.dead) return never;
      throw error;
    },
  );

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
