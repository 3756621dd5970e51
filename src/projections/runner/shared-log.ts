import type { Clock } from '../../ports/system/clock.js';
import {
  comparePositions,
  type EventStore,
  type Position,
  type RecordedEvent,
  type SubscribeOptions,
  type SubscriptionBatch,
} from '../../ports/event-store/event-store.js';

/** Where a runner gets its domain events. */
export type Log = Pick<EventStore, 'subscribe' | 'ping' | 'condition'>;

export interface ShareOptions {
  /** Without one the first reader waits for nobody. */
  readonly clock?: Clock;
  /** Domain events that are kept for readers who are a little behind the first. */
  readonly maxKept?: number;
}

const MAX_KEPT = 20_000;
/** How long the first reader waits for the last before it leaves it behind. Milliseconds. */
const PATIENCE_MS = 500;

/**
 * The log as one process reads it: all projections that are about as far share one subscription, so that each domain
 * event is fetched and parsed once. One that is further behind, or ahead, reads on its own until they meet.
 *
 * @param prefixes all that any reader will ask for
 */
export function shareLog(log: Log, prefixes: readonly string[], options: ShareOptions = {}): Log {
  let current: SharedTail | undefined;

  async function* subscribe(wanted: SubscribeOptions): AsyncGenerator<SubscriptionBatch> {
    let seen = wanted.after;
    let met = true;
    while (met && !wanted.signal.aborted) {
      met = false;
      const all = { ...wanted, prefixes, after: seen };
      const tail = (current ??= openTail(log, all, options, () => (current = undefined)));
      if (tail.reaches(seen)) {
        for await (const batch of tail.follow({ ...wanted, after: seen })) {
          yield batch;
          seen = batch.checkpoint;
          met = !tail.reaches(seen);
        }
      } else {
        for await (const batch of log.subscribe({ ...wanted, after: seen })) {
          yield batch;
          seen = batch.checkpoint;
          met = current?.reaches(seen) ?? true;
          if (met) break;
        }
      }
    }
  }

  return { subscribe, ping: () => log.ping(), condition: () => log.condition() };
}

/** One subscription that several read, as long as anybody does. */
interface SharedTail {
  /** Whether everything after `seen` can be had here. */
  reaches(seen: Position): boolean;
  /** Ends when `signal` aborts, when the subscription ends, and for a reader who is too far behind. */
  follow(options: SubscribeOptions): AsyncIterable<SubscriptionBatch>;
}

interface Reader {
  seen: Position;
}

function openTail(
  log: Log,
  wanted: SubscribeOptions,
  { clock, maxKept = MAX_KEPT }: ShareOptions,
  onClosed: () => void,
): SharedTail {
  const closing = new AbortController();
  const batches = log.subscribe({ ...wanted, signal: closing.signal })[Symbol.asyncIterator]();
  /** Gapless, the oldest first. */
  let kept: SubscriptionBatch[] = [];
  let keptEvents = 0;
  let floor = wanted.after;
  let head = wanted.after;
  const readers = new Set<Reader>();
  /** Only while the first waits for the last. */
  let onStep: AbortController | undefined;
  let pulling: Promise<SubscriptionBatch | undefined> | undefined;

  const keep = (batch: SubscriptionBatch) => {
    if (comparePositions(batch.checkpoint, head) <= 0) return;
    head = batch.checkpoint;
    kept.push(batch);
    keptEvents += batch.events.length;
    while (keptEvents > maxKept && kept.length > 1) {
      const oldest = kept.shift()!;
      keptEvents -= oldest.events.length;
      floor = oldest.checkpoint;
    }
  };

  const reaches = (seen: Position) =>
    comparePositions(seen, floor) >= 0 &&
    comparePositions(seen, head) <= 0 &&
    !closing.signal.aborted;

  const isFull = () => {
    const oldest = kept[0];
    if (!oldest || keptEvents < maxKept) return false;
    return [...readers].some(
      ({ seen }) => reaches(seen) && comparePositions(seen, oldest.checkpoint) < 0,
    );
  };

  /** While they stay together, every domain event is read once: worth a little waiting for the last. */
  const room = async () => {
    if (!clock) return;
    const deadline = clock.now() + PATIENCE_MS;
    for (let left = PATIENCE_MS; isFull() && left > 0; left = deadline - clock.now()) {
      onStep = new AbortController();
      await clock.sleep(left, onStep.signal);
      onStep = undefined;
    }
  };

  const pullOnce = async () => {
    await room();
    const { done, value } = await batches.next();
    if (done) return undefined;
    keep(value);
    return value;
  };

  /** Readers at the head wait together. */
  const pull = () => (pulling ??= pullOnce().finally(() => (pulling = undefined)));

  const hasGoneOn = () => onStep?.abort();

  const leave = async (reader: Reader) => {
    readers.delete(reader);
    hasGoneOn();
    if (readers.size > 0) return;
    onClosed();
    kept = [];
    closing.abort();
    await pulling?.catch(() => {});
    await batches.return?.();
  };

  async function* follow({
    prefixes,
    after,
    signal,
  }: SubscribeOptions): AsyncGenerator<SubscriptionBatch> {
    const reader: Reader = { seen: after };
    readers.add(reader);
    try {
      while (!signal.aborted && reaches(reader.seen)) {
        const { seen } = reader;
        let batch = firstAfter(kept, seen);
        if (!batch) {
          batch = await orAborted(pull(), signal);
          if (!batch) return;
          // The pull that was shared may have begun before the batch that this reader came with.
          if (batch.events.length > 0) continue;
        }
        const caughtUp = batch.caughtUp && comparePositions(batch.checkpoint, head) >= 0;
        const events = batch.events.filter((event) => isWanted(event, prefixes, seen));
        const checkpoint = later(seen, batch.checkpoint);
        yield { events, checkpoint, caughtUp };
        reader.seen = checkpoint;
        hasGoneOn();
      }
    } finally {
      await leave(reader);
    }
  }

  return { reaches, follow };
}

const isWanted = (
  { stream, position }: RecordedEvent,
  prefixes: readonly string[],
  seen: Position,
): boolean =>
  prefixes.some((prefix) => stream.startsWith(prefix)) && comparePositions(position, seen) > 0;

/** By halving: of a busy sale there are thousands of small ones. */
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

async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
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
