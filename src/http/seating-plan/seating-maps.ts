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
import type { Hall } from './halls.js';

/** Seats whose unchanging part of the seating map is kept in memory: about 200 bytes each. */
const MAX_MAP_SEATS = 400_000;
/** Bytes of seating maps kept in memory, the newest of each event. */
const MAX_MAP_BYTES = 64 * 1024 * 1024;
/** Seats written at once; the sale goes on in between. */
const SLICE = 4_000;
/** A ninth of the size for a few thousandths of a second: a map is out of date with the next seat. */
const GZIP_LEVEL = 1;

/** Layout and status together, as JSON. */
export interface SeatingMap {
  readonly revision: number;
  readonly body: Buffer;
}

/** Each map is built once for all who ask, and for one event one after the other, however many changes there are. */
export interface SeatingMaps {
  /** At `board` or newer. */
  of(hall: Hall, board: SeatStatusSnapshot, zipped: boolean): Promise<SeatingMap>;
}

/** The newest board that any of those who wait has seen. */
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
  const wished = new Map<string, { readonly newest: Newest; readonly map: Promise<SeatingMap> }>();

  const textsOf = (eventId: string, { layout, prices }: Hall): readonly string[] => {
    const known = seatTexts.get(eventId) ?? seatTextsOf(layout, prices);
    seatTexts.set(eventId, known);
    return known;
  };

  const build = async (key: string, hall: Hall, board: SeatStatusSnapshot, zipped: boolean) => {
    const json = await jsonOf(textsOf(board.eventId, hall), board);
    const body = zipped ? await promisify(gzip)(json, { level: GZIP_LEVEL }) : json;
    const map = { revision: board.revision, body };
    built.set(key, map);
    return map;
  };

  /** Once the one that is being built is done, of the newest board that was seen until then. */
  const buildNext = async (key: string, hall: Hall, newest: Newest, zipped: boolean) => {
    await building.get(key)?.catch(() => {});
    wished.delete(key);
    const underWay = build(key, hall, newest.board, zipped).finally(() => building.delete(key));
    building.set(key, underWay);
    return underWay;
  };

  return {
    of: async (hall, board, zipped) => {
      const key = `${board.eventId}${zipped ? '.gz' : ''}`;
      const known = built.get(key);
      if (known && known.revision >= board.revision) return known;
      let wish = wished.get(key);
      if (!wish) {
        const newest = { board };
        wish = { newest, map: buildNext(key, hall, newest, zipped) };
        wished.set(key, wish);
      } else if (board.revision > wish.newest.board.revision) wish.newest.board = board;
      return wish.map;
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

/** Each seat's object up to its status. */
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

/** As in the layout document: finer than any pixel. */
const hundredths = (value: number): number => Math.round(value * 100) / 100;
