import type { ServerResponse } from 'node:http';
import { anySignal } from '../../ports/system/any-signal.js';
import type { LiveSeatStatus } from '../../read-models/seat-inventory/live-seat-status.js';
import { networksOf } from '../platform/addresses.js';

/** Live feeds of one process, unless the settings say otherwise. */
const DEFAULT_MAX_STREAMS = 10_000;
/**
 * Share of the free places that one address, and each wider network of an IPv6 address, may take. A single client network gets a
 * third of all places, enough for a campus. Ten that take their maximum leave a sixth, and a network without a feed
 * always gets one of the last places. Clients without a place poll the status every few seconds.
 */
const SHARE_OF_FREE = 1 / 2;
/** A comment is sent this often, so that proxies keep the connection and a dead one is noticed. Milliseconds. */
const HEARTBEAT_MS = 15_000;
/** A client that does not take what it was sent within this time is dropped; it may come back and resume. Milliseconds. */
const SLOW_CLIENT_MS = 10_000;
/** How long a browser waits before it comes back. Milliseconds. */
const RETRY_MS = 2_000;

/** Between two looks at what organizers have changed of the events that somebody watches: one query for all. Milliseconds. */
const EVENTS_MS = 2_000;

const HEARTBEAT = ': still here\n\n';
/** The page reads the event again: its start, its sale or its state is another. */
const EVENT_CHANGED = 'event: event-changed\ndata: {}\n\n';

export interface SeatStatusStreams {
  readonly open: number;
  readonly isClosing: boolean;
  /**
   * Takes a place for this response until it closes, before anything is waited for: a crowd that comes at once cannot pass
   * the limit. False when all places are taken, or the share of this address or network.
   */
  admit(response: ServerResponse, address: string): boolean;
  /** Writes changes after `afterRevision` until the client leaves, is too slow, or the process ends. Headers are sent. */
  serve(response: ServerResponse, eventId: string, afterRevision: number): Promise<void>;
  /** Ends all streams; called by Nest before the server stops. */
  onModuleDestroy(): void;
}

export interface SeatStatusStreamsOptions {
  readonly maxStreams?: number;
  readonly heartbeatMs?: number;
  readonly slowClientMs?: number;
  /** How often organizers have changed each of these events. Without it, feeds say nothing of such changes. */
  readonly changesOf?: (eventIds: readonly string[]) => Promise<ReadonlyMap<string, number>>;
  readonly eventsMs?: number;
}

export function openSeatStatusStreams(
  live: Pick<LiveSeatStatus, 'changes'>,
  {
    maxStreams = DEFAULT_MAX_STREAMS,
    heartbeatMs = HEARTBEAT_MS,
    slowClientMs = SLOW_CLIENT_MS,
    changesOf,
    eventsMs = EVENTS_MS,
  }: SeatStatusStreamsOptions = {},
): SeatStatusStreams {
  const responses = new Set<ServerResponse>();
  let places = maxStreams;
  const placesOf = new Map<string, number>();
  const closing = new AbortController();
  const heartbeat = setInterval(() => {
    for (const response of responses) if (!response.writableNeedDrain) response.write(HEARTBEAT);
  }, heartbeatMs);
  heartbeat.unref();
  const watchers = openEventWatchers(changesOf, eventsMs);

  return {
    get open() {
      return responses.size;
    },
    get isClosing() {
      return closing.signal.aborted;
    },
    admit: (response, address) => {
      // Its close has been told already, and would not give the place back.
      if (response.destroyed) return true;
      const networks = networksOf(address);
      const taken = (network: string) => placesOf.get(network) ?? 0;
      if (places === 0 || networks.some((network) => taken(network) >= places * SHARE_OF_FREE))
        return false;
      places--;
      for (const network of networks) placesOf.set(network, taken(network) + 1);
      response.once('close', () => {
        places++;
        for (const network of networks) {
          const left = taken(network) - 1;
          if (left > 0) placesOf.set(network, left);
          else placesOf.delete(network);
        }
      });
      return true;
    },
    serve: async (response, eventId, afterRevision) => {
      // Who has left while the board was read has closed already: nothing would ever end this feed.
      if (response.destroyed) return;
      const gone = new AbortController();
      response.once('close', () => gone.abort());
      const signal = anySignal([gone.signal, closing.signal]);
      responses.add(response);
      watchers.add(eventId, response);
      try {
        response.write(`retry: ${RETRY_MS}\nid: ${afterRevision}\n\n`);
        for await (const { frame } of live.changes(eventId, { afterRevision, signal })) {
          if (!response.write(frame) && !(await drained(response, slowClientMs)))
            return void response.destroy();
        }
        response.end();
      } finally {
        responses.delete(response);
        watchers.remove(eventId, response);
      }
    },
    onModuleDestroy: () => {
      clearInterval(heartbeat);
      watchers.stop();
      closing.abort();
    },
  };
}

/** Tells the feeds of an event that its organizer has changed it. */
function openEventWatchers(changesOf: SeatStatusStreamsOptions['changesOf'], everyMs: number) {
  const feeds = new Map<
    string,
    { changes: number | undefined; readonly responses: Set<ServerResponse> }
  >();
  let looking = false;

  const look = async () => {
    if (looking || !changesOf || feeds.size === 0) return;
    looking = true;
    try {
      const now = await changesOf([...feeds.keys()]);
      for (const [eventId, feed] of feeds) {
        const changes = now.get(eventId);
        const isNews =
          feed.changes !== undefined && changes !== undefined && changes !== feed.changes;
        feed.changes = changes ?? feed.changes;
        if (!isNews) continue;
        for (const response of feed.responses)
          if (!response.writableNeedDrain) response.write(EVENT_CHANGED);
      }
    } catch {
      // The database is away: the next look finds what was changed meanwhile.
    } finally {
      looking = false;
    }
  };
  const timer = setInterval(() => void look(), everyMs);
  timer.unref();

  return {
    add: (eventId: string, response: ServerResponse) => {
      const feed = feeds.get(eventId) ?? { changes: undefined, responses: new Set() };
      feed.responses.add(response);
      if (feeds.has(eventId)) return;
      feeds.set(eventId, feed);
      // From now on every change is news; the page reads the event once its feed is open.
      void look();
    },
    remove: (eventId: string, response: ServerResponse) => {
      const feed = feeds.get(eventId);
      feed?.responses.delete(response);
      if (feed?.responses.size === 0) feeds.delete(eventId);
    },
    stop: () => clearInterval(timer),
  };
}

/** Whether the client took what was waiting for it in time. Nothing more is read for it meanwhile. */
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
