import { kind } from './problem-kind.js';

/** Problems with events and venues. */
export const EVENT_PROBLEMS = {
  'event-not-found': kind(
    404,
    'Event not found',
    'No event has this id. Check the id; `GET /v1/events` lists the events.',
  ),
  'event-not-cancelled': kind(
    404,
    'Event not canceled',
    'The event takes place as announced, so there are no refunds to report.',
  ),
  'venue-not-found': kind(
    404,
    'Venue not found',
    'No venue has this id. Check the id; `GET /v1/venues` lists the venues.',
  ),
  'event-cancelled': kind(
    409,
    'Event canceled',
    'The event is canceled and sells no more seats. Ticket holders are refunded automatically.',
  ),
  'event-fixed': kind(
    409,
    'Locked after on-sale',
    'These `fields` cannot change once an event is on sale. Send their previous values, or ' +
      'schedule another event with another `externalId`.',
    { carries: ['fields'] },
  ),
  'event-over': kind(
    409,
    'Event over',
    'Sales for this event ended at `salesEndAt`. Payments that have already started can still ' +
      'complete.',
    { carries: ['salesEndAt'] },
  ),
  'sales-closed': kind(
    409,
    'Sales closed',
    'The organizer has closed sales for this event. Seats that are already held can still be ' +
      'paid for.',
  ),
  'sales-not-open': kind(
    409,
    'Not on sale yet',
    'Sales for this event open at `onSaleAt`. Try again then.',
    { carries: ['onSaleAt'] },
  ),
  'start-in-the-past': kind(
    422,
    'New start in the past',
    'The new start `startsAt` has already passed. Choose a time in the future.',
    { carries: ['startsAt'] },
  ),
  'on-sale-after-start': kind(
    422,
    'Sales open after the start',
    'Sales must open before the event starts at `startsAt`. Choose an earlier `onSaleAt`.',
    { carries: ['startsAt'] },
  ),
};
