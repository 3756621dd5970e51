import ical, { ICalEventStatus, type ICalEventData } from 'ical-generator';
import type { EventView } from '../../read-models/event/events-queries.js';
import { bookingPage } from '../platform/representations.js';

export const CALENDAR_TYPE = 'text/calendar; charset=utf-8';

const PRODUCT = { company: 'Boxoffice', product: 'Boxoffice', language: 'EN' };
/**
 * Suffix that makes ids globally unique. Must not change: a calendar would show each event twice.
 */
const UID_SUFFIX = '@boxoffice';

/** The seats of one reservation and their event. */
export interface Purchase {
  readonly event: EventView;
  readonly reservationId: string;
  /** Descriptions such as `Parquet, row 1, seat 4`; empty when all tickets were refunded. */
  readonly seats: readonly string[];
  /** Increases with every change of the reservation. */
  readonly revision: number;
  /** Time of its newest ticket, exchange or refund. ISO 8601. */
  readonly changedAt: string;
}

/**
 * Returns the event as an iCalendar file (RFC 5545). Times are in UTC, and a calendar shows them in
 * its own time zone. The duration of an event is unknown, so the entry has no end. A calendar
 * replaces an entry by one with the same `UID` and a higher `SEQUENCE`.
 */
export function eventCalendar(event: EventView, origin: string): string {
  return calendarOf(event.name, [entryOf(event, origin)]);
}

/** Returns one entry for each reservation; the entry of a refunded reservation is canceled. */
export function ticketsCalendar(purchases: readonly Purchase[], origin: string): string {
  const entries = purchases.map(
    ({ event, reservationId, seats, revision, changedAt }): ICalEventData => {
      const revisedAt = new Date(changedAt > event.changedAt ? changedAt : event.changedAt);
      const own = {
        ...entryOf(event, origin),
        id: reservationId + UID_SUFFIX,
        sequence: event.changes + revision,
        stamp: revisedAt,
        lastModified: revisedAt,
      };
      if (seats.length === 0) return { ...own, status: ICalEventStatus.CANCELLED };
      return { ...own, description: [...seats, '', `Reservation ${reservationId}`].join('\n') };
    },
  );
  return calendarOf('Your tickets', entries);
}

function calendarOf(name: string, events: ICalEventData[]): string {
  // Every line ends with a line break, also the last one (RFC 5545, 3.1).
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
    id: eventId + UID_SUFFIX,
    sequence: changes,
    // The time of the last change, so that the file of an unchanged event stays the same.
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
