import { LRUCache } from 'lru-cache';
import type pg from 'pg';
import type { SeatLayout } from '../../domain/seating-plan/layout.js';
import { anySignal } from '../../ports/system/any-signal.js';
import type { Clock } from '../../ports/system/clock.js';
import { openDeltaLog, type DeltaLog } from './delta-log.js';
import { openRevisionFeed } from './revision-feed.js';
import {
  seatLetters,
  toDelta,
  type SeatLetters,
  type SeatStatusDelta,
  type SeatStatusSnapshot,
} from './seat-status-board.js';
import { seatStatusQueries } from './seat-status-queries.js';

/** Boards kept in memory besides those that somebody watches. */
const MAX_IDLE_BOARDS = 200;
/** At most one delta of an event in this time, milliseconds; also how old a board may be when it is read. */
const REFRESH_MS = 50;
/** Before a failed refresh of a watched board is tried again. Milliseconds. */
const RETRY_MS = 500;

export interface LiveSeatStatus {
  /**
   * All seats of one event, at most 50 ms old and not before revision `atLeast` if the read model has reached it;
   * undefined for an event whose inventory is not open.
   */
  board(eventId: string, atLeast?: number): Promise<SeatStatusSnapshot | undefined>;
  /**
   * What changes from now on, or since `afterRevision`. Nothing is buffered for a slow reader: one that has fallen
   * far behind gets everything it missed in one delta. Ends at once for an unknown event, and when `signal` aborts.
   */
  changes(
    eventId: string,
    options: { afterRevision?: number; signal: AbortSignal },
  ): AsyncIterable<SeatStatusDelta>;
  /** Whether the read model of this inventory came to `revision` (or past it) within `timeoutMs`. */
  reached(eventId: string, revision: number, timeoutMs: number): Promise<boolean>;
  /** Ends all iterations and the connection. */
  close(): Promise<void>;
}

export interface LiveSeatStatusOptions {
  /** For the one connection that listens. */
  readonly connectionString: string;
  readonly db: pg.Pool;
  /** The layout of a seating plan by its hash. */
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
  /** There while the board is watched. */
  deltas: DeltaLog | undefined;
  watchers: number;
  pumping: boolean;
}

