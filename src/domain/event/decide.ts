import { accept, reject, type Decision } from '../shared/decider.js';
import { nfc } from '../shared/text.js';
import type { PriceOfCategory, SingleSeatRule } from '../seat-inventory/events.js';
import type { VenueRegisteredData } from '../venue/events.js';
import type { Venue } from '../venue/state.js';
import { announced } from './by-request.js';
import type { EventScheduled } from './events.js';
import type { ScheduledEvent } from './state.js';

/** Holds last ten minutes unless the organiser says otherwise; from one second to two hours. */
export const DEFAULT_HOLD_SECONDS = 600;
export const MIN_HOLD_SECONDS = 1;
export const MAX_HOLD_SECONDS = 7_200;
export const DEFAULT_MAX_SEATS_PER_CUSTOMER = 10;
/** Sales end at the start unless the organizer says otherwise; at most a week after it, for events of several days. Minutes. */
export const MAX_SALES_END_MINUTES = 7 * 24 * 60;

export interface ScheduleEvent {
  readonly type: 'ScheduleEvent';
  readonly eventId: string;
  readonly venueId: string;
  readonly name: string;
  readonly startsAt: string;
  /** Zero when missing. */
  readonly salesEndMinutesAfterStart?: number;
  readonly timeZone?: string;
  readonly category?: string;
  readonly performers?: readonly string[];
  readonly description?: string;
  readonly prices: readonly PriceOfCategory[];
  readonly onSaleAt?: string;
  readonly holdSeconds?: number;
  readonly maxSeatsPerCustomer?: number;
  readonly singleSeatRule?: SingleSeatRule;
  readonly requireContactToHold?: boolean;
  readonly autoWaitingRoom?: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** In order of precedence. */
export type ScheduleEventRejection =
  | { readonly code: 'event-fixed'; readonly fields: readonly string[] }
  | { readonly code: 'start-in-the-past'; readonly startsAt: string }
  | { readonly code: 'venue-not-found' }
  | { readonly code: 'prices-repeated'; readonly categories: readonly string[] }
  | { readonly code: 'prices-of-unknown-category'; readonly categories: readonly string[] }
  | { readonly code: 'prices-missing'; readonly categories: readonly string[] }
  | { readonly code: 'currencies-mixed'; readonly currencies: readonly string[] };

/**
 * Every category of the venue's plan has one price, all in one currency. The same event again changes nothing: what may be changed is
 * changed by `decideChange`, and what is fixed must be as it was.
 */
export function decideEvent(
  command: ScheduleEvent,
  event: ScheduledEvent,
  venue: Venue,
): Decision<EventScheduled, ScheduleEventRejection> {
  if (event) {
    const fields = fixedFields(command, event);
    return fields.length > 0 ? reject({ code: 'event-fixed', fields }) : accept();
  }
  const { startsAt } = command;
  if (Date.parse(startsAt) <= command.now) return reject({ code: 'start-in-the-past', startsAt });
  if (!venue) return reject({ code: 'venue-not-found' });
  const problem = checkPrices(command.prices, venue.categories);
  if (problem) return reject(problem);
  return accept({
    type: 'EventScheduled',
    data: {
      eventId: command.eventId,
      venueId: command.venueId,
      name: command.name,
      startsAt,
      ...(command.salesEndMinutesAfterStart !== undefined && {
        salesEndMinutesAfterStart: command.salesEndMinutesAfterStart,
      }),
      ...(command.timeZone !== undefined && { timeZone: command.timeZone }),
      category: command.category ?? null,
      performers: command.performers ?? [],
      description: command.description ?? null,
      prices: pricesOfVenue(command.prices, venue.categories).map(announced),
      onSaleAt: command.onSaleAt ?? null,
      holdSeconds: command.holdSeconds ?? DEFAULT_HOLD_SECONDS,
      maxSeatsPerCustomer: command.maxSeatsPerCustomer ?? DEFAULT_MAX_SEATS_PER_CUSTOMER,
      singleSeatRule: command.singleSeatRule ?? 'off',
      ...(command.requireContactToHold && { requireContactToHold: true }),
      ...(command.autoWaitingRoom && { autoWaitingRoom: true }),
      seatingPlanHash: venue.seatingPlanHash,
      seatCount: venue.seatCount,
      scheduledAt: new Date(command.now).toISOString(),
    },
  });
}

/** Of what is fixed once seats are sold, what is asked to be another. */
function fixedFields(command: ScheduleEvent, event: NonNullable<ScheduledEvent>): string[] {
  const fixed = ['venueId', 'holdSeconds', 'maxSeatsPerCustomer', 'singleSeatRule'] as const;
  const other = fixed.filter(
    (field) => command[field] !== undefined && command[field] !== event[field],
  );
  return samePrices(command.prices, event.prices) ? other : [...other, 'prices'];
}

/** Whether it is by request counts only where it is said. */
function samePrices(
  asked: readonly PriceOfCategory[],
  standing: readonly PriceOfCategory[],
): boolean {
  const kept = new Map(
    standing.map(({ category, byRequest = false }) => [nfc(category), byRequest]),
  );
  const sorted = (prices: readonly PriceOfCategory[]) =>
    prices
      .map(({ category, amountMinor, currency, byRequest = kept.get(nfc(category)) }) =>
        JSON.stringify([nfc(category), amountMinor, currency, byRequest ?? false]),
      )
      .sort();
  return sorted(asked).join() === sorted(standing).join();
}

/** With the categories as the venue's plan spells them: the sale, the seating map and tickets look prices up by name. */
function pricesOfVenue(
  prices: readonly PriceOfCategory[],
  categories: VenueRegisteredData['categories'],
): PriceOfCategory[] {
  const spelling = new Map(categories.map(({ name }) => [nfc(name), name]));
  return prices.map((price) => ({ ...price, category: spelling.get(nfc(price.category))! }));
}

/** Category names are compared in Unicode NFC: an old plan may have decomposed ones (NFD). */
function checkPrices(
  prices: readonly PriceOfCategory[],
  categories: VenueRegisteredData['categories'],
): ScheduleEventRejection | undefined {
  const priced = prices.map(({ category }) => nfc(category));
  const repeated = priced.filter((category, at) => priced.indexOf(category) !== at);
  if (repeated.length > 0) return { code: 'prices-repeated', categories: [...new Set(repeated)] };
  const unknown = priced.filter(
    (category) => !categories.some(({ name }) => nfc(name) === category),
  );
  if (unknown.length > 0) return { code: 'prices-of-unknown-category', categories: unknown };
  const sold = categories.filter(({ seatCount }) => seatCount > 0).map(({ name }) => nfc(name));
  const missing = sold.filter((category) => !priced.includes(category));
  if (missing.length > 0) return { code: 'prices-missing', categories: missing };
  const currencies = [...new Set(prices.map(({ currency }) => currency))];
  return currencies.length > 1 ? { code: 'currencies-mixed', currencies } : undefined;
}
