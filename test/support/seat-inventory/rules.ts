import type { InventoryOpenedData } from '../../../src/domain/seat-inventory/events.js';
import { theatre } from './plans.js';

/** All tests happen on one day. Milliseconds since the epoch. */
export const NOON = Date.UTC(2026, 5, 11, 12);
export const secondsAfterNoon = (seconds: number): number => NOON + seconds * 1_000;

export const HOLD_SECONDS = 600;
export const HOLD_CAP_SECONDS = 900;

/** The rules of a sale in the little theatre (`plans.ts`). */
export const rules: Omit<InventoryOpenedData, 'openedAt'> = {
  eventId: 'opening-night',
  seatingPlanHash: theatre.hash,
  seatCount: theatre.seatCount,
  prices: [
    { category: 'Stalls', amountMinor: 5_000, currency: 'EUR' },
    { category: 'Balcony', amountMinor: 3_000, currency: 'EUR' },
  ],
  onSaleAt: null,
  holdSeconds: HOLD_SECONDS,
  holdCapSeconds: HOLD_CAP_SECONDS,
  maxSeatsPerCustomer: 6,
  singleSeatRule: 'off',
};
