import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type pg from 'pg';
import { ANNOUNCED_MS, waitingQueries } from '../../ports/event-store/waiting-queries.js';
import type { Clock } from '../../ports/system/clock.js';
import type { TableSet } from '../tables/read-model.js';
import { announceWaiting, listen } from './revision-listener.js';
import { parseNotification } from './seat-status-notifications.js';

/** Maximum of inventories whose revision is cached. */
const MAX_KNOWN = 10_000;
/**
 * Interval at which waiters are checked for their timeout: the resolution of `timeoutMs`.
 * Milliseconds.
 */
const SWEEP_MS = 25;
/** Interval at which revisions are queried while there is no LISTEN connection. Milliseconds. */
const POLL_MS = 100;
/**
 * Interval at which other processes are told that queries wait here. Shorter than the time for
 * which that counts there. Milliseconds.
 */
const ANNOUNCE_MS = ANNOUNCED_MS / 2;

/**
 * Revisions that the read model of each inventory has reached. One LISTEN connection per process
 * receives every commit, so that a waiter needs no query of its own.
 */
export interface RevisionFeed {
  /** False while there is no LISTEN connection: known revisions may then be outdated. */
  listening(): boolean;
  /** Returns the newest known revision. */
  known(eventId: string): number | undefined;
  /** Adds a revision that was read elsewhere. */
  learn(eventId: string, revision: number): void;
  /** Resolves to true once the read model has reached `revision`, to false after `timeoutMs`. */
  reached(eventId: string, revision: number, timeoutMs: number): Promise<boolean>;
  close(): Promise<void>;
}

export interface RevisionFeedOptions {
  readonly connectionString: string;
  readonly db: pg.Pool;
  readonly clock: Clock;
  readonly warn: (message: string) => void;
  /** Called when a known revision moves; without an id when any inventory may have moved. */
  readonly onMoved: (eventId?: string) => void;
}

interface Waiter {
  readonly revision: number;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  readonly resolve: (reached: boolean) => void;
}

export const openRevisionFeed = (options: RevisionFeedOptions): RevisionFeed =>
  new NotifiedRevisions(options);

class NotifiedRevisions implements RevisionFeed {
  private readonly revisions = new LRUCache<string, number>({ max: MAX_KNOWN });
  private readonly waiters = new Map<string, Waiter[]>();
  private readonly closing = new AbortController();
  private readonly ended: Promise<void>;
  private isListening = false;
  /** Revisions of other tables are ignored: queries do not see tables that are being built. */
  private serving: TableSet | undefined;
  /**
   * Events with waiters and without a known revision. One query on the next tick reads them all.
   */
  private unknown = new Set<string>();
  private sweeping: Promise<void> | undefined;
  private announcing: Promise<void> | undefined;
  private readonly id = randomUUID();
  private readonly endAnnouncing: () => void;

  constructor(private readonly options: RevisionFeedOptions) {
    const { connectionString, clock, warn } = options;
    this.ended = listen({
      connectionString,
      clock,
      warn,
      signal: this.closing.signal,
      onNotification: (payload) => this.receive(payload),
      onWaiting: (sender) => {
        if (sender !== this.id) void waitingQueries.countAnnounced(clock, this.closing.signal);
      },
      onListening: (set) => {
        // A notification that arrived meanwhile is newer than the queried set.
        this.serving = set && (this.serving ?? set);
        this.isListening = set !== undefined;
        if (this.isListening) this.invalidate();
      },
    });
    this.endAnnouncing = waitingQueries.onBegin(() => {
      if (waitingQueries.anyHere()) this.announcing ??= this.announce();
    });
  }

  listening(): boolean {
    return this.isListening;
  }

  known(eventId: string): number | undefined {
    return this.revisions.get(eventId);
  }

  learn(eventId: string, revision: number): void {
    if (revision <= (this.revisions.get(eventId) ?? -1)) return;
    this.revisions.set(eventId, revision);
    if (this.waiters.has(eventId))
      this.resolveWaiters(eventId, (waiter) => waiter.revision <= revision, true);
    this.options.onMoved(eventId);
  }

