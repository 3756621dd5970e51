import type { EventScheduledData } from '../../src/domain/event/events.js';
import { eventStream } from '../../src/domain/event/events.js';
import { venueStream, type VenueRegisteredData } from '../../src/domain/venue/events.js';
import { projections } from '../../src/projections/projections.js';
import { cancellationQueries } from '../../src/read-models/event/cancellations-queries.js';
import { eventQueries } from '../../src/read-models/event/events-queries.js';
import { venueQueries } from '../../src/read-models/venue/venues.js';
import {
  cancelled,
  confirmed,
  onSaleMoved,
  opened,
  reserved,
} from '../support/seat-inventory/events.js';
import { NOON } from '../support/seat-inventory/rules.js';
import { LOGS, openReadSide, type ReadSide } from '../support/read-side.js';

const venue = (
  venueId: string,
  changes: Partial<VenueRegisteredData> = {},
): VenueRegisteredData => ({
  venueId,
  name: 'Little theatre',
  city: 'Wien',
  country: 'AT',
  location: { lat: 48.2, lon: 16.37 },
  timeZone: 'Europe/Vienna',
  seatingPlanHash: 'plan',
  seatCount: 20,
  categories: [{ name: 'Stalls', seatCount: 20 }],
  registeredAt: '2026-01-01T00:00:00.000Z',
  ...changes,
});

const event = (eventId: string, changes: Partial<EventScheduledData> = {}): EventScheduledData => ({
  eventId,
  venueId: 'v1',
  name: 'Opening night',
  startsAt: '2026-06-11T19:00:00.000Z',
  category: 'Theatre',
  performers: ['The Company'],
  description: null,
  prices: [{ category: 'Stalls', amountMinor: 5_000, currency: 'EUR' }],
  onSaleAt: null,
  holdSeconds: 600,
  maxSeatsPerCustomer: 6,
  singleSeatRule: 'lenient',
  seatingPlanHash: 'plan',
  seatCount: 20,
  scheduledAt: '2026-01-02T00:00:00.000Z',
  ...changes,
});

async function register(side: ReadSide, data: VenueRegisteredData): Promise<void> {
  await side.appendTo(venueStream(data.venueId), { type: 'VenueRegistered', data });
}

async function schedule(side: ReadSide, data: EventScheduledData): Promise<void> {
  await side.append(data.eventId, opened({ eventId: data.eventId, seatCount: data.seatCount }));
  await side.appendTo(eventStream(data.eventId), { type: 'EventScheduled', data });
}

