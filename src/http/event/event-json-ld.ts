import type { Event, ItemAvailability, Offer, WithContext } from 'schema-dts';
import { minorDigits, type Money } from '../../domain/shared/money.js';
import type { SeatLayout } from '../../domain/seating-plan/layout.js';
import type { EventView } from '../../read-models/event/events-queries.js';
import type { SeatStatusSnapshot } from '../../read-models/seat-inventory/seat-status-board.js';
import { bookingPage } from '../platform/representations.js';

/** Share of a category's seats below which availability is limited. */
const FEW_LEFT = 0.1;

export interface EventToDescribe {
  readonly event: EventView;
  readonly layout: SeatLayout;
  readonly board: SeatStatusSnapshot;
  /** `https://host`. */
  readonly origin: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Returns the event as https://schema.org/Event, for search engines. */
export function eventJsonLd({
  event,
  layout,
  board,
  origin,
  now,
}: EventToDescribe): WithContext<Event> {
  const { eventId, name, description, startsAt, timeZone, rescheduledFrom, performers, category } =
    event;
  const page = bookingPage(origin, eventId);
  const seats = seatsByCategory(layout, board.status);
  const hasEnded = event.status === 'cancelled' || now >= Date.parse(event.salesEndAt);
  return {
    '@context': 'https://schema.org',
    '@type': 'Event',
    '@id': `${origin}/v1/events/${eventId}`,
    name,
    url: page,
    ...(description !== null && { description }),
    ...(category !== null && { keywords: category }),
    startDate: localTime(startsAt, timeZone),
    ...(rescheduledFrom !== null && { previousStartDate: localTime(rescheduledFrom, timeZone) }),
    eventStatus: statusOf(event),
    eventAttendanceMode: 'https://schema.org/OfflineEventAttendanceMode',
    location: locationOf(event.venue),
    ...(performers.length > 0 && {
      performer: performers.map(
        (performer) => ({ '@type': 'PerformingGroup', name: performer }) as const,
      ),
    }),
    maximumAttendeeCapacity: event.seatCount,
    remainingAttendeeCapacity: hasEnded ? 0 : board.counts.available,
    offers: event.prices.map((price): Offer => ({
      '@type': 'Offer',
      name: price.category,
      category: price.category,
      price: majorUnits(price),
      priceCurrency: price.currency,
      availability: hasEnded
        ? 'https://schema.org/Discontinued'
        : availabilityOf(event, seats.get(price.category)),
      ...(event.onSaleAt !== null && { validFrom: localTime(event.onSaleAt, timeZone) }),
      url: page,
    })),
  };
}

function statusOf({ status, rescheduledFrom }: EventView) {
  if (status === 'cancelled') return 'https://schema.org/EventCancelled';
  return rescheduledFrom === null
    ? 'https://schema.org/EventScheduled'
    : 'https://schema.org/EventRescheduled';
}

const locationOf = ({ name, city, country, location }: EventView['venue']) =>
  ({
    '@type': 'Place',
    name,
    address: { '@type': 'PostalAddress', addressLocality: city, addressCountry: country },
    geo: { '@type': 'GeoCoordinates', latitude: location.lat, longitude: location.lon },
  }) as const;

interface SeatsOfCategory {
  all: number;
  available: number;
}

function seatsByCategory(
  { categories, categoryOf }: SeatLayout,
  status: string,
): Map<string, SeatsOfCategory> {
  const counts = categories.map(() => ({ all: 0, available: 0 }));
  for (let seat = 0; seat < categoryOf.length; seat++) {
    const count = counts[categoryOf[seat]!]!;
    count.all++;
    if (status[seat] === 'a') count.available++;
  }
  return new Map(categories.map(({ name }, at) => [name, counts[at]!]));
}

/**
 * Before the on-sale an offer is in stock and valid from a later time, as search engines expect.
 */
function availabilityOf(
  { salesClosed }: EventView,
  { all, available }: SeatsOfCategory = { all: 0, available: 0 },
): ItemAvailability {
  if (salesClosed) return 'https://schema.org/Discontinued';
  if (available === 0) return 'https://schema.org/SoldOut';
  return available < all * FEW_LEFT
    ? 'https://schema.org/LimitedAvailability'
    : 'https://schema.org/InStock';
}

/** Returns an amount such as `45.00`, with as many digits as the currency has. */
function majorUnits({ amountMinor, currency }: Money): string {
  const digits = minorDigits(currency);
  return (amountMinor / 10 ** digits).toFixed(digits);
}

/** Returns the local time with its offset, in ISO 8601: `2026-06-11T13:00:00-06:00`. */
export function localTime(instant: string, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    timeZoneName: 'longOffset',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  const part = Object.fromEntries(
    format.formatToParts(new Date(instant)).map(({ type, value }) => [type, value]),
  );
  const offset = part.timeZoneName!.slice('GMT'.length) || '+00:00';
  const day = `${part.year}-${part.month}-${part.day}`;
  return `${day}T${part.hour}:${part.minute}:${part.second}${offset}`;
}
