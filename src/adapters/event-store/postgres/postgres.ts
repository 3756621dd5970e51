import pg from 'pg';
import { anySignal } from '../../../ports/system/any-signal.js';
import {
  START,
  comparePositions,
  type EventStore,
  type Position,
  type ReadStreamOptions,
  type RecordedEvent,
  type SubscribeOptions,
  type SubscriptionBatch,
} from '../../../ports/event-store/event-store.js';
import { waitingQueries } from '../../../ports/event-store/waiting-queries.js';
import { openAppender } from './append.js';
import { openLogWatch, unavailable } from './condition.js';
import { SETTLED, UNSETTLED } from './numbering.js';
import { openTail, type Tail } from './tail.js';
import { IDLE_IN_TRANSACTION_MS } from '../../../ports/system/idle-limit.js';

export interface PostgresEventStoreOptions {
  connectionString: string;
  /** Connections of its own, so that a slow query elsewhere never delays an append. */
  poolSize?: number;
  /**
   * An append without an answer after this long is reported as ambiguous, a read as unavailable.
   * Milliseconds.
   */
  appendTimeoutMs?: number;
  warn?: (message: string) => void;
}

const READ_PAGE = 1_000;
const DEFAULT_SUBSCRIPTION_BATCH = 1_000;
/**
 * Shortest time between two queries of a subscription at the end of the log, so that one query
 * reads several appends. A subscription that has waited longer queries at once. `least`: while a
 * query waits for a projection. Milliseconds.
 */
const LOOK_INTERVAL_MS = { least: 2, most: 50 };
/**
 * Pauses of a subscription after database errors: doubled each time up to the last. Milliseconds.
 */
const RETRY_MS = { first: 50, last: 2_000 };

/**
 * Numbers as text. `order by` must name the table's columns, otherwise Postgres sorts the texts.
 */
const COLUMNS = `id::text, stream, revision::text, type, data, metadata,
  (extract(epoch from recorded_at) * 1000)::float8, transaction_id::text, position::text`;

/**
 * The end of a batch of at most $3 domain events after ($1, $2), their number, and whether further
 * stored domain events are withheld.
 */
const WINDOW = `
  select transaction_id::text, position::text, count(*) over (),
    exists (select from domain_events where ${UNSETTLED}) from (
    select transaction_id, position from domain_events
    where (transaction_id, position) > ($1::xid8, $2::bigint) and ${SETTLED}
    order by transaction_id, position limit $3) w
  order by w.transaction_id desc, w.position desc limit 1`;

const IN_WINDOW = `
  select ${COLUMNS} from domain_events
  where (transaction_id, position) > ($1::xid8, $2::bigint)
    and (transaction_id, position) <= ($3::xid8, $4::bigint)
    and stream ^@ any($5::text[])
  order by domain_events.transaction_id, domain_events.position`;

const END = `
  select transaction_id::text as commit, position::text as prepare from domain_events
  where ${SETTLED}
  order by domain_events.transaction_id desc, domain_events.position desc limit 1`;

/**
 * The embedded event store: one table of domain events in Postgres. Its migration must have run.
 */
export function openPostgresEventStore(options: PostgresEventStoreOptions): EventStore {
  const { connectionString, poolSize = 10, appendTimeoutMs = 5_000, warn = () => {} } = options;
  const pool = new pg.Pool({
    connectionString,
    max: poolSize,
    application_name: 'boxoffice-event-store',
    // A lost host does not answer; without these limits a query would wait for the TCP timeout.
    keepAlive: true,
    connectionTimeoutMillis: appendTimeoutMs / 2,
    query_timeout: appendTimeoutMs,
    // Ends the statement on the server too, so that a timed-out append is not committed much later.
    statement_timeout: appendTimeoutMs,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    onConnect: (client) => watch.check(client),
  });
  pool.on('error', (error) => warn(`event store connection lost: ${error.message}`));
  const closing = new AbortController();
  const watch = openLogWatch(pool, warn);
  const tail = openTail(pool, watch.raise, closing.signal);

  return {
    append: openAppender({ pool, timeoutMs: appendTimeoutMs, onAppended: tail.wake }),
    readStream: (stream, readOptions) => readStream(pool, stream, readOptions),
    subscribe: (subscribeOptions) => subscribe(pool, tail, closing.signal, warn, subscribeOptions),
    end: async () => {
      const { rows } = await pool
        .query<{ commit: string; prepare: string }>(END)
        .catch(unavailable);
      return rows[0] ? { commit: BigInt(rows[0].commit), prepare: BigInt(rows[0].prepare) } : START;
    },
    condition: () => watch.condition(),
    ping: async () => {
      await pool.query('select from domain_events limit 1').catch(unavailable);
    },
    close: async () => {
      closing.abort();
      await tail.ended;
      await pool.end();
    },
  };
}

