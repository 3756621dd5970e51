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
import { collectArrivals, type Arrivals } from './arrivals.js';
import type { Connection, Lease } from './connection.js';
import { leavesConnectionUsable } from './errors.js';
import { createWakeSignal } from './wake-signal.js';

/** Domain events that the client buffers in addition to those in the feed. */
const READ_AHEAD = 256;
/** Log records that the server scans at once. */
const MAX_SEARCH_WINDOW = 256;
/** The server reports its position after this many windows, which is every 1,024 records. */
const CHECKPOINT_WINDOWS = 4;
/**
 * While it catches up, a feed waits once for a larger batch, because projections are faster in
 * bulk.
 */
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
  /**
   * Returns undefined once `ended` aborts.
   * @throws the error that ended the client's subscription
   */
  next(): Promise<SubscriptionBatch | undefined>;
  /** Returns whether the server has accepted the subscription. */
  isConfirmed(): boolean;
  close(): void;
}

/**
 * A server message queued behind the domain events that the client still buffers. The client itself
 * emits the message immediately, ahead of them.
 */
type Mark = { readonly checkpointAt: Position } | { readonly caughtUp: true };

export const openFeed = (options: FeedOptions): Feed => new ClientFeed(options);

class ClientFeed implements Feed {
  private readonly lease: Lease;
  private readonly arrivals: Arrivals;
  private readonly signal = createWakeSignal();
  private readonly ended: AbortSignal;
  private readonly subscription: AllStreamSubscription;
  private failure: Error | undefined;
  private closed = false;
  private confirmed = false;
  /** The server has sent `CaughtUp`, and everything before it has been read. */
  private live = false;
  /** The consumer has been notified that nothing more is waiting. */
  private notified = false;

  constructor({ connection, prefixes, after, maxBatch, ended }: FeedOptions) {
    this.lease = connection.lease();
    this.arrivals = collectArrivals(after, maxBatch);
    this.ended = ended;
    const subscription = openSubscription(this.lease.client, prefixes, after);
    this.subscription = subscription;
    const fail = (error: Error) => this.fail(error);
    subscription.on('confirmation', () => (this.confirmed = true));
    subscription.on('caughtUp', () => subscription.push({ caughtUp: true } satisfies Mark));
    // Errors can occur at any time, also after the iteration. Without a listener they end the
    // process.
    subscription.on('error', fail);
    ended.addEventListener('abort', this.signal.wake, { once: true });
    this.pump().catch(fail);
  }

  isConfirmed(): boolean {
    return this.confirmed;
  }

  async next(): Promise<SubscriptionBatch | undefined> {
    const { arrivals, signal } = this;
    for (;;) {
      // Lets arrivals of this event loop iteration join the batch.
      await setImmediate();
      if (!this.live && arrivals.haveNews() && arrivals.count() < GATHER.domainEvents)
        await setTimeout(GATHER.ms);
      if (this.ended.aborted) return undefined;
      if (arrivals.haveNews() || (this.hasCaughtUp() && !this.notified)) {
        const { events, checkpoint } = arrivals.take();
        this.notified = this.hasCaughtUp();
        signal.wake();
        return { events, checkpoint, caughtUp: this.notified };
      }
      if (this.failure) throw this.failure;
      await signal.next();
    }
  }

  close(): void {
    this.closed = true;
    this.ended.removeEventListener('abort', this.signal.wake);
    this.signal.wake();
    this.subscription.unsubscribe().catch(() => {});
    this.lease.release();
  }

  /** Moves what the client receives to `arrivals`. */
  private async pump(): Promise<void> {
    for await (const item of this.subscription as AsyncIterable<AllStreamResolvedEvent | Mark>) {
      // Must be read to the end, see endRead.
      if (this.closed || this.failure) continue;
      this.receive(item);
      this.signal.wake();
      // Not reading on applies back pressure to the client's stream and so to the server.
      while (this.arrivals.isFull() && !this.closed) await this.signal.next();
    }
    throw new Error('the server ended the subscription');
  }

  private receive(item: AllStreamResolvedEvent | Mark): void {
    try {
      if ('checkpointAt' in item) this.arrivals.addCheckpoint(item.checkpointAt);
      else if ('caughtUp' in item) this.live = true;
      else if (item.event) this.arrivals.add(item.event);
    } catch (error) {
      this.fail(error as Error);
    }
  }

  private fail(error: Error): void {
    if (this.closed) return;
    this.failure ??= error;
    if (!leavesConnectionUsable(this.failure)) this.lease.failed();
    this.signal.wake();
  }

  private hasCaughtUp(): boolean {
    return this.live && this.arrivals.count() === 0 && this.subscription.readableLength === 0;
  }
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
