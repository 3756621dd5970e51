import {
  comparePositions,
  type EventStore,
  type Position,
  type RecordedEvent,
  type SubscribeOptions,
  type SubscriptionBatch,
} from '../ports/event-store.js';

/** Where a runner gets its domain events. */
export type Log = Pick<EventStore, 'subscribe'>;

/** Domain events that are kept for readers who are a little behind the first, unless told. */
const MAX_KEPT = 20_000;

/**
 * The log as one process reads it: all projections that are about as far share one subscription, so that each domain
 * event is fetched and parsed once. One that is further behind, or ahead, reads on its own until they meet.
 *
 * @param prefixes all that any reader will ask for
 */
export function shareLog(log: Log, prefixes: readonly string[], maxKept = MAX_KEPT): Log {
  let current: SharedTail | undefined;

  async function* subscribe(options: SubscribeOptions): AsyncGenerator<SubscriptionBatch> {
    let seen = options.after;
    let met = true;
    while (met && !options.signal.aborted) {
      met = false;
      const tail = (current ??= openTail(
        log,
        { ...options, prefixes, after: seen },
        maxKept,
        () => (current = undefined),
      ));
      if (tail.reaches(seen)) {
        for await (const batch of tail.follow({ ...options, after: seen })) {
          yield batch;
          seen = batch.checkpoint;
          met = !tail.reaches(seen);
        }
      } else {
        for await (const batch of log.subscribe({ ...options, after: seen })) {
          yield batch;
          seen = batch.checkpoint;
          met = current?.reaches(seen) ?? true;
          if (met) break;
        }
      }
    }
  }

  return { subscribe };
}

/** One subscription that several read, as long as anybody does. */
interface SharedTail {
  /** Whether everything after `seen` can be had here. */
  reaches(seen: Position): boolean;
  /** Ends when `signal` aborts, when the subscription ends, and for a reader who is too far behind. */
  follow(options: SubscribeOptions): AsyncIterable<SubscriptionBatch>;
}

function openTail(log: Log, options: SubscribeOptions, maxKept: number, onClosed: () => void): SharedTail {
  const closing = new AbortController();
  const batches = log.subscribe({ ...options, signal: closing.signal })[Symbol.asyncIterator]();
  /** Gapless, the oldest first. */
  let kept: SubscriptionBatch[] = [];
  let keptEvents = 0;
  let floor = options.after;
  let head = options.after;
  let readers = 0;
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

  /** Readers at the head wait together. */
  const pull = () =>
    (pulling ??= batches
      .next()
      .then(({ done, value }) => {
        if (done) return undefined;
        keep(value);
        return value;
      })
      .finally(() => (pulling = undefined)));

  const leave = async () => {
    if (--readers > 0) return;
    onClosed();
    kept = [];
    closing.abort();
    await pulling?.catch(() => {});
    await batches.return?.();
  };

  const reaches = (seen: Position) =>
    comparePositions(seen, floor) >= 0 && comparePositions(seen, head) <= 0 && !closing.signal.aborted;

  async function* follow({ prefixes, after, signal }: SubscribeOptions): AsyncGenerator<SubscriptionBatch> {
    readers++;
    let seen = after;
    try {
      while (!signal.aborted && reaches(seen)) {
        let batch = kept.find(({ checkpoint }) => comparePositions(checkpoint, seen) > 0);
        if (!batch) {
          batch = await orAborted(pull(), signal);
          if (!batch) return;
          // The pull that was shared may have begun before the batch that this reader came with.
          if (batch.events.length > 0) continue;
        }
        const caughtUp = batch.caughtUp && comparePositions(batch.checkpoint, head) >= 0;
        const events = batch.events.filter((event) => isWanted(event, prefixes, seen));
        seen = later(seen, batch.checkpoint);
        yield { events, checkpoint: seen, caughtUp };
      }
    } finally {
      await leave();
    }
  }

  return { reaches, follow };
}

const isWanted = (
  { stream, position }: RecordedEvent,
  prefixes: readonly string[],
  seen: Position,
): boolean => prefixes.some((prefix) => stream.startsWith(prefix)) && comparePositions(position, seen) > 0;

const later = (one: Position, other: Position): Position => (comparePositions(one, other) > 0 ? one : other);

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
