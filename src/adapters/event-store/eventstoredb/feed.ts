import { setImmediate, setTimeout } from 'node:timers/promises';
import { convertToCommandError, type EventStoreDBClient } from '@eventstore/db-client';
import {
  START,
  comparePositions,
  type Position,
  type SubscriptionBatch,
} from '../../../ports/event-store/event-store.js';
import { collectArrivals, type Arrivals } from './arrivals.js';
import { endRead, openRead, type ReadCall } from './wire/calls.js';
import type { Connection, Lease } from './connection.js';
import { leavesConnectionUsable } from './errors.js';
import type { Fields } from './wire/protobuf.js';
import { encodeSubscriptionQuery, type ReadMessage } from './wire/read-messages.js';
import { createWakeSignal } from './wake-signal.js';

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

export const openFeed = (options: FeedOptions): Feed => new ClientFeed(options);

class ClientFeed implements Feed {
  private readonly lease: Lease;
  private readonly arrivals: Arrivals;
  private readonly signal = createWakeSignal();
  private readonly ended: AbortSignal;
  private readonly opening: Promise<ReadCall>;
  private call: ReadCall | undefined;
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
    ended.addEventListener('abort', this.signal.wake, { once: true });
    this.opening = openSubscription(this.lease.client, prefixes, after);
    this.opening.then(
      (call) => this.listen(call),
      (error: Error) => this.fail(error),
    );
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
        if (!arrivals.isFull()) this.call?.resume();
        this.notified = this.hasCaughtUp();
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
    this.opening.then(endRead, () => {});
    this.lease.release();
  }

  private listen(call: ReadCall): void {
    this.call = call;
    call.on('data', (message: ReadMessage) => this.receive(message));
    call.on('error', (error: Error) => this.fail(convertToCommandError(error)));
    call.on('end', () => this.fail(new Error('the server ended the subscription')));
  }

  private receive(message: ReadMessage): void {
    if (this.closed || this.failure) return;
    try {
      if (message.kind === 'event') this.arrivals.add(message.event);
      else if (message.kind === 'checkpoint') this.arrivals.addCheckpoint(message.position);
      else if (message.kind === 'caught-up') this.live = true;
      else if (message.kind === 'confirmation') this.confirmed = true;
    } catch (error) {
      this.fail(error as Error);
    }
    // Not reading on applies back pressure to the server.
    if (this.arrivals.isFull()) this.call?.pause();
    this.signal.wake();
  }

  private fail(error: Error): void {
    if (this.closed) return;
    this.failure ??= error;
    if (!leavesConnectionUsable(this.failure)) this.lease.failed();
    this.signal.wake();
  }

  private hasCaughtUp(): boolean {
    return this.live && this.arrivals.count() === 0 && this.call?.readableLength === 0;
  }
}

function openSubscription(
  client: EventStoreDBClient,
  prefixes: readonly string[],
  after: Position,
): Promise<ReadCall> {
  // System streams are left out; they begin with a dollar sign.
  const names: Fields = prefixes.includes('')
    ? [[1, '^[^$]']]
    : prefixes.map((prefix) => [2, prefix] as const);
  const query = encodeSubscriptionQuery({
    after: comparePositions(after, START) <= 0 ? 'start' : after,
    filter: [
      [1, names],
      [3, MAX_SEARCH_WINDOW],
      [5, CHECKPOINT_WINDOWS],
    ],
  });
  return openRead(client, query, { requiresLeader: false });
}
