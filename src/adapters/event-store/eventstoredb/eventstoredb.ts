import type { EventStore, SubscriptionStats } from '../../../ports/event-store/event-store.js';
import { Appender } from './append.js';
import { conditionOf } from './condition.js';
import { openConnection } from './connection.js';
import { openPatience } from './patience.js';
import { readEnd, readStream, readStreamPatiently } from './read.js';
import { subscribe } from './subscription.js';

export interface EventStoreDbOptions {
  /** `esdb://…` or `esdb+discover://…`, with credentials where the server wants them. */
  connectionString: string;
  /** An append without an answer after this long is reported as ambiguous. Milliseconds. */
  appendTimeoutMs?: number;
  /** Maximum time that appends and reads wait for a leader. Milliseconds. */
  leaderWaitMs?: number;
  stats?: SubscriptionStats;
  warn?: (message: string) => void;
}

/** Never written. Any answer to a read of it shows that the server responds. */
const PING_STREAM = 'boxofficePing';
const PING_TIMEOUT_MS = 3_000;
/**
 * An election takes about 2.5 s. Together with one append, a caller gets an answer within ten
 * seconds. Milliseconds.
 */
const LEADER_WAIT_MS = 5_000;

/**
 * The event store for production: EventStoreDB 23.10 and later. The account must be able to read
 * `$all`. Appends go over one client and reads over another, so that a long read never delays an
 * append.
 */
export function openEventStoreDb({
  connectionString,
  appendTimeoutMs = 5_000,
  leaderWaitMs = LEADER_WAIT_MS,
  stats = { consumerTooSlow: 0 },
  warn = () => {},
}: EventStoreDbOptions): EventStore {
  const closing = new AbortController();
  const connection = openConnection(connectionString);
  const patience = openPatience(leaderWaitMs, closing.signal);
  const appender = new Appender({ connectionString, appendTimeoutMs, patience, warn });
  const source = { connection, connectionString, warn, stats, closing: closing.signal };
  return {
    append: (stream, expected, events) => appender.append(stream, expected, events),
    readStream: (stream, options) => readStreamPatiently(connection, patience, stream, options),
    subscribe: (options) => subscribe(source, options),
    end: () => readEnd(connection),
    condition: () => conditionOf(connection),
    async ping() {
      for await (const _event of readStream(
        connection,
        PING_STREAM,
        { maxCount: 1 },
        PING_TIMEOUT_MS,
      ))
        return;
    },
    async close() {
      closing.abort();
      await appender.close();
      await connection.close();
    },
  };
}