describe.each(LOGS)('events and venues, projected from %s', (log) => {
  let side: ReadSide;
  beforeAll(async () => {
    side = await openReadSide(log);
    side.run(...projections);
  });
  afterAll(() => side.close());

  it('show one event with its venue and its availability', async () => {
    await register(side, venue('v1'));
    await schedule(side, event('e1', { onSaleAt: '2026-02-01T10:00:00.000Z' }));
    await side.append('e1', reserved('r1', ['A1', 'A2']), confirmed('r1', ['A1', 'A2']));
    await side.caughtUp();

    expect(await eventQueries(side.pool).event('e1')).toEqual({
      eventId: 'e1',
      name: 'Opening night',
      status: 'scheduled',
      venue: {
        venueId: 'v1',
        name: 'Little theatre',
        city: 'Wien',
        country: 'AT',
        location: { lat: 48.2, lon: 16.37 },
        timeZone: 'Europe/Vienna',
      },
      startsAt: '2026-06-11T19:00:00.000Z',
      salesEndMinutesAfterStart: 0,
      salesEndAt: '2026-06-11T19:00:00.000Z',
      rescheduledFrom: null,
      timeZone: 'Europe/Vienna',
      category: 'Theatre',
      performers: ['The Company'],
      description: null,
      prices: [{ category: 'Stalls', amountMinor: 5_000, currency: 'EUR' }],
      onSaleAt: '2026-02-01T10:00:00.000Z',
      salesClosed: false,
      holdSeconds: 600,
      maxSeatsPerCustomer: 6,
      singleSeatRule: 'lenient',
      seatCount: 20,
      seatingPlanHash: 'plan',
      availability: { available: 18, reserved: 0, sold: 2, blocked: 0 },
      changes: 0,
      changedAt: '2026-01-02T00:00:00.000Z',
      revision: 2,
    });
  });

  it('show the last of several changes, including null, and their number', async () => {
    const id = 'changed';
    await schedule(
      side,
      event(id, { timeZone: 'Asia/Tokyo', onSaleAt: '2026-02-01T10:00:00.000Z' }),
    );
    const stream = eventStream(id);
    const described = { category: 'Opera', performers: ['Somebody'], description: 'Long.' };
    const moved = (fromStartsAt: string, startsAt: string) => ({
      type: 'EventRescheduled' as const,
      data: { eventId: id, startsAt, fromStartsAt, rescheduledAt: '2026-03-01T00:00:00.000Z' },
    });
    const [first, second, third] = [11, 12, 13].map((day) => `2026-06-${day}T19:00:00.000Z`);
    const at = '2026-03-02T00:00:00.000Z';
    await side.appendTo(stream, {
      type: 'EventRenamed',
      data: { eventId: id, name: 'New', renamedAt: at },
    });
    await side.appendTo(stream, {
      type: 'EventDescribed',
      data: { eventId: id, ...described, describedAt: at },
    });
    await side.appendTo(stream, moved(first!, second!));
    await side.append(id, onSaleMoved(null));
    await side.appendTo(stream, moved(second!, third!));
    await side.appendTo(stream, {
      type: 'EventDescribed',
      data: { eventId: id, ...described, category: null, describedAt: at },
    });
    await side.appendTo(stream, {
      type: 'EventTimeZoneChanged',
      data: { eventId: id, timeZone: null, changedAt: at },
    });
    await side.caughtUp();
    expect(await eventQueries(side.pool).event(id)).toMatchObject({
      ...{ name: 'New', startsAt: third, rescheduledFrom: second, timeZone: 'Europe/Vienna' },
      ...{ ...described, category: null, onSaleAt: null, changes: 6, changedAt: at },
    });
  });

  it('show that an event is canceled, and keep it listed', async () => {
    await schedule(side, event('off'));
    await side.append('off', reserved('r1', ['A1']), confirmed('r1', ['A1']));
    const reason = 'rain';
    const at = new Date(NOON).toISOString();
    const data = { eventId: 'off', reason, cancelledAt: at };
    await side.appendTo(eventStream('off'), { type: 'EventCancelled', data });
    await side.append('off', cancelled(1));
    await side.caughtUp();

    const { of, unfinished } = cancellationQueries(side.pool);
    expect(await eventQueries(side.pool).event('off')).toMatchObject({
      status: 'cancelled',
      salesClosed: true,
    });
    expect(await unfinished(10)).toEqual([{ eventId: 'off', reason, sales: 1, refunded: 0 }]);
    const running = { eventId: 'off', reason, reservations: 1, refunded: 0, due: 1, startedAt: at };
    expect(await of('off')).toEqual({ ...running, status: 'refunding' });
    expect(await of('e1')).toBeUndefined();

    const finished = { eventId: 'off', sales: 1, finishedAt: at };
    await side.appendTo(eventStream('off'), { type: 'CancellationFinished', data: finished });
    await side.caughtUp();
    expect(await unfinished(10)).toEqual([]);
    // A refund may fail after it had succeeded: the cancellation is done when all are refunded.
    expect(await of('off')).toEqual({ ...running, status: 'refunding' });
  });

  it('show no event before its inventory is open', async () => {
    await side.appendTo(eventStream('unopened'), {
      type: 'EventScheduled',
      data: event('unopened'),
    });
    await schedule(side, event('homeless', { venueId: 'nowhere' }));
    await side.caughtUp();

    expect(await eventQueries(side.pool).event('unopened')).toBeUndefined();
    expect(await eventQueries(side.pool).event('homeless')).toBeUndefined();
    expect(await eventQueries(side.pool).event('unheard-of')).toBeUndefined();
  });

  it('show one venue, and all venues by name', async () => {
    await register(side, venue('v9', { name: 'Arena' }));
    await side.caughtUp();

    expect(await venueQueries(side.pool).venue('v9')).toEqual(venue('v9', { name: 'Arena' }));
    expect(await venueQueries(side.pool).venue('v8')).toBeUndefined();
    expect((await venueQueries(side.pool).all()).map(({ name }) => name)).toEqual([
      'Arena',
      'Little theatre',
    ]);
  });
});
