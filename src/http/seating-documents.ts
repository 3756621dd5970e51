import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { LRUCache } from 'lru-cache';
import type { SeatingPlans } from '../commands/seating-plans.js';
import type { PriceOfCategory } from '../domain/seat-inventory/events.js';
import { layoutDocument } from '../domain/seating-plan/layout-document.js';
import type { SeatLayout } from '../domain/seating-plan/layout.js';
import { WORD_OF, type SeatStatusSnapshot } from '../read-models/seat-status-board.js';
import type { SeatLetter } from '../read-models/seat-status.js';
import { placeOf, type Hall } from './halls.js';

/** Bytes of zipped plans kept in memory. */
const MAX_PLAN_BYTES = 64 * 1024 * 1024;
/** Seats whose unchanging part of the seating map is kept in memory: about 200 bytes each. */
const MAX_MAP_SEATS = 400_000;

/** The static layout of a seating plan as JSON: zipped once, sent many times. */
export interface SeatingDocuments {
  zipped(seatingPlanHash: string): Promise<Buffer>;
  plain(seatingPlanHash: string): Promise<Buffer>;
  /** Layout and status together, as JSON. */
  map(hall: Hall, board: SeatStatusSnapshot): string;
}

export function openSeatingDocuments(plans: SeatingPlans): SeatingDocuments {
  const zippedPlans = new LRUCache<string, Buffer>({
    maxSize: MAX_PLAN_BYTES,
    sizeCalculation: ({ length }) => length,
  });
  const zipping = new Map<string, Promise<Buffer>>();
  const seatTexts = new LRUCache<string, readonly string[]>({
    maxSize: MAX_MAP_SEATS,
    sizeCalculation: ({ length }) => Math.max(1, length),
  });

  const zip = async (hash: string): Promise<Buffer> => {
    const { plan, layout } = await plans.load(hash);
    const zipped = await promisify(gzip)(JSON.stringify(layoutDocument(layout, plan)));
    zippedPlans.set(hash, zipped);
    return zipped;
  };

  const zipped = async (hash: string): Promise<Buffer> => {
    const known = zippedPlans.get(hash);
    if (known) return known;
    const underWay = zipping.get(hash) ?? zip(hash).finally(() => zipping.delete(hash));
    zipping.set(hash, underWay);
    return underWay;
  };

  return {
    zipped,
    plain: async (hash) => promisify(gunzip)(await zipped(hash)),
    map: ({ layout, prices }, { eventId, revision, status }) => {
      let texts = seatTexts.get(eventId);
      if (!texts) {
        texts = seatTextsOf(layout, prices);
        seatTexts.set(eventId, texts);
      }
      const seats = texts.map((text, seat) => `${text}${WORD_OF[status[seat] as SeatLetter]}"}`);
      return `{"eventId":${JSON.stringify(eventId)},"revision":${revision},"seats":[${seats.join(',')}]}`;
    },
  };
}

/** Each seat's object up to its status. */
function seatTextsOf(layout: SeatLayout, prices: readonly PriceOfCategory[]): string[] {
  const priceOf = new Map(prices.map((price) => [price.category, price]));
  return layout.seatIds.map((seatId, seat) => {
    const { section, row, number, category } = placeOf(layout, seat);
    const { amountMinor = 0, currency = prices[0]?.currency ?? 'XXX' } = priceOf.get(category) ?? {};
    const [x, y] = [hundredths(layout.x[seat]!), hundredths(layout.y[seat]!)];
    const known = { seatId, section, row, number, x, y, category, amountMinor, currency };
    return `${JSON.stringify(known).slice(0, -1)},"status":"`;
  });
}

/** As in the layout document: finer than any pixel. */
const hundredths = (value: number): number => Math.round(value * 100) / 100;
