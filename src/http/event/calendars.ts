import ical, { ICalEventStatus, type ICalEventData } from 'ical-generator';
import type { EventView } from '../../read-models/event/events-queries.js';
import { bookingPage } from '../platform/representations.js';

export const CALENDAR_TYPE = 'text/calendar; charset=utf-8';

const PRODUCT = { company: 'Boxoffice', product: 'Boxoffice', language: 'EN' };
/** What makes our ids unlike anybody else's; never changed, or a calendar keeps the event twice. */
const OURS = '@boxoffice';

/** Seats of one reservation, and the event that they are for. */
export interface Purchase {
  readonly event: EventView;
  readonly reservationId: string;
  /** In words: `Parquet, row 1, seat 4`. None when all were given back. */
  readonly seats: readonly string[];
  /** Rises with every change of the reservation. */
  readonly revision: number;
  /** Time of its newest ticket, exchange or refund. ISO 8601. */
  readonly changedAt: string;
}

/**
 * RFC 5545. Times are in UTC, so that no time zone has to be told: a calendar shows them as its own clocks do. How long it
 * lasts nobody has said, so neither does this. A calendar that has an older one, of the same `UID`, takes that with the higher
 * `SEQUENCE`.
 */
export function eventCalendar(event: EventView, origin: string): string {
  return calendarOf(event.name, [entryOf(event, origin)]);
}

/** One entry for each reservation; one that was given back is cancelled. */
export function ticketsCalendar(purchases: readonly Purchase[], origin: string): string {
  const entries = purchases.map(
    ({ event, reservationId, seats, revision, changedAt }): ICalEventData => {
      const revisedAt = new Date(changedAt > event.changedAt ? changedAt : event.changedAt);
      const own = {
        ...entryOf(event, origin),
        ...{ id: reservationId + OURS, sequence: event.changes + revision },
        ...{ stamp: revisedAt, lastModified: revisedAt },
      };
      if (seats.length === 0) return { ...own, status: ICalEventStatus.CANCELLED };
      return { ...own, description: [...seats, '', `Reservation ${reservationId}`].join('\n') };
    },
  );
  return calendarOf('Your tickets', entries);
}

function calendarOf(name: string, events: ICalEventData[]): string {
  // Every line has an end, the last one too (RFC 5545, 3.1).
  return `${ical({ name, prodId: PRODUCT, events }).toString()}\r\n`;
}

function entryOf(event: EventView, origin: string): ICalEventData {
  const { eventId, name, startsAt, venue, description, performers, category, changes, changedAt } =
    event;
  const { lat, lon } = venue.location;
  const text = [performers.join(', '), description ?? '']
    .filter((part) => part !== '')
    .join('\n\n');
  return {
    id: eventId + OURS,
    sequence: changes,
    // Without a method the stamp is when it was revised, so that the same event is the same file.
    stamp: new Date(changedAt),
    lastModified: new Date(changedAt),
    start: new Date(startsAt),
    summary: name,
    ...(text !== '' && { description: text }),
    ...(category !== null && { categories: [{ name: category }] }),
    // One line: a separate title and address would be joined by a line break.
    location: { title: `${venue.name}, ${venue.city}, ${venue.country}`, geo: { lat, lon } },
    status: event.status === 'cancelled' ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
    url: bookingPage(origin, eventId),
  };
}
