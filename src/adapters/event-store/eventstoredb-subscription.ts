import { anySignal } from '../../ports/any-signal.js';
import { comparePositions, type SubscribeOptions, type SubscriptionBatch } from '../../ports/event-store.js';
import type { Connection } from './eventstoredb-connection.js';
import { openFeed } from './eventstoredb-feed.js';

const DEFAULT_MAX_BATCH = 1_000;
/** Pause before a subscription is opened again, doubling up to the last, give or take a quarter. Milliseconds. */
const RETRY_MS = { first: 50, last: 5_000 };
const RETRY_JITTER = 0.25;

export interface SubscriptionSource {
  connection: Connection;
  log: (message: string) => void;
  /** Aborts when the store is closed. */
  closing: AbortSignal;
}

/** The client never resubscribes: whenever its subscription ends, another is opened after what has been seen. */
export async function* subscribe(
  { connection, log, closing }: SubscriptionSource,
  { prefixes, after, maxBatch = DEFAULT_MAX_BATCH, signal }: SubscribeOptions,
): AsyncGenerator<SubscriptionBatch> {
  if (prefixes.length === 0)
    throw new RangeError('A subscription needs at least one prefix; an empty one means all.');
  const ended = anySignal([signal, closing]);
  let seen = after;
  let retryMs = RETRY_MS.first;
  while (!ended.aborted) {
    const feed = openFeed({ connection, prefixes, after: seen, maxBatch, ended });
    try {
      for (let batch = await feed.next(); batch; batch = await feed.next()) {
        yield batch;
        if (comparePositions(batch.checkpoint, seen) > 0) retryMs = RETRY_MS.first;
        seen = batch.checkpoint;
      }
    } catch (error) {
      log(`subscription interrupted, opened again in ${retryMs} ms: ${(error as Error).message}`);
    } finally {
      feed.close();
    }
    await pause(retryMs * (1 + RETRY_JITTER * (2 * Math.random() - 1)), ended);
    retryMs = Math.min(retryMs * 2, RETRY_MS.last);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
