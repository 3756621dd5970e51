import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { LRUCache } from 'lru-cache';
import type { PriceOfCategory } from '../../domain/seat-inventory/events.js';
import type { SeatLayout } from '../../domain/seating-plan/layout.js';
import { placeOf } from '../../domain/seating-plan/place.js';
import {
  SEAT_STATUS_WORDS,
  type SeatStatusSnapshot,
} from '../../read-models/seat-inventory/seat-status-board.js';
import type { SeatLetter } from '../../read-models/seat-inventory/seat-rows.js';
import type { EventLayout } from './event-layouts.js';

/** Seats whose unchanging part of the seating map is kept in memory: about 200 bytes each. */
const MAX_MAP_SEATS = 400_000;
/** Maximum of seating maps in memory, the newest of each event. Bytes. */
const MAX_MAP_BYTES = 64 * 1024 * 1024;
/** Seats serialized without a pause, so that a large map does not block other requests. */
const SLICE = 4_000;
/**
 * The fastest level: a ninth of the size in a few milliseconds. A better one is not worth it, a map
 * is soon out of date.
 */
const GZIP_LEVEL = 1;

/** Layout and status together, as JSON. */
export interface SeatingMap {
  readonly revision: number;
  readonly body: Buffer;
}

/**
 * Builds each map once for all requests, and only one map of an event at a time, however often the
 * event changes.
 */
export interface SeatingMaps {
  /** Returns a map that is at least as new as `board`. */
  of(layout: EventLayout, board: SeatStatusSnapshot, zipped: boolean): Promise<SeatingMap>;
}

/** The newest board of all requests that wait for the next map. */
interface Newest {
  board: SeatStatusSnapshot;
}

export function openSeatingMaps(): SeatingMaps {
  const seatTexts = new LRUCache<string, readonly string[]>({
    maxSize: MAX_MAP_SEATS,
    sizeCalculation: ({ length }) => Math.max(1, length),
  });
  const built = new LRUCache<string, SeatingMap>({
    maxSize: MAX_MAP_BYTES,
    sizeCalculation: ({ body }) => body.length,
  });
  const building = new Map<string, Promise<SeatingMap>>();
  /** Maps that are built after the current one. */
  const next = new Map<string, { readonly newest: Newest; readonly map: Promise<SeatingMap> }>();

  const textsOf = (eventId: string, { layout, prices }: EventLayout): readonly string[] => {
    const known = seatTexts.get(eventId) ?? seatTextsOf(layout, prices);
    seatTexts.set(eventId, known);
    return known;
  };

  const build = async (
    key: string,
    layout: EventLayout,
    board: SeatStatusSnapshot,
    zipped: boolean,
  ) => {
    const json = await jsonOf(textsOf(board.eventId, layout), board);
    const body = zipped ? await promisify(gzip)(json, { level: GZIP_LEVEL }) : json;
    const map = { revision: board.revision, body };
    built.set(key, map);
    return map;
  };

  /** Waits for the current build, then builds a map of the newest board seen until then. */
  const buildNext = async (key: string, layout: EventLayout, newest: Newest, zipped: boolean) => {
    await building.get(key)?.catch(() => {});
    next.delete(key);
    const underWay = build(key, layout, newest.board, zipped).finally(() => building.delete(key));
    building.set(key, underWay);
    return underWay;
  };

  return {
    of: async (layout, board, zipped) => {
      const key = `${board.eventId}${zipped ? '.gz' : ''}`;
      const known = built.get(key);
      if (known && known.revision >= board.revision) return known;
      let waiting = next.get(key);
      if (!waiting) {
        const newest = { board };
        waiting = { newest, map: buildNext(key, layout, newest, zipped) };
        next.set(key, waiting);
      } else if (board.revision > waiting.newest.board.revision) waiting.newest.board = board;
      return waiting.map;
    },
  };
}

async function jsonOf(
  texts: readonly string[],
  { eventId, revision, status }: SeatStatusSnapshot,
): Promise<Buffer> {
  const parts = [
    Buffer.from(`{"eventId":${JSON.stringify(eventId)},"revision":${revision},"seats":[`),
  ];
  for (let start = 0; start < texts.length; start += SLICE) {
    if (start > 0) await setImmediate();
    const seats = texts
      .slice(start, start + SLICE)
      .map((text, at) => `${text}${SEAT_STATUS_WORDS[status[start + at] as SeatLetter]}"}`);
    parts.push(Buffer.from(`${start > 0 ? ',' : ''}${seats.join(',')}`));
  }
  return Buffer.concat([...parts, Buffer.from(']}')]);
}

/** Serializes each seat's object up to its status. */
function seatTextsOf(layout: SeatLayout, prices: readonly PriceOfCategory[]): string[] {
  const priceOf = new Map(prices.map((price) => [price.category, price]));
  return layout.seatIds.map((seatId, seat) => {
    const { section, row, number, category, rowLabel, seatLabel } = placeOf(layout, seat);
    const { amountMinor = 0, currency = prices[0]?.currency ?? 'XXX' } =
      priceOf.get(category) ?? {};
    const [x, y] = [hundredths(layout.x[seat]!), hundredths(layout.y[seat]!)];
    const labels = { rowLabel, seatLabel };
    const known = {
      seatId,
      section,
      row,
      number,
      ...labels,
      x,
      y,
      category,
      amountMinor,
      currency,
    };
    return `${JSON.stringify(known).slice(0, -1)},"status":"`;
  });
}

/** Rounds as the layout document does: finer than any pixel. */
const hundredths = (value: number): number => Math.round(value * 100) / 100;