const READ_STREAM: Readonly<Record<'forwards' | 'backwards', string>> = {
  forwards: `
    select ${COLUMNS} from domain_events where stream = $1 and revision >= $2::bigint
    order by domain_events.revision asc limit $3`,
  backwards: `
    select ${COLUMNS} from domain_events where stream = $1 and revision <= $2::bigint
    order by domain_events.revision desc limit $3`,
};

async function* readStream(
  pool: pg.Pool,
  stream: string,
  { from, direction = 'forwards', maxCount = Infinity }: ReadStreamOptions = {},
): AsyncGenerator<RecordedEvent> {
  const backwards = direction === 'backwards';
  let next = from ?? (backwards ? 2n ** 63n - 1n : 0n);
  let left = maxCount;
  while (left > 0) {
    const limit = Math.min(READ_PAGE, left);
    const { rows } = await pool
      .query<Row>({
        name: `read-${direction}`,
        text: READ_STREAM[direction],
        values: [stream, next, limit],
        rowMode: 'array',
      })
      .catch(unavailable);
    for (const row of rows) yield toRecordedEvent(row);
    if (rows.length < limit) return;
    left -= rows.length;
    const last = BigInt(rows.at(-1)![2]);
    next = backwards ? last - 1n : last + 1n;
    if (next < 0n) return;
  }
}

async function* subscribe(
  pool: pg.Pool,
  tail: Tail,
  closing: AbortSignal,
  warn: (message: string) => void,
  { prefixes, after, maxBatch = DEFAULT_SUBSCRIPTION_BATCH, signal }: SubscribeOptions,
): AsyncGenerator<SubscriptionBatch> {
  const ended = anySignal([signal, closing]);
  let checkpoint = after;
  let retryMs = RETRY_MS.first;
  while (!ended.aborted) {
    const seen = tail.version();
    const lookedAt = performance.now();
    try {
      const { batch, isFull } = await readBatch(pool, checkpoint, prefixes, maxBatch);
      retryMs = RETRY_MS.first;
      if (batch) {
        yield batch;
        checkpoint = batch.checkpoint;
        if (isFull) continue;
      }
      await tail.changed(seen, ended);
      await waitingQueries.gather(MONOTONIC, lookedAt, LOOK_INTERVAL_MS, ended);
    } catch (error) {
      if (ended.aborted) return;
      warn(`subscription interrupted, retrying in ${retryMs} ms: ${(error as Error).message}`);
      await pause(retryMs, ended);
      retryMs = Math.min(retryMs * 2, RETRY_MS.last);
    }
  }
}

async function readBatch(
  pool: pg.Pool,
  after: Position,
  prefixes: readonly string[],
  maxBatch: number,
): Promise<{ batch?: SubscriptionBatch; isFull: boolean }> {
  const low = comparePositions(after, START) <= 0 ? [0n, 0n] : [after.commit, after.prepare];
  const window = await pool.query<[string, string, string, boolean]>({
    name: 'subscription-window',
    text: WINDOW,
    values: [...low, maxBatch],
    rowMode: 'array',
  });
  if (window.rows.length === 0) return { isFull: false };
  const [commit, prepare, count, isWithheld] = window.rows[0]!;
  const { rows } = await pool.query<Row>({
    name: 'subscription-events',
    text: IN_WINDOW,
    values: [...low, commit, prepare, prefixes],
    rowMode: 'array',
  });
  const isFull = Number(count) >= maxBatch;
  return {
    batch: {
      events: rows.map(toRecordedEvent),
      checkpoint: { commit: BigInt(commit), prepare: BigInt(prepare) },
      caughtUp: !isFull && !isWithheld,
    },
    isFull,
  };
}

type Row = [string, string, string, string, string, string, number, string, string];

function toRecordedEvent([
  id,
  stream,
  revision,
  type,
  data,
  metadata,
  recordedAt,
  commit,
  prepare,
]: Row): RecordedEvent {
  const position = { commit: BigInt(commit), prepare: BigInt(prepare) };
  let parsed: RecordedEvent['metadata'] | undefined;
  return {
    id,
    stream,
    revision: BigInt(revision),
    type,
    data: JSON.parse(data) as unknown,
    // Parsed on access: projections do not read it, and it is as long as the data.
    get metadata() {
      return (parsed ??= JSON.parse(metadata) as RecordedEvent['metadata']);
    },
    set metadata(given) {
      parsed = given;
    },
    recordedAt,
    position,
  };
}

const MONOTONIC = { now: () => performance.now(), sleep: pause };

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