export function openLiveSeatStatus({
  connectionString,
  db,
  layoutOf,
  clock,
  warn = () => {},
}: LiveSeatStatusOptions): LiveSeatStatus {
  const queries = seatStatusQueries(db);
  const idle = new LRUCache<string, Board>({ max: MAX_IDLE_BOARDS });
  const watched = new Map<string, Board>();
  const loading = new Map<string, Promise<Board | undefined>>();
  const closing = new AbortController();
  const feed = openRevisionFeed({
    connectionString,
    db,
    clock,
    warn,
    onMoved: (eventId) => {
      const boards = eventId === undefined ? [...watched.values()] : [watched.get(eventId)];
      for (const board of boards) if (board) void pump(board);
    },
  });

  const isStale = ({ eventId, letters }: Board) =>
    !feed.listening() || (feed.known(eventId) ?? Infinity) > letters.revision;

  const load = async (eventId: string): Promise<Board | undefined> => {
    const inventory = await queries.inventory(eventId);
    if (!inventory) return undefined;
    const { seatingPlanHash } = inventory;
    const layout = await layoutOf(seatingPlanHash);
    const taken = (await queries.takenSeats(eventId)) ?? { ...inventory, changes: [] };
    const letters = seatLetters(eventId, seatingPlanHash, layout, taken);
    feed.learn(eventId, letters.revision);
    const refreshedAt = clock.now();
    return {
      ...{ eventId, seatingPlanHash, layout, letters, refreshedAt },
      ...{ refreshing: undefined, deltas: undefined, watchers: 0, pumping: false },
    };
  };

  /** The one board of that event, whoever asks first loading it. */
  const boardOf = async (eventId: string): Promise<Board | undefined> => {
    const board = watched.get(eventId) ?? idle.get(eventId);
    if (board) return board;
    let loaded = loading.get(eventId);
    if (!loaded) {
      loaded = load(eventId)
        .then((fresh) => {
          if (fresh) idle.set(eventId, fresh);
          return fresh;
        })
        .finally(() => loading.delete(eventId));
      loading.set(eventId, loaded);
    }
    return loaded;
  };

  const readChanges = async (board: Board): Promise<void> => {
    const before = board.letters.revision;
    const changes = await queries.changesSince(board.eventId, before);
    board.refreshedAt = clock.now();
    if (!changes) throw new InventoryGone('its inventory has gone');
    if (changes.revision > before) {
      board.letters.apply(changes);
      if (changes.changes.length > 0) board.deltas?.add(toDelta(changes));
    } else if (changes.revision < before) {
      // A crash of the database took back its last commits; they will be projected again.
      const taken = await queries.takenSeats(board.eventId);
      if (taken)
        board.letters = seatLetters(board.eventId, board.seatingPlanHash, board.layout, taken);
      board.deltas?.restart(board.letters.revision);
    }
    feed.learn(board.eventId, board.letters.revision);
  };

  /** Callers that come while a refresh is under way share it. */
  const refresh = (board: Board): Promise<void> =>
    (board.refreshing ??= readChanges(board).finally(() => (board.refreshing = undefined)));

  /** Keeps a watched board up to date while there is something new. */
  const pump = async (board: Board): Promise<void> => {
    if (board.pumping) return;
    board.pumping = true;
    try {
      while (board.watchers > 0 && isStale(board) && feed.listening() && !closing.signal.aborted) {
        const early = board.refreshedAt + REFRESH_MS - clock.now();
        if (early > 0) await clock.sleep(early, closing.signal);
        await refresh(board);
      }
    } catch (error) {
      warn(`seat status of ${board.eventId} cannot be read: ${(error as Error).message}`);
      if (!(error instanceof InventoryGone))
        clock.sleep(RETRY_MS, closing.signal).then(() => pump(board), warn);
    } finally {
      board.pumping = false;
    }
  };

  const watch = (board: Board): DeltaLog => {
    board.watchers++;
    watched.set(board.eventId, board);
    return (board.deltas ??= openDeltaLog(board.letters.revision, async (revision) => {
      const missed = await queries.changesSince(board.eventId, revision);
      return missed && toDelta(missed);
    }));
  };

  const unwatch = (board: Board): void => {
    if (--board.watchers > 0) return;
    board.deltas = undefined;
    watched.delete(board.eventId);
    idle.set(board.eventId, board);
  };

  async function* changes(
    eventId: string,
    { afterRevision, signal }: { afterRevision?: number; signal: AbortSignal },
  ): AsyncGenerator<SeatStatusDelta> {
    const found = await boardOf(eventId);
    if (!found) return;
    const board = watched.get(eventId) ?? found;
    const deltas = watch(board);
    const ended = anySignal([signal, closing.signal]);
    try {
      void pump(board);
      yield* deltas.after(afterRevision ?? board.letters.revision, ended);
    } finally {
      unwatch(board);
    }
  }

  return {
    board: async (eventId, atLeast = 0) => {
      const board = await boardOf(eventId);
      if (!board) return undefined;
      try {
        await freshen(board, atLeast);
      } catch (error) {
        if (!(error instanceof InventoryGone)) throw error;
        idle.delete(eventId);
        return undefined;
      }
      return board.letters.snapshot();
    },
    changes,
    reached: feed.reached,
    close: async () => {
      closing.abort();
      await feed.close();
    },
  };

  async function freshen(board: Board, atLeast: number): Promise<void> {
    const old = clock.now() - board.refreshedAt >= REFRESH_MS;
    if ((old && isStale(board)) || board.letters.revision < atLeast) await refresh(board);
    // A shared refresh may have begun before the read model reached that revision.
    if (board.letters.revision < atLeast) await refresh(board);
  }
}
