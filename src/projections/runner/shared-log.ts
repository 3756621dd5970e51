import type { Clock } from '../../ports/system/clock.js';
import {
  comparePositions,
  type EventStore,
  type Position,
  type RecordedEvent,
  type SubscribeOptions,
  type SubscriptionBatch,
} from '../../ports/event-store/event-store.js';

/** The part of the event store that runners and rebuilds read. */
export type Log = Pick<EventStore, 'subscribe' | 'ping' | 'condition'>;

export interface ShareOptions {
  /** Without a clock the first reader does not wait for slower ones. */
  readonly clock?: Clock;
  /** Domain events in memory for readers that are slightly behind the first. */
  readonly maxBuffered?: number;
}

const MAX_BUFFERED = 20_000;
/** Maximum time that the first reader waits for the last one. Milliseconds. */
const MAX_WAIT_MS = 500;

/**
 * Shares one subscription among all readers of a process that are near the same position, so that
 * each domain event is fetched and parsed once. A reader further behind or ahead uses a
 * subscription of its own until they meet.
 *
 * @param prefixes stream prefixes of all readers
 */
export function shareLog(log: Log, prefixes: readonly string[], options: ShareOptions = {}): Log {
  let current: SharedTail | undefined;

  async function* subscribe(wanted: SubscribeOptions): AsyncGenerator<SubscriptionBatch> {
    let seen = wanted.after;
    let hasMet = true;
    while (hasMet && !wanted.signal.aborted) {
      hasMet = false;
      const all = { ...wanted, prefixes, after: seen };
      const tail = (current ??= new SharedTail(log, all, options, () => (current = undefined)));
      if (tail.reaches(seen)) {
        for await (const batch of tail.follow({ ...wanted, after: seen })) {
          yield batch;
          seen = batch.checkpoint;
          hasMet = !tail.reaches(seen);
        }
      } else {
        for await (const batch of log.subscribe({ ...wanted, after: seen })) {
          yield batch;
          seen = batch.checkpoint;
          hasMet = current?.reaches(seen) ?? true;
          if (hasMet) break;
        }
      }
    }
  }

  return { subscribe, ping: () => log.ping(), condition: () => log.condition() };
}

interface Reader {
  seen: Position;
}

/** One subscription for several readers. It closes when the last reader leaves. */
class SharedTail {
  private readonly closing = new AbortController();
  private readonly batches: AsyncIterator<SubscriptionBatch>;
  private readonly clock: Clock | undefined;
  private readonly maxBuffered: number;
  /** Without gaps, oldest first. */
  private buffered: SubscriptionBatch[] = [];
  private bufferedEvents = 0;
  private floor: Position;
  private head: Position;
  private readonly readers = new Set<Reader>();
  /** Set while the first reader waits for the last one. */
  private advanced: AbortController | undefined;
  private reading: Promise<SubscriptionBatch | undefined> | undefined;

  constructor(
    log: Log,
    options: SubscribeOptions,
    { clock, maxBuffered = MAX_BUFFERED }: ShareOptions,
    private readonly onClosed: () => void,
  ) {
    this.clock = clock;
    this.maxBuffered = maxBuffered;
    this.floor = this.head = options.after;
    const subscription = log.subscribe({ ...options, signal: this.closing.signal });
    this.batches = subscription[Symbol.asyncIterator]();
  }

  /** Whether everything after `seen` is available here. */
  reaches(seen: Position): boolean {
    return (
      comparePositions(seen, this.floor) >= 0 &&
      comparePositions(seen, this.head) <= 0 &&
      !this.closing.signal.aborted
    );
  }

  /**
   * Ends when `signal` aborts, when the subscription ends, and for a reader that is too far behind.
   */
  async *follow(options: SubscribeOptions): AsyncGenerator<SubscriptionBatch> {
    const { prefixes, after, signal } = options;
    const reader: Reader = { seen: after };
    this.readers.add(reader);
    try {
      while (!signal.aborted && this.reaches(reader.seen)) {
        const { seen } = reader;
        let batch = firstAfter(this.buffered, seen);
        if (!batch) {
          batch = await untilAborted(this.readNext(), signal);
          if (!batch) return;
          // The shared read may have begun before this reader had processed its last batch.
          if (batch.events.length > 0) continue;
        }
        const caughtUp = batch.caughtUp && comparePositions(batch.checkpoint, this.head) >= 0;
        const events = batch.events.filter((event) => isWanted(event, prefixes, seen));
        const checkpoint = later(seen, batch.checkpoint);
        yield { events, checkpoint, caughtUp };
        reader.seen = checkpoint;
        this.advanced?.abort();
      }
    } finally {
      await this.leave(reader);
    }
  }

  /** Readers at the head share one read. */
  private readNext(): Promise<SubscriptionBatch | undefined> {
    return (this.reading ??= this.readBatch().finally(() => (this.reading = undefined)));
  }

  private async readBatch(): Promise<SubscriptionBatch | undefined> {
    await this.waitForSlowReaders();
    const { done, value } = await this.batches.next();
    if (done) return undefined;
    this.buffer(value);
    return value;
  }

  private buffer(batch: SubscriptionBatch): void {
    if (comparePositions(batch.checkpoint, this.head) <= 0) return;
    this.head = batch.checkpoint;
    this.buffered.push(batch);
    this.bufferedEvents += batch.events.length;
    while (this.bufferedEvents > this.maxBuffered && this.buffered.length > 1) {
      const oldest = this.buffered.shift()!;
      this.bufferedEvents -= oldest.events.length;
      this.floor = oldest.checkpoint;
    }
  }

  /** A short wait keeps readers together, so that every domain event is read once. */
  private async waitForSlowReaders(): Promise<void> {
    const { clock } = this;
    if (!clock) return;
    const deadline = clock.now() + MAX_WAIT_MS;
    for (let left = MAX_WAIT_MS; this.isFull() && left > 0; left = deadline - clock.now()) {
      this.advanced = new AbortController();
      await clock.sleep(left, this.advanced.signal);
      this.advanced = undefined;
    }
  }

  /** Whether the buffer is full and a reader still needs its oldest batch. */
  private isFull(): boolean {
    const oldest = this.buffered[0];
    if (!oldest || this.bufferedEvents < this.maxBuffered) return false;
    return [...this.readers].some(
      ({ seen }) => this.reaches(seen) && comparePositions(seen, oldest.checkpoint) < 0,
    );
  }

  private async leave(reader: Reader): Promise<void> {
    this.readers.delete(reader);
    this.advanced?.abort();
    if (this.readers.size > 0) return;
    this.onClosed();
    this.buffered = [];
    this.closing.abort();
    await this.reading?.catch(() => {});
    await this.batches.return?.();
  }
}

const isWanted = (
  { stream, position }: RecordedEvent,
  prefixes: readonly string[],
  seen: Position,
): boolean =>
  prefixes.some((prefix) => stream.startsWith(prefix)) && comparePositions(position, seen) > 0;

/** Binary search: during a busy sale there are thousands of small batches. */
function firstAfter(
  batches: readonly SubscriptionBatch[],
  seen: Position,
): SubscriptionBatch | undefined {
  let low = 0;
  let high = batches.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (comparePositions(batches[middle]!.checkpoint, seen) > 0) high = middle;
    else low = middle + 1;
  }
  return batches[low];
}

const later = (one: Position, other: Position): Position =>
  comparePositions(one, other) > 0 ? one : other;

async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  let stop = () => {};
  const aborted = new Promise<undefined>((resolve) => {
    stop = () => resolve(undefined);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
