import { setImmediate, setTimeout } from 'node:timers/promises';
import {
  START as LOG_START,
  streamNameFilter,
  type AllStreamResolvedEvent,
  type AllStreamSubscription,
  type EventStoreDBClient,
} from '@eventstore/db-client';
import {
  START,
  comparePositions,
  type Position,
  type SubscriptionBatch,
} from '../../../ports/event-store/event-store.js';
import { collectArrivals } from './arrivals.js';
import type { Connection } from './connection.js';
import { leavesConnectionUsable } from './errors.js';
import { createWakeSignal } from './wake-signal.js';

/** Domain events that the client buffers in addition to those in the feed. */
const READ_AHEAD = 256;
/** Log records that the server scans at once. */
const MAX_SEARCH_WINDOW = 256;
/** The server reports its position after this many windows, which is every 1,024 records. */
const CHECKPOINT_WINDOWS = 4;
/** While it catches up, a feed waits once for a larger batch, because projections are faster in bulk. */
const GATHER = { domainEvents: 100, ms: 5 };

export interface FeedOptions {
  connection: Connection;
  prefixes: readonly string[];
  after: Position;
  /** Most domain events of a batch, and of those that wait for a lagging consumer. */
  maxBatch: number;
  ended: AbortSignal;
}

/** One subscription of the client, from its opening to its first error. */
export interface Feed {
  /** Returns undefined once `ended` aborts. @throws the error that ended the client's subscription */
  next(): Promise<SubscriptionBatch | undefined>;
  /** Returns whether the server has accepted the subscription. */
  isConfirmed(): boolean;
  close(): void;
}

/**
 * A server message queued behind the domain events that the client still buffers. The client itself emits the message
 * immediately, ahead of them.
 */
type Mark = { readonly checkpointAt: Position } | { readonly caughtUp: true };

export function openFeed({ connection, prefixes, after, maxBatch, ended }: FeedOptions): Feed {
  const lease = connection.lease();
  const arrivals = collectArrivals(after, maxBatch);
  const signal = createWakeSignal();
  let failure: Error | undefined;
  let closed = false;
  let confirmed = false;
  /** The server has sent `CaughtUp`, and everything before it has been read. */
  let live = false;
  /** The consumer has been notified that nothing more is waiting. */
  let notified = false;

  const fail = (error: Error) => {
    if (closed) return;
    failure ??= error;
    if (!leavesConnectionUsable(failure)) lease.failed();
    signal.wake();
  };
  const subscription = openSubscription(lease.client, prefixes, after);
  subscription.on('confirmation', () => (confirmed = true));
  subscription.on('caughtUp', () => subscription.push({ caughtUp: true } satisfies Mark));
  // Errors can occur at any time, also after the iteration. Without a listener they end the process.
  subscription.on('error', fail);
  ended.addEventListener('abort', signal.wake, { once: true });

  const receive = (item: AllStreamResolvedEvent | Mark) => {
    try {
      if ('checkpointAt' in item) arrivals.addCheckpoint(item.checkpointAt);
      else if ('caughtUp' in item) live = true;
      else if (item.event) arrivals.add(item.event);
    } catch (error) {
      fail(error as Error);
    }
  };
  const pump = async () => {
    for await (const item of subscription as AsyncIterable<AllStreamResolvedEvent | Mark>) {
      // Must be read to the end, see endRead.
      if (closed || failure) continue;
      receive(item);
      signal.wake();
      // Not reading on applies back pressure to the client's stream and so to the server.
      while (arrivals.isFull() && !closed) await signal.next();
    }
    throw new Error('the server ended the subscription');
  };
  pump().catch(fail);

  const hasCaughtUp = () => live && arrivals.count() === 0 && subscription.readableLength === 0;

  return {
    isConfirmed: () => confirmed,
    async next() {
      for (;;) {
        // Lets arrivals of this event loop iteration join the batch.
        await setImmediate();
        if (!live && arrivals.haveNews() && arrivals.count() < GATHER.domainEvents)
          await setTimeout(GATHER.ms);
        if (ended.aborted) return undefined;
        if (arrivals.haveNews() || (hasCaughtUp() && !notified)) {
          const { events, checkpoint } = arrivals.take();
          notified = hasCaughtUp();
          signal.wake();
          return { events, checkpoint, caughtUp: notified };
        }
        if (failure) throw failure;
        await signal.next();
      }
    },
    close() {
      closed = true;
      ended.removeEventListener('abort', signal.wake);
      signal.wake();
      subscription.unsubscribe().catch(() => {});
      lease.release();
    },
  };
}

function openSubscription(
  client: EventStoreDBClient,
  prefixes: readonly string[],
  after: Position,
): AllStreamSubscription {
  const options = {
    maxSearchWindow: MAX_SEARCH_WINDOW,
    checkpointInterval: CHECKPOINT_WINDOWS,
    checkpointReached: (subscription: AllStreamSubscription, position: Position) =>
      void subscription.push({ checkpointAt: position } satisfies Mark),
  };
  const filter = prefixes.includes('')
    ? streamNameFilter({ regex: '^[^$]', ...options })
    : streamNameFilter({ prefixes: [...prefixes], ...options });
  const fromPosition = comparePositions(after, START) <= 0 ? LOG_START : { ...after };
  return client.subscribeToAll({ fromPosition, filter }, { highWaterMark: READ_AHEAD });
}
