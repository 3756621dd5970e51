import type { Clock } from '../../ports/system/clock.js';
import type { EventQueries, EventView } from '../../read-models/event/events-queries.js';
import type { LiveSeatStatus } from '../../read-models/seat-inventory/live-seat-status.js';
import { untilVisible } from '../../read-models/tables/visible.js';
import { ASKED_WAIT_MS, readAtLeast, type Freshness } from '../platform/freshness.js';
import { CALENDAR, JSON_LD, type EventMediaType } from '../platform/representations.js';
import { Problem } from '../problems/problems.js';
import type { EventLayouts } from '../seating-plan/event-layouts.js';
import { isId } from '../validation/rules.js';
import { CALENDAR_TYPE, eventCalendar } from './calendars.js';
import { eventJsonLd } from './event-json-ld.js';

export interface ShownEventParts {
  readonly events: EventQueries;
  readonly freshness: Freshness;
  readonly live: LiveSeatStatus;
  readonly layouts: EventLayouts;
  readonly clock: Clock;
}

/**
 * Returns the event at revision `atLeast`, a query parameter, or later.
 * @throws Problem `event-not-found`, `read-model-behind`, `validation-failed`
 */
export async function findEvent(
  { events, freshness, clock }: ShownEventParts,
  eventId: string,
  atLeast: unknown,
): Promise<EventView> {
  if (!isId(eventId)) throw new Problem('event-not-found');
  const revision = readAtLeast(atLeast);
  await freshness.wait(eventId, revision);
  const find = () => events.event(eventId);
  // With a revision the inventory is already visible, so the event exists; its name may take a
  // little longer.
  const event =
    revision === undefined ? await find() : await untilVisible(find, ASKED_WAIT_MS, clock);
  if (event) return event;
  throw new Problem(revision === undefined ? 'event-not-found' : 'read-model-behind');
}

export interface Representation {
  readonly contentType: string;
  readonly body: object | string;
}

/** Returns the event in a media type. @throws Problem `read-model-behind` */
export async function representEvent(
  { live, layouts, clock }: ShownEventParts,
  event: EventView,
  mediaType: EventMediaType,
  origin: string,
): Promise<Representation> {
  if (mediaType === CALENDAR)
    return { contentType: CALENDAR_TYPE, body: eventCalendar(event, origin) };
  if (mediaType !== JSON_LD) return { contentType: JSON_UTF_8, body: event };
  const { eventId } = event;
  const [planned, board] = await Promise.all([layouts.of(eventId), live.board(eventId)]);
  if (!planned || !board) throw new Problem('read-model-behind');
  const body = eventJsonLd({ event, layout: planned.layout, board, origin, now: clock.now() });
  return { contentType: `${JSON_LD}; charset=utf-8`, body };
}

const JSON_UTF_8 = 'application/json; charset=utf-8';