  reached(eventId: string, revision: number, timeoutMs: number): Promise<boolean> {
    const last = this.revisions.get(eventId);
    if (last !== undefined && last >= revision) return Promise.resolve(true);
    const waiting = new Promise<boolean>((resolve) => {
      const waiter = { revision, deadline: this.options.clock.now() + timeoutMs, resolve };
      const list = this.waiters.get(eventId);
      if (list) list.push(waiter);
      else this.waiters.set(eventId, [waiter]);
      if (last === undefined || !this.isListening) this.queryLater(eventId);
      this.sweeping ??= this.sweep();
    });
    return waitingQueries.during(waiting);
  }

  async close(): Promise<void> {
    this.closing.abort();
    this.endAnnouncing();
    await this.ended;
    await this.sweeping;
    await this.announcing;
    for (const eventId of [...this.waiters.keys()]) this.resolveWaiters(eventId, () => true, false);
  }

  private resolveWaiters(
    eventId: string,
    isDone: (waiter: Waiter) => boolean,
    reached: boolean,
  ): void {
    const list = this.waiters.get(eventId) ?? [];
    const done = list.filter(isDone);
    if (done.length === 0) return;
    const rest = list.filter((waiter) => !done.includes(waiter));
    if (rest.length > 0) this.waiters.set(eventId, rest);
    else this.waiters.delete(eventId);
    for (const waiter of done) waiter.resolve(reached);
  }

  private async query(eventIds: Iterable<string>): Promise<void> {
    const { rows } = await this.options.db.query<{ event_id: string; revision: number }>({
      name: 'seat-status/revisions',
      text: `select event_id, revision::float8 as revision from inventories
             where event_id = any($1::text[])`,
      values: [[...eventIds]],
    });
    for (const row of rows) this.learn(row.event_id, row.revision);
  }

  private queryLater(eventId: string): void {
    if (this.unknown.size === 0) setImmediate(() => this.queryUnknown());
    this.unknown.add(eventId);
  }

  private queryUnknown(): void {
    const eventIds = this.unknown;
    this.unknown = new Set();
    this.query(eventIds).catch((error: Error) =>
      this.options.warn(`live seat status: revisions not read: ${error.message}`),
    );
  }

  /** Any inventory may have moved. */
  private invalidate(): void {
    this.revisions.clear();
    for (const eventId of this.waiters.keys()) this.queryLater(eventId);
    this.options.onMoved();
  }

  private async sweep(): Promise<void> {
    const { clock } = this.options;
    let polledAt = clock.now();
    while (this.waiters.size > 0 && !this.closing.signal.aborted) {
      await clock.sleep(SWEEP_MS, this.closing.signal);
      const now = clock.now();
      for (const eventId of [...this.waiters.keys()])
        this.resolveWaiters(eventId, (waiter) => waiter.deadline <= now, false);
      if (this.isListening || this.waiters.size === 0 || now - polledAt < POLL_MS) continue;
      polledAt = now;
      await this.query(this.waiters.keys()).catch(() => {});
    }
    this.sweeping = undefined;
  }

  /** Another process may run the projections that queries of this process wait for. */
  private async announce(): Promise<void> {
    const { db, clock } = this.options;
    const { signal } = this.closing;
    while (waitingQueries.anyHere() && !signal.aborted) {
      // Without an announcement the wait is only longer.
      await announceWaiting(db, this.id).catch(() => {});
      await clock.sleep(ANNOUNCE_MS, signal);
    }
    this.announcing = undefined;
  }

  private receive(payload: string): void {
    const notification = parseNotification(payload);
    if (notification?.moved === 'serves') this.serving = notification.set;
    else if (notification && notification.set !== this.serving) return;
    if (!notification || typeof notification.moved === 'string') return this.invalidate();
    for (const { eventId, revision } of notification.moved) this.learn(eventId, revision);
  }
}
