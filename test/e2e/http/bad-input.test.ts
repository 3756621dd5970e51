import type { ProblemCode } from '../../../src/http/problems/problem-table.js';
import { EVENT_STORES, startApp, type TestApp } from '../../support/app.js';
import { EVENT, onSale, reserve, smallHouse, VENUE } from '../../support/seat-inventory/houses.js';
import { countDomainEvents, expectRefusal } from '../../support/refusals.js';

const MISSING = '00000000-0000-4000-8000-000000000000';

const EITHER = { path: '', message: 'name either seatIds or bestAvailable, and nothing else' };
const NO_OBJECT = { path: '', message: 'must be an object' };

/** The small house with its plan changed. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
function planWith(change: (plan: any) => void): object {
  const plan = structuredClone(smallHouse(2, 4));
  change(plan);
  return plan;
}

describe.each(EVENT_STORES)('bad input is refused and changes nothing, over %s', (eventStore) => {
  let app: TestApp;
  let organizer: string;
  let customer: string;
  let event: { venueId: string; eventId: string; path: string };
  let closed: { path: string };
  let later: { path: string };
  let strict: { path: string };

  beforeAll(async () => {
    app = await startApp(eventStore);
    organizer = await app.token('olga', 'organizer');
    customer = await app.token('carl', 'customer');
    event = await onSale(app, smallHouse(3, 8), { maxSeatsPerCustomer: 4 });
    closed = await onSale(app, smallHouse(1, 4));
    await app.ask('POST', `${closed.path}/close-sales`, { token: organizer });
    later = await onSale(app, smallHouse(1, 4), { onSaleAt: '2100-01-01T00:00:00Z' });
    strict = await onSale(app, smallHouse(1, 4), { singleSeatRule: 'strict' });
  });
  afterAll(() => app.close());

  describe('a seating plan', () => {
    it.each<[string, unknown, string, string]>([
      [
        'with a seat_guid twice',
        planWith((plan) => (plan.zones[0].rows[1].seats[2].seat_guid = 'A-1')),
        'seat-guid-repeated',
        '/zones/0/rows/1/seats/2/seat_guid',
      ],
      [
        'with a category that it does not have',
        planWith((plan) => (plan.zones[0].rows[0].seats[0].category = 'Royal')),
        'category-unknown',
        '/zones/0/rows/0/seats/0/category',
      ],
      [
        'without seats',
        planWith((plan) => (plan.zones[0].rows = [])),
        'plan-without-seats',
        '/zones',
      ],
      [
        'whose zones are a text',
        planWith((plan) => (plan.zones = 'all')),
        'plan-malformed',
        '/zones',
      ],
      ['that is a number', 7, 'plan-malformed', ''],
      ['that is null', null, 'plan-malformed', ''],
    ])('%s', async (_what, seatingPlan, problem, path) => {
      const { body } = await expectRefusal(app, 'seating-plan-invalid', () =>
        app.ask('POST', '/v1/venues', { token: organizer, body: { ...VENUE, seatingPlan } }),
      );
      expect(body.problems[0]).toMatchObject({ code: problem, path });
      expect(body.problems[0].detail).toMatch(/\.$/);
    });
  });

  describe('a venue', () => {
    it.each<[string, object, string]>([
      ['without a name', { name: undefined }, '/name'],
      ['with an empty name', { name: ' ' }, '/name'],
      ['with a name of 201 characters', { name: 'x'.repeat(201) }, '/name'],
      ['with a NUL in its name', { name: 'a\u0000b' }, '/name'],
      ['with broken UTF-16 in its city', { city: 'a\ud800b' }, '/city'],
      ['with a number for its city', { city: 5 }, '/city'],
      ['in a country that there is not', { country: 'QQ' }, '/country'],
      ['in a country of three letters', { country: 'mex' }, '/country'],
      ['without a place', { location: undefined }, '/location'],
      ['with a text for its place', { location: 'Bonn' }, '/location'],
      ['beyond the pole', { location: { lat: 91, lon: 0 } }, '/location/lat'],
      ['with a text for its longitude', { location: { lat: 1, lon: '7' } }, '/location/lon'],
      ['with a height', { location: { lat: 1, lon: 7, alt: 3 } }, '/location/alt'],
      ['in a time zone that there is not', { timeZone: 'Mars/Olympus' }, '/timeZone'],
      ['without a seating plan', { seatingPlan: undefined }, '/seatingPlan'],
      ['with a field that nobody knows', { capacity: 5 }, '/capacity'],
    ])('%s', async (_what, wrong, path) => {
      const { body } = await expectRefusal(app, 'validation-failed', () =>
        app.ask('POST', '/v1/venues', {
          token: organizer,
          body: { ...VENUE, seatingPlan: smallHouse(1, 1), ...wrong },
        }),
      );
      expect(body.errors.map((error: { path: string }) => error.path)).toContain(path);
      expect(body.errors[0].message).not.toBe('');
    });

    it('without anything is told what is required, and nothing about limits', async () => {
      const { body } = await expectRefusal(app, 'validation-failed', () =>
        app.ask('POST', '/v1/venues', {
          token: organizer,
          body: { seatingPlan: smallHouse(1, 1) },
        }),
      );
      expect(body.errors).toEqual(
        ['name', 'city', 'country', 'location'].map((name) => ({
          path: `/${name}`,
          message: 'is required',
        })),
      );
    });

    it('in a country in small letters is taken, and kept in capitals', async () => {
      const asked = { ...VENUE, country: 'de', seatingPlan: smallHouse(1, 1) };
      const { status, body } = await app.ask('POST', '/v1/venues', {
        token: organizer,
        body: asked,
      });
      expect(status).toBe(201);
      const { body: venue } = await app.ask('GET', `/v1/venues/${body.venueId}`);
      expect(venue.country).toBe('DE');
    });
  });

  describe('an event', () => {
    it.each<[string, object, string]>([
      ['without a start', { startsAt: undefined }, '/startsAt'],
      ['that starts without an offset', { startsAt: '2030-06-01T18:00:00' }, '/startsAt'],
      ['that starts on a day that there is not', { startsAt: '2030-02-30T18:00:00Z' }, '/startsAt'],
      ['that starts at a number', { startsAt: 1_900_000_000 }, '/startsAt'],
      [
        'with a price that is not whole',
        { prices: [price({ amountMinor: 1.5 })] },
        '/prices/0/amountMinor',
      ],
      [
        'with a price below zero',
        { prices: [price({ amountMinor: -1 })] },
        '/prices/0/amountMinor',
      ],
      [
        'with a price above all',
        { prices: [price({ amountMinor: 1e9 + 1 })] },
        '/prices/0/amountMinor',
      ],
      [
        'in a currency that there is not',
        { prices: [price({ currency: 'ABC' })] },
        '/prices/0/currency',
      ],
      [
        'with a price that is by request perhaps',
        { prices: [price({ byRequest: 'yes' })] },
        '/prices/0/byRequest',
      ],
      ['with prices that are not a list', { prices: { Standard: 5 } }, '/prices'],
      ['with a hold of no time', { holdSeconds: 0 }, '/holdSeconds'],
      ['with a hold of more than two hours', { holdSeconds: 7_201 }, '/holdSeconds'],
      ['with 101 seats per customer', { maxSeatsPerCustomer: 101 }, '/maxSeatsPerCustomer'],
      ['with a rule that nobody knows', { singleSeatRule: 'kind' }, '/singleSeatRule'],
      ['with 51 performers', { performers: Array(51).fill('x') }, '/performers'],
      ['with a performer without a name', { performers: ['x', ''] }, '/performers'],
      ['with too long a description', { description: 'x'.repeat(10_001) }, '/description'],
    ])('%s', async (_what, wrong, path) => {
      const { body } = await expectRefusal(app, 'validation-failed', () => schedule(wrong));
      expect(body.errors.map((error: { path: string }) => error.path)).toContain(path);
    });

    it('names the type before a limit', async () => {
      const wrong = { maxSeatsPerCustomer: 'many' };
      const { body } = await expectRefusal(app, 'validation-failed', () => schedule(wrong));
      const message = 'maxSeatsPerCustomer must be an integer number';
      expect(body.errors).toEqual([{ path: '/maxSeatsPerCustomer', message }]);
    });

    it.each<[ProblemCode, object, object]>([
      ['venue-not-found', { venueId: MISSING }, {}],
      ['prices-repeated', { prices: [price(), price()] }, { categories: ['Standard'] }],
      [
        'prices-of-unknown-category',
        { prices: [price(), price({ category: 'Royal' })] },
        { categories: ['Royal'] },
      ],
      ['prices-missing', { prices: [] }, { categories: ['Standard'] }],
    ])('%s', async (code, wrong, members) => {
      const { body } = await expectRefusal(app, code, () => schedule(wrong));
      expect(body).toMatchObject(members);
    });

    it('with prices in two currencies', async () => {
      const seatingPlan = planWith((plan) => {
        plan.categories.push({ name: 'Royal', color: '#b3261e' });
        plan.zones[0].rows[0].seats[0].category = 'Royal';
      });
      const { venueId } = await onSale(app, seatingPlan, {
        prices: [price(), price({ category: 'Royal' })],
      });
      const prices = [price(), price({ category: 'Royal', currency: 'MXN' })];
      const { body } = await expectRefusal(app, 'currencies-mixed', () =>
        schedule({ venueId, prices }),
      );
      expect(body.currencies).toEqual(['EUR', 'MXN']);
    });

    const schedule = (wrong: object) =>
      app.ask('POST', '/v1/events', {
        token: organizer,
        body: { ...EVENT, venueId: event.venueId, ...wrong },
      });
  });

  describe('a reservation', () => {
    it.each<[ProblemCode, unknown, object]>([
      ['seats-unknown', { seatIds: ['A-1', 'Z-9'] }, { seatIds: ['Z-9'] }],
      ['seats-repeated', { seatIds: ['A-1', 'A-2', 'A-1'] }, { seatIds: ['A-1'] }],
      ['no-seats-requested', { seatIds: [] }, {}],
      ['no-seats-requested', { bestAvailable: { quantity: 0 } }, {}],
      [
        'too-many-seats',
        { seatIds: ['A-1', 'A-2', 'A-3', 'A-4', 'A-5'] },
        { limit: 4, alreadyYours: 0 },
      ],
      ['too-many-seats', { bestAvailable: { quantity: 5 } }, { limit: 4 }],
      [
        'category-unknown',
        { bestAvailable: { quantity: 1, category: 'Royal' } },
        { category: 'Royal' },
      ],
      ['validation-failed', {}, { errors: [EITHER] }],
      [
        'validation-failed',
        { seats: ['A-1'] },
        { errors: [{ path: '/seats', message: `is not known: ${EITHER.message}` }] },
      ],
      [
        'validation-failed',
        { seatIds: ['A-1'], bestAvailable: { quantity: 1 } },
        { errors: [EITHER] },
      ],
      [
        'validation-failed',
        { seatIds: 'A-1' },
        { errors: [{ path: '/seatIds', message: 'must be an array' }] },
      ],
      [
        'validation-failed',
        { seatIds: [1] },
        { errors: [{ path: '/seatIds/0', message: 'must be a string' }] },
      ],
      ['validation-failed', { seatIds: ['x'.repeat(65)] }, {}],
      ['validation-failed', { seatIds: Array.from({ length: 1_001 }, (_, at) => `A-${at}`) }, {}],
      ['validation-failed', { bestAvailable: { quantity: '2' } }, {}],
      ['validation-failed', { bestAvailable: { quantity: 1.5 } }, {}],
      ['validation-failed', { bestAvailable: { quantity: -1 } }, {}],
      [
        'validation-failed',
        { seatIds: ['A-1'], price: 0 },
        { errors: [{ path: '/price', message: 'is not known' }] },
      ],
      ['validation-failed', ['A-1'], { errors: [NO_OBJECT] }],
      ['validation-failed', 'null', { errors: [NO_OBJECT] }],
      ['validation-failed', '"A-1"', { errors: [NO_OBJECT] }],
      ['validation-failed', '', { errors: [NO_OBJECT] }],
    ])('%s for %j', async (code, wish, members) => {
      const { body } = await expectRefusal(app, code, () =>
        reserve(app, event.path, customer, wish as object),
      );
      expect(body).toMatchObject(members);
    });

    it('of an event that is closed, not yet open, or not there', async () => {
      const wish = { seatIds: ['A-1'] };
      await expectRefusal(app, 'sales-closed', () => reserve(app, closed.path, customer, wish));
      const early = await expectRefusal(app, 'sales-not-open', () =>
        reserve(app, later.path, customer, wish),
      );
      expect(early.body.onSaleAt).toBe('2100-01-01T00:00:00.000Z');
      const paths = [MISSING, 'x', '%00', '$all', '-', 'a%2Fb', 'x'.repeat(64)].map(
        (id) => `/v1/events/${id}`,
      );
      for (const path of paths) {
        await expectRefusal(app, 'event-not-found', () => reserve(app, path, customer, wish));
      }
    });

    it('that would leave a single seat', async () => {
      const { body } = await expectRefusal(app, 'single-seat-left', () =>
        reserve(app, strict.path, customer, { seatIds: ['A-2'] }),
      );
      expect(body.strandedSeatIds).toEqual(['A-1']);
    });

    it.each<[string, string | undefined, ProblemCode]>([
      ['is missing', undefined, 'idempotency-key-missing'],
      ['is empty', '', 'idempotency-key-missing'],
      ['has 256 characters', 'k'.repeat(256), 'idempotency-key-invalid'],
      ['has a blank in it', 'one key', 'idempotency-key-invalid'],
      ['has an umlaut in it', 'schl\u00fcssel', 'idempotency-key-invalid'],
    ])('whose Idempotency-Key %s', async (_what, key, code) => {
      await expectRefusal(app, code, () =>
        app.ask('POST', `${event.path}/reservations`, {
          token: customer,
          body: { seatIds: ['A-1'] },
          headers: key === undefined ? {} : { 'idempotency-key': key },
        }),
      );
    });

    it('whose Idempotency-Key was used for another wish', async () => {
      const key = 'k'.repeat(255);
      const first = await reserve(app, event.path, customer, { seatIds: ['C-1', 'C-2'] }, key);
      expect(first.status).toBe(201);
      await expectRefusal(app, 'idempotency-key-reused', () =>
        reserve(app, event.path, customer, { seatIds: ['C-1'] }, key),
      );
      const before = await countDomainEvents(app);
      const again = await reserve(app, event.path, customer, { seatIds: ['C-2', 'C-1'] }, key);
      expect(again).toMatchObject({
        status: 201,
        body: { reservationId: first.body.reservationId },
      });
      expect(again.headers.get('idempotency-replayed')).toBe('true');
      expect(await countDomainEvents(app)).toBe(before);
    });

    it('that others have taken', async () => {
      const { body } = await expectRefusal(app, 'seats-unavailable', () =>
        reserve(app, event.path, customer, { seatIds: ['C-2', 'C-3'] }),
      );
      expect(body.unavailableSeatIds).toEqual(['C-2']);
    });
  });

  describe('a payment', () => {
    it.each<[ProblemCode, unknown]>([
      // An unknown reservation has no price, so it is unknown whether it needs a payment.
      ['reservation-not-found', {}],
      ['validation-failed', { payment: {} }],
      ['validation-failed', { payment: { token: 7 } }],
      ['validation-failed', { payment: { token: '' } }],
      ['validation-failed', { payment: { token: 'x'.repeat(256) } }],
      ['reservation-not-found', { payment: { token: 'tok_success' } }],
    ])('%s for %j', async (code, body) => {
      await expectRefusal(app, code, () =>
        app.ask('POST', `${event.path}/reservations/${MISSING}/confirm`, { token: customer, body }),
      );
    });

    it('with a token that the provider does not know keeps the hold', async () => {
      const held = await reserve(app, event.path, await app.token('pia', 'customer'), {
        seatIds: ['B-1'],
      });
      const path = `${event.path}/reservations/${held.body.reservationId}`;
      const token = await app.token('pia', 'customer');
      const refused = await app.ask('POST', `${path}/confirm`, {
        token,
        body: { payment: { token: 'tok_forged' } },
      });
      expect(refused).toMatchObject({ status: 422, body: { code: 'payment-token-unknown' } });
      expect((await app.ask('GET', path, { token })).body.status).toBe('held');
    });
  });

  describe('a question', () => {
    it.each<[ProblemCode, string]>([
      ['validation-failed', '/v1/events?limit=0'],
      ['validation-failed', '/v1/events?limit=101'],
      ['validation-failed', '/v1/events?limit=ten'],
      ['validation-failed', '/v1/events?from=tomorrow'],
      ['validation-failed', '/v1/events?q=a%00b'],
      ['validation-failed', '/v1/events?city=a&city=b'],
      ['validation-failed', '/v1/events?near=91,2'],
      ['validation-failed', '/v1/events?near=1,181'],
      ['validation-failed', '/v1/events?near=Bonn'],
      ['validation-failed', '/v1/events?near=1,2&radiusKm=0'],
      ['validation-failed', '/v1/events?near=1,2&radiusKm=far'],
      ['validation-failed', '/v1/events?near=1,2&radiusKm=20039'],
      ['validation-failed', '/v1/events?radiusKm=5'],
      ['validation-failed', '/v1/events?sort=distance'],
      ['validation-failed', '/v1/events?sort=beauty'],
      ['validation-failed', '/v1/events/suggest?limit=21'],
      ['cursor-invalid', '/v1/events?cursor=bm90IG9uZQ'],
      ['cursor-invalid', '/v1/events?cursor=%E2%82%AC'],
      [
        'cursor-invalid',
        `/v1/events?cursor=${Buffer.from('2026-06-11T19:00:00Z a\0b').toString('base64url')}`,
      ],
      ['venue-not-found', `/v1/venues/${MISSING}`],
      ['venue-not-found', '/v1/venues/%00'],
      ['event-not-found', '/v1/events/%00'],
      ['event-not-found', `/v1/events/${MISSING}/seat-status`],
      ['event-not-found', `/v1/events/${MISSING}/seating-map`],
      ['event-not-found', `/v1/events/${MISSING}/seating-plan`],
      ['event-not-found', `/v1/events/${MISSING}/seat-status/stream`],
      ['event-not-found', '/v1/events/%00/seat-status/stream'],
      ['url-malformed', '/v1/events/%'],
      ['url-malformed', '/v1/events/%C3%28/seat-status'],
      ['not-found', '/v1/nothing'],
      ['not-found', `/v1/events/${'x'.repeat(300)}`],
    ])('%s at %s', async (code, path) => {
      await expectRefusal(app, code, () => app.ask('GET', path));
    });
  });
});

function price(changes: object = {}): object {
  return { category: 'Standard', amountMinor: 2_500, currency: 'EUR', ...changes };
}
