import type { ServerResponse } from 'node:http';
import type { OnModuleDestroy } from '@nestjs/common';
import { anySignal } from '../../ports/system/any-signal.js';
import type { LiveSeatStatus } from '../../read-models/seat-inventory/live-seat-status.js';
import { networksOf } from '../platform/addresses.js';

/** Maximum of open streams in a process; the default of the setting. */
const DEFAULT_MAX_STREAMS = 10_000;
/**
 * Share of the free slots that one address, and each wider network of an IPv6 address, may take. A
 * single network gets a third of all slots, enough for a campus. Ten networks that take their
 * maximum leave a sixth, and a network without a stream always gets one of the last slots. Clients
 * without a slot poll the status every few seconds.
 */
const SHARE_OF_FREE = 1 / 2;
/**
 * Interval of comments: they keep the connection open through proxies and reveal a dead one.
 * Milliseconds.
 */
const HEARTBEAT_MS = 15_000;
/**
 * A client that does not read its data within this time is disconnected; it may reconnect and
 * resume. Milliseconds.
 */
const SLOW_CLIENT_MS = 10_000;
/** Time after which a browser reconnects. Milliseconds. */
const RETRY_MS = 2_000;
/**
 * Interval at which changes by organizers are queried, in one query for all events with a stream.
 * Milliseconds.
 */
const EVENTS_MS = 2_000;

const HEARTBEAT = ': still here\n\n';
/** Tells the page to query the event again, because its start, sale or state has changed. */
const EVENT_CHANGED = 'event: event-changed\ndata: {}\n\n';

export interface SeatStatusStreamsOptions {
  readonly maxStreams?: number;
  readonly heartbeatMs?: number;
  readonly slowClientMs?: number;
  /**
   * How often organizers have changed each of these events. Without it, streams do not report such
   * changes.
   */
  readonly changesOf?: (eventIds: readonly string[]) => Promise<ReadonlyMap<string, number>>;
  readonly eventsMs?: number;
}

/**
 * Open streams of seat-status changes. Nest ends them when the application closes, before the
 * server stops.
 */
export class SeatStatusStreams implements OnModuleDestroy {
  private readonly responses = new Set<ServerResponse>();
  private freeSlots: number;
  private readonly slotsOf = new Map<string, number>();
  private readonly closing = new AbortController();
  private readonly heartbeat: NodeJS.Timeout;
  private readonly watchers: ReturnType<typeof openEventWatchers>;
  private readonly slowClientMs: number;

  constructor(
    private readonly live: Pick<LiveSeatStatus, 'changes'>,
    {
      maxStreams = DEFAULT_MAX_STREAMS,
      heartbeatMs = HEARTBEAT_MS,
      slowClientMs = SLOW_CLIENT_MS,
      changesOf,
      eventsMs = EVENTS_MS,
    }: SeatStatusStreamsOptions = {},
  ) {
    this.freeSlots = maxStreams;
    this.slowClientMs = slowClientMs;
    this.heartbeat = setInterval(() => this.beat(), heartbeatMs).unref();
    this.watchers = openEventWatchers(changesOf, eventsMs);
  }

  get open(): number {
    return this.responses.size;
  }

  get isClosing(): boolean {
    return this.closing.signal.aborted;
  }

  /**
   * Takes a slot for this response until it closes. Called before anything is awaited, so that many
   * simultaneous requests cannot exceed the limit. False when all slots, or the share of this
   * address or network, are taken.
   */
  admit(response: ServerResponse, address: string): boolean {
    // Its `close` event has been emitted already, and would not free the slot.
    if (response.destroyed) return true;
    const networks = networksOf(address);
    const max = this.freeSlots * SHARE_OF_FREE;
    if (this.freeSlots === 0 || networks.some((network) => this.taken(network) >= max))
      return false;
    this.freeSlots--;
    for (const network of networks) this.slotsOf.set(network, this.taken(network) + 1);
    response.once('close', () => this.release(networks));
    return true;
  }

  /**
   * Writes changes after `afterRevision` until the client disconnects, reads too slowly, or the
   * process ends. The headers are sent already.
   */
  async serve(response: ServerResponse, eventId: string, afterRevision: number): Promise<void> {
    // The client may have disconnected already; then no `close` event would end this stream.
    if (response.destroyed) return;
    const closed = new AbortController();
    response.once('close', () => closed.abort());
    const signal = anySignal([closed.signal, this.closing.signal]);
    this.responses.add(response);
    this.watchers.add(eventId, response);
    try {
      response.write(`retry: ${RETRY_MS}\nid: ${afterRevision}\n\n`);
      for await (const { frame } of this.live.changes(eventId, { afterRevision, signal })) {
        if (!response.write(frame) && !(await drained(response, this.slowClientMs)))
          return void response.destroy();
      }
      response.end();
    } finally {
      this.responses.delete(response);
      this.watchers.remove(eventId, response);
    }
  }

  onModuleDestroy(): void {
    clearInterval(this.heartbeat);
    this.watchers.stop();
    this.closing.abort();
  }

  private beat(): void {
    for (const response of this.responses)
      if (!response.writableNeedDrain) response.write(HEARTBEAT);
  }

  private taken(network: string): number {
    return this.slotsOf.get(network) ?? 0;
  }

  private release(networks: readonly string[]): void {
    this.freeSlots++;
    for (const network of networks) {
      const left = this.taken(network) - 1;
      if (left > 0) this.slotsOf.set(network, left);
      else this.slotsOf.delete(network);
    }
  }
}

/** Reports changes of an event by its organizer to the streams of the event. */
function openEventWatchers(changesOf: SeatStatusStreamsOptions['changesOf'], everyMs: number) {
  const feeds = new Map<
    string,
    { changes: number | undefined; readonly responses: Set<ServerResponse> }
  >();
  let isQuerying = false;

  const query = async () => {
    if (isQuerying || !changesOf || feeds.size === 0) return;
    isQuerying = true;
    try {
      const now = await changesOf([...feeds.keys()]);
      for (const [eventId, feed] of feeds) {
        const changes = now.get(eventId);
        const hasChanged =
          feed.changes !== undefined && changes !== undefined && changes !== feed.changes;
        feed.changes = changes ?? feed.changes;
        if (!hasChanged) continue;
        for (const response of feed.responses)
          if (!response.writableNeedDrain) response.write(EVENT_CHANGED);
      }
    } catch {
      // Database unavailable: the next query finds the changes made in the meantime.
    } finally {
      isQuerying = false;
    }
  };
  const timer = setInterval(() => void query(), everyMs);
  timer.unref();

  return {
    add: (eventId: string, response: ServerResponse) => {
      const feed = feeds.get(eventId) ?? { changes: undefined, responses: new Set() };
      feed.responses.add(response);
      if (feeds.has(eventId)) return;
      feeds.set(eventId, feed);
      // Every later change is reported; the page queries the event once its stream is open.
      void query();
    },
    remove: (eventId: string, response: ServerResponse) => {
      const feed = feeds.get(eventId);
      feed?.responses.delete(response);
      if (feed?.responses.size === 0) feeds.delete(eventId);
    },
    stop: () => clearInterval(timer),
  };
}

/**
 * Waits until the client has read its buffered data; false when it does not do so in time or
 * disconnects.
 */
function drained(response: ServerResponse, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (inTime: boolean) => {
      clearTimeout(timer);
      response.off('drain', onDrain).off('close', onClose);
      resolve(inTime);
    };
    const onDrain = () => settle(true);
    const onClose = () => settle(false);
    const timer = setTimeout(() => settle(false), timeoutMs);
    response.once('drain', onDrain).once('close', onClose);
  });
}
