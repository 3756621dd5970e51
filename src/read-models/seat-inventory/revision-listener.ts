import pg from 'pg';
import type { Clock } from '../../ports/system/clock.js';
import { IDLE_IN_TRANSACTION_MS } from '../../ports/system/idle-limit.js';
import { tableSet, type Queryable, type TableSet } from '../tables/read-model.js';
import { servingGeneration } from '../tables/versions.js';
import { SEAT_STATUS_CHANNEL } from './seat-status-notifications.js';
import { seatStatus } from './seat-status.js';

/** Postgres channel for queries that wait for a projection, which another process may run. */
const WAITING_CHANNEL = 'waiting_queries';
/** Pause before the next connection attempt; doubles up to `last`. Milliseconds. */
const RECONNECT_MS = { first: 100, last: 2_000 };
/**
 * Interval of the heartbeats, and time for an answer. After it the connection is replaced.
 * Milliseconds.
 */
const HEARTBEAT_MS = 5_000;

export interface ListenerOptions {
  readonly connectionString: string;
  readonly clock: Clock;
  readonly warn: (message: string) => void;
  readonly signal: AbortSignal;
  readonly onNotification: (payload: string) => void;
  /** Called when queries of a process wait, with the sender of `announceWaiting`. */
  readonly onWaiting: (sender: string) => void;
  /**
   * Called with the serving tables after LISTEN, and with undefined when the connection is lost.
   */
  readonly onListening: (set: TableSet | undefined) => void;
}

/** Listens to the seat status channel until `signal` aborts, and reconnects after a failure. */
export async function listen(options: ListenerOptions): Promise<void> {
  const { clock, warn, signal, onListening } = options;
  let retryMs = RECONNECT_MS.first;
  while (!signal.aborted) {
    const lost = new AbortController();
    const lose = () => lost.abort();
    const client = createClient(options);
    client.on('error', lose).on('end', lose);
    signal.addEventListener('abort', lose, { once: true });
    try {
      await client.connect();
      await client.query(`listen ${SEAT_STATUS_CHANNEL}; listen ${WAITING_CHANNEL}`);
      // Queried after LISTEN, so that every later switch is notified.
      const serving = await servingGeneration(client, seatStatus.name);
      onListening(tableSet(serving ?? { ...seatStatus, generation: 1 }));
      retryMs = RECONNECT_MS.first;
      while (!lost.signal.aborted) {
        await clock.sleep(HEARTBEAT_MS, lost.signal);
        if (!lost.signal.aborted) await client.query('select');
      }
    } catch (error) {
      const { message } = error as Error;
      warn(`live seat status: cannot listen, trying again in ${retryMs} ms: ${message}`);
    }
    onListening(undefined);
    signal.removeEventListener('abort', lose);
    await client.end().catch(() => {});
    await clock.sleep(retryMs, signal);
    retryMs = Math.min(retryMs * 2, RECONNECT_MS.last);
  }
}

/** Tells all listening processes, this one included, that queries of `sender` wait. */
export async function announceWaiting(db: Queryable, sender: string): Promise<void> {
  await db.query({
    name: 'announce-waiting',
    text: `select pg_notify('${WAITING_CHANNEL}', $1)`,
    values: [sender],
  });
}

function createClient({ connectionString, onNotification, onWaiting }: ListenerOptions): pg.Client {
  const client = new pg.Client({
    connectionString,
    application_name: 'boxoffice-live',
    connectionTimeoutMillis: HEARTBEAT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    query_timeout: HEARTBEAT_MS,
    keepAlive: true,
  });
  client.on('notification', ({ channel, payload = '' }) =>
    channel === WAITING_CHANNEL ? onWaiting(payload) : onNotification(payload),
  );
  return client;
}
