import { LRUCache } from 'lru-cache';
import type pg from 'pg';
import type { SeatLayout } from '../../domain/seating-plan/layout.js';
import { anySignal } from '../../ports/system/any-signal.js';
import type { Clock } from '../../ports/system/clock.js';
import { openDeltaLog, type DeltaLog } from './delta-log.js';
import { openRevisionFeed, type RevisionFeed } from './revision-feed.js';
import {
  seatLetters,
  toDelta,
  type SeatLetters,
  type SeatStatusDelta,
  type SeatStatusSnapshot,
} from './seat-status-board.js';
import { seatStatusQueries, type SeatStatusQueries } from './seat-status-queries.js';

/** Maximum of boards in memory in addition to watched ones. */
const MAX_IDLE_BOARDS = 200;
/**
 * Minimum time between two deltas of an event, and maximum age of a returned board. Milliseconds.
 */
const REFRESH_MS = 50;
/** Pause after a failed refresh of a watched board. Milliseconds. */
const RETRY_MS = 500;

export interface LiveSeatStatus {
  /**
   * Returns all seats of one event, at most 50 ms old, and not before revision `atLeast` if the
   * read model has reached it; undefined for an event whose inventory is not open.
   */
  board(eventId: string, atLeast?: number): Promise<SeatStatusSnapshot | undefined>;
  /**
   * Yields the changes from now on, or since `afterRevision`. Nothing is buffered for a slow
   * reader: one that is far behind gets everything that it missed in one delta. Ends immediately
   * for an unknown event, and when `signal` aborts.
   */
  changes(eventId: string, options: ChangesOptions): AsyncIterable<SeatStatusDelta>;
  /** Returns whether the read model of this inventory reached `revision` within `timeoutMs`. */
  reached(eventId: string, revision: number, timeoutMs: number): Promise<boolean>;
  /** Ends all iterations and the connection. */
  close(): Promise<void>;
}

interface ChangesOptions {
  readonly afterRevision?: number;
  readonly signal: AbortSignal;
}

export interface LiveSeatStatusOptions {
  /** For the one connection that listens. */
  readonly connectionString: string;
  readonly db: pg.Pool;
  /** Returns the layout of a seating plan by its hash. */
  readonly layoutOf: (seatingPlanHash: string) => Promise<SeatLayout>;
  readonly clock: Clock;
  readonly warn?: (message: string) => void;
}

/** The accepted log does not have the event. */
class InventoryGone extends Error {
  override name = 'InventoryGone';
}

interface Board {
  readonly eventId: string;
  readonly seatingPlanHash: string;
  readonly layout: SeatLayout;
  letters: SeatLetters;
  /** Milliseconds since the epoch. */
  refreshedAt: number;
  refreshing: Promise<void> | undefined;
  /** Set while the board is watched. */
  deltas: DeltaLog | undefined;
  watchers: number;
  isUpdating: boolean;
}

export const openLiveSeatStatus = (options: LiveSeatStatusOptions): LiveSeatStatus =>
  new Boards(options);

class Boards implements LiveSeatStatus {
  private readonly queries: SeatStatusQueries;
  private readonly feed: RevisionFeed;
  private readonly idle = new LRUCache<string, Board>({ max: MAX_IDLE_BOARDS });
  private readonly watched = new Map<string, Board>();
  private readonly loading = new Map<string, Promise<Board | undefined>>();
  private readonly closing = new AbortController();
  private readonly warn: (message: string) => void;

  constructor(private readonly options: LiveSeatStatusOptions) {
    const { connectionString, db, clock, warn = () => {} } = options;
    this.warn = warn;
    this.queries = seatStatusQueries(db);
    this.feed = openRevisionFeed({
      connectionString,
      db,
      clock,
      warn,
      onMoved: (eventId) => {
        const { watched } = this;
        const boards = eventId === undefined ? [...watched.values()] : [watched.get(eventId)];
        for (const board of boards) if (board) void this.update(board);
      },
    });
  }

  async board(eventId: string, atLeast = 0): Promise<SeatStatusSnapshot | undefined> {
    const board = await this.boardOf(eventId);
    if (!board) return undefined;
    try {
      await this.refreshIfStale(board, atLeast);
    } catch (error) {
      if (!(error instanceof InventoryGone)) throw error;
      this.idle.delete(eventId);
      return undefined;
    }
    return board.letters.snapshot();
  }

  async *changes(
    eventId: string,
    { afterRevision, signal }: ChangesOptions,
  ): AsyncGenerator<SeatStatusDelta> {
    const found = await this.boardOf(eventId);
    if (!found) return;
    const board = this.watched.get(eventId) ?? found;
    const deltas = this.watch(board);
    const ended = anySignal([signal, this.closing.signal]);
    try {
      void this.update(board);
      yield* deltas.after(afterRevision ?? board.letters.revision, ended);
    } finally {
      this.unwatch(board);
    }
  }

