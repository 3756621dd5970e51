import { LRUCache } from 'lru-cache';
import pg from 'pg';
import type { Clock } from '../../ports/system/clock.js';
import { readNotice, SEAT_STATUS_CHANNEL } from './seat-status-notices.js';
import { tableSet, type TableSet } from '../tables/read-model.js';
import { seatStatus } from './seat-status.js';
import { servingGeneration } from '../tables/versions.js';
import { IDLE_IN_TRANSACTION_MS } from '../../ports/system/idle-limit.js';

/** Inventories whose last known revision is remembered. */
const MAX_KNOWN = 10_000;
/** How often overdue waiters are told, milliseconds: the grain of `timeoutMs`. */
const SWEEP_MS = 25;
/** How often revisions are looked up while there is no LISTEN connection. Milliseconds. */
const POLL_MS = 100;
/** Between attempts to listen again, doubling up to the last. Milliseconds. */
const RECONNECT_MS = { first: 100, last: 2_000 };
/** A connection that does not answer within this time is given up. Milliseconds. */
const HEARTBEAT_MS = 5_000;

/**
 * How far the read model of each inventory has come: one LISTEN connection per process tells of every commit, so
 * that a waiter costs no query of its own.
 */
export interface RevisionFeed {
  /** False while there is no LISTEN connection: what is known may then be old. */
  listening(): boolean;
  /** The newest revision heard of; undefined when nothing is known. */
  known(eventId: string): number | undefined;
  /** Something read elsewhere. */
  learn(eventId: string, revision: number): void;
  /** Resolves with true once the read model is at or past `revision`, with false after `timeoutMs`. */
  reached(eventId: string, revision: number, timeoutMs: number): Promise<boolean>;
  close(): Promise<void>;
}

export interface RevisionFeedOptions {
  readonly connectionString: string;
  readonly db: pg.Pool;
  readonly clock: Clock;
  readonly warn: (message: string) => void;
  /** Called when an inventory's known revision moves; without an id when any may have moved unseen. */
  readonly onMoved: (eventId?: string) => void;
}

interface Waiter {
  readonly revision: number;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  readonly resolve: (reached: boolean) => void;
}

