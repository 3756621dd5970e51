import { accept, reject, type Decision } from '../shared/decider.js';
import { nfc } from '../shared/text.js';
import type { PriceOfCategory } from '../seat-inventory/events.js';
import type { VenueRegisteredData } from '../venue/events.js';
import type { Venue } from '../venue/state.js';
import { withByRequest } from './by-request.js';
import {
  DEFAULT_HOLD_SECONDS,
  DEFAULT_MAX_SEATS_PER_CUSTOMER,
  type EventRejection,
  type ScheduleEvent,
} from './commands.js';
import type { EventScheduled, EventScheduledData } from './events.js';
import type { ScheduledEvent } from './state.js';

/**
 * Requires one price for every category of the venue's plan, all in one currency. Scheduling the
 * same event again changes nothing if all fixed fields are the same; the other fields are changed
 * by `ChangeEvent`.
 */
export function scheduleEvent(
  command: ScheduleEvent,
  event: ScheduledEvent,
  venue: Venue,
): Decision<EventScheduled, EventRejection> {
  if (event) {
    const fields = fixedFields(command, event);
    return fields.length > 0 ? reject({ code: 'event-fixed', fields }) : accept();
  }
  const { startsAt } = command;
  if (Date.parse(startsAt) <= command.now) return reject({ code: 'start-in-the-past', startsAt });
  if (!venue) return reject({ code: 'venue-not-found' });
  const problem = checkPrices(command.prices, venue.categories);
  if (problem) return reject(problem);
  return accept({ type: 'EventScheduled', data: scheduledData(command, venue) });
}

function scheduledData(command: ScheduleEvent, venue: VenueRegisteredData): EventScheduledData {
  const { salesEndMinutesAfterStart, timeZone } = command;
  return {
    eventId: command.eventId,
    venueId: command.venueId,
    name: command.name,
    startsAt: command.startsAt,
    ...(salesEndMinutesAfterStart !== undefined && { salesEndMinutesAfterStart }),
    ...(timeZone !== undefined && { timeZone }),
    category: command.category ?? null,
    performers: command.performers ?? [],
    description: command.description ?? null,
    prices: pricesOfVenue(command.prices, venue.categories).map(withByRequest),
    onSaleAt: command.onSaleAt ?? null,
    ...holdRules(command),
    seatingPlanHash: venue.seatingPlanHash,
    seatCount: venue.seatCount,
    scheduledAt: new Date(command.now).toISOString(),
  };
}

function holdRules(command: ScheduleEvent) {
  return {
    holdSeconds: command.holdSeconds ?? DEFAULT_HOLD_SECONDS,
    maxSeatsPerCustomer: command.maxSeatsPerCustomer ?? DEFAULT_MAX_SEATS_PER_CUSTOMER,
    singleSeatRule: command.singleSeatRule ?? 'off',
    ...(command.requireContactToHold && { requireContactToHold: true }),
    ...(command.autoWaitingRoom && { autoWaitingRoom: true }),
  };
}

/**
 * Returns the fields that differ from the scheduled event and cannot change once seats are sold.
 */
function fixedFields(command: ScheduleEvent, event: NonNullable<ScheduledEvent>): string[] {
  const fixedNames = ['venueId', 'holdSeconds', 'maxSeatsPerCustomer', 'singleSeatRule'] as const;
  const changed = fixedNames.filter(
    (field) => command[field] !== undefined && command[field] !== event[field],
  );
  return samePrices(command.prices, event.prices) ? changed : [...changed, 'prices'];
}

/** Compares `byRequest` only where the command states it. */
function samePrices(
  requested: readonly PriceOfCategory[],
  scheduled: readonly PriceOfCategory[],
): boolean {
  const byRequestOf = new Map(
    scheduled.map(({ category, byRequest = false }) => [nfc(category), byRequest]),
  );
  const sorted = (prices: readonly PriceOfCategory[]) =>
    prices
      .map(({ category, amountMinor, currency, byRequest = byRequestOf.get(nfc(category)) }) =>
        JSON.stringify([nfc(category), amountMinor, currency, byRequest ?? false]),
      )
      .sort();
  return sorted(requested).join() === sorted(scheduled).join();
}

/**
 * Spells the categories as the venue's plan does: the sale, the seating map and tickets find prices
 * by name.
 */
function pricesOfVenue(
  prices: readonly PriceOfCategory[],
  categories: VenueRegisteredData['categories'],
): PriceOfCategory[] {
  const spelling = new Map(categories.map(({ name }) => [nfc(name), name]));
  return prices.map((price) => ({ ...price, category: spelling.get(nfc(price.category))! }));
}

/** Compares category names in Unicode NFC: an old plan may have decomposed names (NFD). */
function checkPrices(
  prices: readonly PriceOfCategory[],
  categories: VenueRegisteredData['categories'],
): EventRejection | undefined {
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
