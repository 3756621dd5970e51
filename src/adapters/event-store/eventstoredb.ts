import type { EventStore } from '../../ports/event-store.js';
import { openLane } from './eventstoredb-append.js';
import { openConnection } from './eventstoredb-connection.js';
import { readEnd, readStream } from './eventstoredb-read.js';
import { subscribe } from './eventstoredb-subscription.js';

export interface EventStoreDbOptions {
  /** `esdb://…` or `esdb+discover://…`, with credentials where the server wants them. */
  connectionString: string;
  /** An append without an answer after this long is reported as ambiguous. Milliseconds. */
  appendTimeoutMs?: number;
  log?: (message: string) => void;
}

/** A stream that nobody writes: whatever the answer, it is one. */
const PING_STREAM = 'boxofficePing';
const PING_TIMEOUT_MS = 3_000;

/**
 * The event store of production: EventStoreDB 20.10 and later. Its user needs to read `$all`.
 * Appends go over one client and reads over another, so that a long read never delays an append.
 */
export function openEventStoreDb({
  connectionString,
  appendTimeoutMs = 5_000,
  log = () => {},
}: EventStoreDbOptions): EventStore {
  const connection = openConnection(connectionString);
  const lane = openLane({ connectionString, appendTimeoutMs, log });
  const closing = new AbortController();
  return {
    append: lane.append,
    readStream: (stream, options) => readStream(connection, stream, options),
    subscribe: (options) => subscribe({ connection, log, closing: closing.signal }, options),
    end: () => readEnd(connection),
    condition: () => Promise.resolve({ state: 'ok' }),
    async ping() {
      for await (const _event of readStream(connection, PING_STREAM, { maxCount: 1 }, PING_TIMEOUT_MS))
        return;
    },
    async close() {
      closing.abort();
      await lane.close();
      await connection.close();
    },
  };
}
