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

/** Domain events that the client holds ready behind those that wait in the feed. */
const READ_AHEAD = 256;
/** Log records that the server looks through in one go. */
const MAX_SEARCH_WINDOW = 256;
/** The server tells how far it has looked after this many windows: every 1,024 records. */
const CHECKPOINT_WINDOWS = 4;
/** While it catches up, a feed waits this long once for a batch of some size: bulk is what a projection is good at. */
const GATHER = { domainEvents: 100, ms: 5 };

export interface FeedOptions {
  connection: Connection;
  prefixes: readonly string[];
  after: Position;
  /** Domain events of one batch, and also how many wait for a consumer that lags. */
  maxBatch: number;
  ended: AbortSignal;
}

/** One subscription of the client, from the opening to the first error. */
export interface Feed {
  /** Nothing once `ended` aborts. @throws what ended the client's subscription */
  next(): Promise<SubscriptionBatch | undefined>;
  /** The server has accepted the subscription. */
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
  const bell = createBell();
  let failure: Error | undefined;
  let closed = false;
  let confirmed = false;
  /** The server has sent `CaughtUp`, and everything before it has been read. */
  let live = false;
  /** The consumer has been notified that nothing more is waiting. */
  let told = false;

  const fail = (error: Error) => {
    if (closed) return;
    failure ??= error;
    if (!leavesConnectionUsable(failure)) lease.failed();
    bell.ring();
  };
  const subscription = openSubscription(lease.client, prefixes, after);
  subscription.on('confirmation', () => (confirmed = true));
  subscription.on('caughtUp', () => subscription.push({ caughtUp: true } satisfies Mark));
  // An error may come at any time, also when nobody iterates any more: unheard, it would end the process.
  subscription.on('error', fail);
  ended.addEventListener('abort', bell.ring, { once: true });

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
      bell.ring();
      // Not asking for the next one holds back the client's stream, and by that the server.
      while (arrivals.isFull() && !closed) await bell.next();
    }
    throw new Error('the server ended the subscription');
  };
  pump().catch(fail);

  const hasCaughtUp = () => live && arrivals.count() === 0 && subscription.readableLength === 0;

  return {
    isConfirmed: () => confirmed,
    async next() {
      for (;;) {
        // Lets what arrives in this turn of the event loop join the batch.
        await setImmediate();
        if (!live && arrivals.haveNews() && arrivals.count() < GATHER.domainEvents)
          await setTimeout(GATHER.ms);
        if (ended.aborted) return undefined;
        if (arrivals.haveNews() || (hasCaughtUp() && !told)) {
          const { events, checkpoint } = arrivals.take();
          told = hasCaughtUp();
          bell.ring();
          return { events, checkpoint, caughtUp: told };
        }
        if (failure) throw failure;
        await bell.next();
      }
    },
    close() {
      closed = true;
      ended.removeEventListener('abort', bell.ring);
      bell.ring();
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

interface Bell {
  ring: () => void;
  /** Resolves at the next notification. */
  next(): Promise<void>;
}

function createBell(): Bell {
  let listeners: (() => void)[] = [];
  return {
    ring: () => {
      const rung = listeners;
      listeners = [];
      for (const listener of rung) listener();
    },
    next: () => new Promise((resolve) => listeners.push(resolve)),
  };
}