  reached(eventId: string, revision: number, timeoutMs: number): Promise<boolean> {
    return this.feed.reached(eventId, revision, timeoutMs);
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.feed.close();
  }

  private isStale({ eventId, letters }: Board): boolean {
    return !this.feed.listening() || (this.feed.known(eventId) ?? Infinity) > letters.revision;
  }

  /** Returns the event's only board. Concurrent callers share one load. */
  private async boardOf(eventId: string): Promise<Board | undefined> {
    const board = this.watched.get(eventId) ?? this.idle.get(eventId);
    if (board) return board;
    let loaded = this.loading.get(eventId);
    if (!loaded) {
      loaded = this.load(eventId)
        .then((fresh) => {
          if (fresh) this.idle.set(eventId, fresh);
          return fresh;
        })
        .finally(() => this.loading.delete(eventId));
      this.loading.set(eventId, loaded);
    }
    return loaded;
  }

  private async load(eventId: string): Promise<Board | undefined> {
    const inventory = await this.queries.inventory(eventId);
    if (!inventory) return undefined;
    const { seatingPlanHash } = inventory;
    const layout = await this.options.layoutOf(seatingPlanHash);
    const taken = (await this.queries.takenSeats(eventId)) ?? { ...inventory, changes: [] };
    const letters = seatLetters(eventId, seatingPlanHash, layout, taken);
    this.feed.learn(eventId, letters.revision);
    return {
      eventId,
      seatingPlanHash,
      layout,
      letters,
      refreshedAt: this.options.clock.now(),
      refreshing: undefined,
      deltas: undefined,
      watchers: 0,
      isUpdating: false,
    };
  }

  private async refreshIfStale(board: Board, atLeast: number): Promise<void> {
    const isOld = this.options.clock.now() - board.refreshedAt >= REFRESH_MS;
    if ((isOld && this.isStale(board)) || board.letters.revision < atLeast)
      await this.refresh(board);
    // A shared refresh may have begun before the read model reached that revision.
    if (board.letters.revision < atLeast) await this.refresh(board);
  }

  /** Concurrent callers share one refresh. */
  private refresh(board: Board): Promise<void> {
    return (board.refreshing ??= this.readChanges(board).finally(
      () => (board.refreshing = undefined),
    ));
  }

  private async readChanges(board: Board): Promise<void> {
    const { queries } = this;
    const before = board.letters.revision;
    const changes = await queries.changesSince(board.eventId, before);
    board.refreshedAt = this.options.clock.now();
    if (!changes) throw new InventoryGone('its inventory does not exist any more');
    if (changes.revision > before) {
      board.letters.apply(changes);
      if (changes.changes.length > 0) board.deltas?.add(toDelta(changes));
    } else if (changes.revision < before) {
      // A crash of the database lost its last commits. They will be projected again.
      const taken = await queries.takenSeats(board.eventId);
      if (taken)
        board.letters = seatLetters(board.eventId, board.seatingPlanHash, board.layout, taken);
      board.deltas?.restart(board.letters.revision);
    }
    this.feed.learn(board.eventId, board.letters.revision);
  }

  /** Refreshes a watched board while there are new revisions. */
  private async update(board: Board): Promise<void> {
    if (board.isUpdating) return;
    const { clock } = this.options;
    const { signal } = this.closing;
    board.isUpdating = true;
    try {
      while (
        board.watchers > 0 &&
        this.isStale(board) &&
        this.feed.listening() &&
        !signal.aborted
      ) {
        const waitMs = board.refreshedAt + REFRESH_MS - clock.now();
        if (waitMs > 0) await clock.sleep(waitMs, signal);
        await this.refresh(board);
      }
    } catch (error) {
      this.warn(`seat status of ${board.eventId} not read: ${(error as Error).message}`);
      if (!(error instanceof InventoryGone))
        clock.sleep(RETRY_MS, signal).then(() => this.update(board), this.warn);
    } finally {
      board.isUpdating = false;
    }
  }

  private watch(board: Board): DeltaLog {
    board.watchers++;
    this.watched.set(board.eventId, board);
    return (board.deltas ??= openDeltaLog(board.letters.revision, async (revision) => {
      const missed = await this.queries.changesSince(board.eventId, revision);
      return missed && toDelta(missed);
    }));
  }

  private unwatch(board: Board): void {
    if (--board.watchers > 0) return;
    board.deltas = undefined;
    this.watched.delete(board.eventId);
    this.idle.set(board.eventId, board);
  }
}
