import { eventStream } from '../../src/domain/event/events.js';
import { venueStream } from '../../src/domain/venue/events.js';
import { searchProjection } from '../../src/projections/search.js';
import { FEED_START, searchChanges } from '../../src/read-models/search/search-changes.js';
import { searchDocuments } from '../../src/read-models/search/search-documents.js';
import { closed, expired, opened, reserved } from '../support/seat-inventory/events.js';
import { openRebuildSide } from '../support/rebuilds.js';
import { LOGS, openReadSide, type ReadSide } from '../support/read-side.js';

const SET = `v${searchDocuments.version}`;
const VENUE = {
  ...{
    venueId: 'v1',
    name: 'Little theatre',
    city: 'Wien',
    country: 'AT',
    timeZone: 'Europe/Vienna',
  },
  ...{ location: { lat: 48.2, lon: 16.37 }, seatingPlanHash: 'plan', seatCount: 20 },
  ...{ categories: [], registeredAt: '2026-01-01T00:00:00.000Z' },
};
const EVENT = {
  ...{ eventId: 'e1', venueId: 'v1', name: 'Opening night', startsAt: '2026-06-11T22:30:00.000Z' },
  ...{ category: 'Theatre', performers: ['The Company'], description: null, prices: [] },
  ...{ onSaleAt: null, holdSeconds: 600, maxSeatsPerCustomer: 6, singleSeatRule: 'lenient' },
  ...{ seatingPlanHash: 'plan', seatCount: 20, scheduledAt: '2026-01-02T00:00:00.000Z' },
};
const seats = (count: number) => Array.from({ length: count }, (_, at) => `A${at}`);

describe.each(LOGS)('search documents, projected from %s', (log) => {
  let side: ReadSide;
  const changed = async () => (await searchChanges(side.pool).after(SET, FEED_START, 10)).documents;
  const only = async () => (await changed())[0]!;
  const edit = (type: string, data: object) =>
    side.appendTo(eventStream('e1'), { type, data: { eventId: 'e1', ...data } });

  beforeAll(async () => {
    side = await openReadSide(log);
    side.run(searchProjection);
  });
  afterAll(() => side.close());

  it('exist once event, venue and inventory are projected, in any order', async () => {
    await side.appendTo(eventStream('e1'), { type: 'EventScheduled', data: EVENT });
    await side.append('e1', opened({ eventId: 'e1', seatCount: 20 }));
    await side.caughtUp();
    expect(await changed()).toEqual([]);
    await side.appendTo(venueStream('v1'), { type: 'VenueRegistered', data: VENUE });
    await side.caughtUp();
    expect(await only()).toMatchObject({
      document: { eventId: 'e1', city: 'Wien', month: '2026-06', availability: 'AVAILABLE' },
    });
  });

  it('change with every edit, each time with a higher version', async () => {
    let before = await only();
    const edits: [string, object, object][] = [
      ['EventRenamed', { name: 'Closing night' }, { name: 'Closing night' }],
      [
        'EventDescribed',
        { category: null, performers: ['Ann'], description: 'x' },
        { category: null, performers: ['Ann'] },
      ],
      [
        'EventRescheduled',
        { startsAt: '2026-07-01T22:30:00.000Z' },
        { month: '2026-07', localStart: Date.UTC(2026, 6, 2, 0, 30) },
      ],
      ['EventTimeZoneChanged', { timeZone: 'UTC' }, { localStart: Date.UTC(2026, 6, 1, 22, 30) }],
    ];
    for (const [type, data, expected] of edits) {
      await edit(type, data);
      await side.caughtUp();
      const after = await only();
      expect(after.document).toMatchObject(expected);
      expect(after.version).toBeGreaterThan(before.version);
      before = after;
    }
  });

  it('change with the available seats only when the level of availability changes', async () => {
    const { version } = await only();
    await side.append('e1', reserved('r1', seats(18)));
    await side.caughtUp();
    expect(await only()).toMatchObject({ version, document: { availability: 'AVAILABLE' } });
    await side.append('e1', reserved('r2', ['B1']));
    await side.caughtUp();
    const few = await only();
    expect(few.document.availability).toBe('FEW_LEFT');
    expect(few.version).toBeGreaterThan(version);
    await side.append('e1', reserved('r3', ['B2']));
    await side.caughtUp();
    expect((await only()).document.availability).toBe('SOLD_OUT');
    await side.append('e1', expired('r1', seats(18)));
    await side.caughtUp();
    expect((await only()).document.availability).toBe('AVAILABLE');
  });

  it('are sold out when the sale is closed, even with available seats', async () => {
    await side.append('e1', closed());
    await side.caughtUp();
    expect((await only()).document.availability).toBe('SOLD_OUT');
  });
});

describe('search documents of a stream with parked events', () => {
  let side: ReadSide;
  beforeAll(async () => {
    side = await openReadSide();
    side.run(searchProjection);
  });
  afterAll(() => side.close());

  it('reach an index that has already passed their position', async () => {
    const changes = searchChanges(side.pool);
    const { operations, rebuilds } = openRebuildSide(side, [searchProjection]);
    await rebuilds.stop();
    await side.appendTo(venueStream('v1'), { type: 'VenueRegistered', data: VENUE });
    for (const eventId of ['e1', 'e2']) {
      await side.appendTo(eventStream(eventId), {
        type: 'EventScheduled',
        data: { ...EVENT, eventId },
      });
      await side.append(eventId, opened({ eventId, seatCount: 20 }));
    }
    // Only the table rejects the event, until an operator drops the constraint.
    const table = `search_documents_${SET}`;
    await side.caughtUp();
    await side.pool.query(
      `alter table ${table} add constraint tame check (event->>'name' <> 'Wild')`,
    );
    await side.appendTo(eventStream('e1'), {
      type: 'EventRenamed',
      data: { eventId: 'e1', name: 'Wild' },
    });
    await side.appendTo(eventStream('e2'), {
      type: 'EventRenamed',
      data: { eventId: 'e2', name: 'Calm' },
    });
    await side.caughtUp();
    const fed = await changes.after(SET, FEED_START, 10);
    const names = (documents: typeof fed.documents) =>
      documents.map(({ document }) => document.name);
    expect(names(fed.documents)).toEqual(['Opening night', 'Calm']);
    const [parked] = (await operations.parked('search'))!;
    expect(parked).toMatchObject({ type: 'EventRenamed', stream: 'event-e1' });

    await side.pool.query(`alter table ${table} drop constraint tame`);
    expect(await operations.retryParked('search', parked!.id)).toEqual({
      accepted: true,
      applied: 1,
    });

    const thawed = await changes.after(SET, fed.position!, 10);
    expect(names(thawed.documents)).toEqual(['Wild']);
    const before = fed.documents.find(({ document }) => document.eventId === 'e1')!;
    expect(thawed.documents[0]!.version).toBeGreaterThan(before.version);
  });
});