export function openRevisionFeed({
  connectionString,
  db,
  clock,
  warn,
  onMoved,
}: RevisionFeedOptions): RevisionFeed {
  const known = new LRUCache<string, number>({ max: MAX_KNOWN });
  const waiters = new Map<string, Waiter[]>();
  const closing = new AbortController();
  let listening = false;
  /** Whose revisions count: those of tables that are being built say nothing of what a query sees. */
  let serving: TableSet | undefined;
  /** Events with waiters of whom nothing is known; looked up together in the next turn. */
  let unknown = new Set<string>();
  let sweeping: Promise<void> | undefined;

  const settle = (eventId: string, keep: (waiter: Waiter) => boolean, reached: boolean) => {
    const list = waiters.get(eventId) ?? [];
    const kept = list.filter(keep);
    if (kept.length === list.length) return;
    if (kept.length > 0) waiters.set(eventId, kept);
    else waiters.delete(eventId);
    for (const waiter of list) if (!keep(waiter)) waiter.resolve(reached);
  };

  const learn = (eventId: string, revision: number) => {
    if (revision <= (known.get(eventId) ?? -1)) return;
    known.set(eventId, revision);
    if (waiters.has(eventId)) settle(eventId, (waiter) => waiter.revision > revision, true);
    onMoved(eventId);
  };

  const lookUp = async (eventIds: Iterable<string>) => {
    const { rows } = await db.query<{ event_id: string; revision: number }>({
      name: 'seat-status/revisions',
      text: 'select event_id, revision::float8 as revision from inventories where event_id = any($1::text[])',
      values: [[...eventIds]],
    });
    for (const row of rows) learn(row.event_id, row.revision);
  };

  const lookUpUnknown = () => {
    const eventIds = unknown;
    unknown = new Set();
    lookUp(eventIds).catch((error: Error) => warn(`revisions cannot be read: ${error.message}`));
  };

  const anyMayHaveMoved = () => {
    known.clear();
    for (const eventId of waiters.keys()) askFor(eventId);
    onMoved();
  };

  const askFor = (eventId: string) => {
    if (unknown.size === 0) setImmediate(lookUpUnknown);
    unknown.add(eventId);
  };

  const sweep = async () => {
    let polledAt = clock.now();
    while (waiters.size > 0 && !closing.signal.aborted) {
      await clock.sleep(SWEEP_MS, closing.signal);
      const now = clock.now();
      for (const eventId of [...waiters.keys()])
        settle(eventId, (waiter) => waiter.deadline > now, false);
      if (listening || waiters.size === 0 || now - polledAt < POLL_MS) continue;
      polledAt = now;
      await lookUp(waiters.keys()).catch(() => {});
    }
    sweeping = undefined;
  };

  const hear = (payload: string) => {
    const notice = readNotice(payload);
    if (notice?.moved === 'serves') serving = notice.set;
    else if (notice && notice.set !== serving) return;
    if (!notice || typeof notice.moved === 'string') return anyMayHaveMoved();
    for (const { eventId, revision } of notice.moved) learn(eventId, revision);
  };

  const ended = listenForEver({
    connectionString,
    clock,
    warn,
    signal: closing.signal,
    hear,
    onListening: (set) => {
      // What was heard meanwhile is newer than the answer.
      serving = set && (serving ?? set);
      listening = set !== undefined;
      if (listening) anyMayHaveMoved();
    },
  });

  return {
    listening: () => listening,
    known: (eventId) => known.get(eventId),
    learn,
    reached: (eventId, revision, timeoutMs) => {
      const last = known.get(eventId);
      if (last !== undefined && last >= revision) return Promise.resolve(true);
      return new Promise((resolve) => {
        const waiter = { revision, deadline: clock.now() + timeoutMs, resolve };
        const list = waiters.get(eventId);
        if (list) list.push(waiter);
        else waiters.set(eventId, [waiter]);
        if (last === undefined || !listening) askFor(eventId);
        sweeping ??= sweep();
      });
    },
    close: async () => {
      closing.abort();
      await ended;
      await sweeping;
      for (const eventId of [...waiters.keys()]) settle(eventId, () => false, false);
    },
  };
}

interface Listening {
  readonly connectionString: string;
  readonly clock: Clock;
  readonly warn: (message: string) => void;
  readonly signal: AbortSignal;
  readonly hear: (payload: string) => void;
  /** With the tables that serve; with none when nothing is heard any more. */
  readonly onListening: (set: TableSet | undefined) => void;
}

async function listenForEver({
  connectionString,
  clock,
  warn,
  signal,
  hear,
  onListening,
}: Listening): Promise<void> {
  let retryMs = RECONNECT_MS.first;
  while (!signal.aborted) {
    const client = new pg.Client({
      connectionString,
      application_name: 'boxoffice-live',
      connectionTimeoutMillis: HEARTBEAT_MS,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
      query_timeout: HEARTBEAT_MS,
      keepAlive: true,
    });
    const lost = new AbortController();
    const lose = () => lost.abort();
    client.on('error', lose).on('end', lose);
    client.on('notification', ({ payload = '' }) => hear(payload));
    signal.addEventListener('abort', lose, { once: true });
    try {
      await client.connect();
      await client.query(`listen ${SEAT_STATUS_CHANNEL}`);
      // Asked after the listening has begun: whatever switches from here on is heard.
      onListening(
        tableSet(
          (await servingGeneration(client, seatStatus.name)) ?? { ...seatStatus, generation: 1 },
        ),
      );
      retryMs = RECONNECT_MS.first;
      while (!lost.signal.aborted) {
        await clock.sleep(HEARTBEAT_MS, lost.signal);
        if (!lost.signal.aborted) await client.query('select');
      }
    } catch (error) {
      warn(
        `live seat status cannot listen, trying again in ${retryMs} ms: ${(error as Error).message}`,
      );
    }
    onListening(undefined);
    signal.removeEventListener('abort', lose);
    await client.end().catch(() => {});
    await clock.sleep(retryMs, signal);
    retryMs = Math.min(retryMs * 2, RECONNECT_MS.last);
  }
}
