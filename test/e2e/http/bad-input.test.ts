import type { ProblemCode } from '../../../src/http/problems/table/problem-table.js';
import { EVENT_STORES, startApp, type TestApp } from '../../support/app.js';
import {
  EVENT,
  onSale,
  reserve,
  smallPlan,
  VENUE,
} from '../../support/seat-inventory/event-on-sale.js';
import {
  BAD_EVENTS,
  BAD_QUERIES,
  BAD_RESERVATIONS,
  BAD_VENUES,
  MISSING,
  price,
} from '../../support/http/bad-input.js';
import { countDomainEvents, expectProblem } from '../../support/problems.js';

/** Returns the seating plan of the small house with changes. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
function planWith(change: (plan: any) => void): object {
  const plan = structuredClone(smallPlan(2, 4));
  change(plan);
  return plan;
}

describe.each(EVENT_STORES)('bad input is rejected and changes nothing, over %s', (eventStore) => {
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
    event = await onSale(app, smallPlan(3, 8), { maxSeatsPerCustomer: 4 });
    closed = await onSale(app, smallPlan(1, 4));
    await app.ask('POST', `${closed.path}/close-sales`, { token: organizer });
    later = await onSale(app, smallPlan(1, 4), { onSaleAt: '2100-01-01T00:00:00Z' });
    strict = await onSale(app, smallPlan(1, 4), { singleSeatRule: 'strict' });
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
        'with an unknown category',
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
      const { body } = await expectProblem(app, 'seating-plan-invalid', () =>
        app.ask('POST', '/v1/venues', { token: organizer, body: { ...VENUE, seatingPlan } }),
      );
      expect(body.problems[0]).toMatchObject({ code: problem, path });
      expect(body.problems[0].detail).toMatch(/\.$/);
    });
  });

  describe('a venue', () => {
    it.each(BAD_VENUES)('%s', async (_what, wrong, path) => {
      const { body } = await expectProblem(app, 'validation-failed', () =>
        app.ask('POST', '/v1/venues', {
          token: organizer,
          body: { ...VENUE, seatingPlan: smallPlan(1, 1), ...wrong },
        }),
      );
      expect(body.errors.map((error: { path: string }) => error.path)).toContain(path);
      expect(body.errors[0].message).not.toBe('');
    });

    it('without any field gets only the names of required fields', async () => {
      const { body } = await expectProblem(app, 'validation-failed', () =>
        app.ask('POST', '/v1/venues', {
          token: organizer,
          body: { seatingPlan: smallPlan(1, 1) },
        }),
      );
      expect(body.errors).toEqual(
        ['name', 'city', 'country', 'location'].map((name) => ({
          path: `/${name}`,
          message: 'is required',
        })),
      );
    });

    it('accepts a country code in lower case and stores it in capitals', async () => {
      const requested = { ...VENUE, country: 'de', seatingPlan: smallPlan(1, 1) };
      const { status, body } = await app.ask('POST', '/v1/venues', {
        token: organizer,
        body: requested,
      });
      expect(status).toBe(201);
      const { body: venue } = await app.ask('GET', `/v1/venues/${body.venueId}`);
      expect(venue.country).toBe('DE');
    });
  });

  describe('an event', () => {
    it.each(BAD_EVENTS)('%s', async (_what, wrong, path) => {
      const { body } = await expectProblem(app, 'validation-failed', () => schedule(wrong));
      expect(body.errors.map((error: { path: string }) => error.path)).toContain(path);
    });

    it('names the type before a limit', async () => {
      const wrong = { maxSeatsPerCustomer: 'many' };
      const { body } = await expectProblem(app, 'validation-failed', () => schedule(wrong));
      const message = 'maxSeatsPerCustomer must be an integer number';
      expect(body.errors).toEqual([{ path: '/maxSeatsPerCustomer', message }]);
    });

    it('says which field it does not know', async () => {
      const { body } = await expectProblem(app, 'validation-failed', () => schedule({ colour: 1 }));
      const message = 'is not a field of this request';
      expect(body.errors).toEqual([{ path: '/colour', message }]);
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
      const { body } = await expectProblem(app, code, () => schedule(wrong));
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
      const { body } = await expectProblem(app, 'currencies-mixed', () =>
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
    it.each(BAD_RESERVATIONS)('%s for %j', async (code, selection, members) => {
      const { body } = await expectProblem(app, code, () =>
        reserve(app, event.path, customer, selection as object),
      );
      expect(body).toMatchObject(members);
    });

    it('of an event that is closed, not yet open, or unknown', async () => {
      const selection = { seatIds: ['A-1'] };
      await expectProblem(app, 'sales-closed', () =>
        reserve(app, closed.path, customer, selection),
      );
      const early = await expectProblem(app, 'sales-not-open', () =>
        reserve(app, later.path, customer, selection),
      );
      expect(early.body.onSaleAt).toBe('2100-01-01T00:00:00.000Z');
      const paths = [MISSING, 'x', '%00', '$all', '-', 'a%2Fb', 'x'.repeat(64)].map(
        (id) => `/v1/events/${id}`,
      );
      for (const path of paths) {
        await expectProblem(app, 'event-not-found', () => reserve(app, path, customer, selection));
      }
    });

    it('that would leave a single seat', async () => {
      const { body } = await expectProblem(app, 'single-seat-left', () =>
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
      await expectProblem(app, code, () =>
        app.ask('POST', `${event.path}/reservations`, {
          token: customer,
          body: { seatIds: ['A-1'] },
          headers: key === undefined ? {} : { 'idempotency-key': key },
        }),
      );
    });

    it('whose Idempotency-Key was used for other seats', async () => {
      const key = 'k'.repeat(255);
      const first = await reserve(app, event.path, customer, { seatIds: ['C-1', 'C-2'] }, key);
      expect(first.status).toBe(201);
      await expectProblem(app, 'idempotency-key-reused', () =>
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

    it('of seats that are taken', async () => {
      const { body } = await expectProblem(app, 'seats-unavailable', () =>
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
      await expectProblem(app, code, () =>
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

  describe('a query', () => {
    it.each(BAD_QUERIES)('%s at %s', async (code, path) => {
      await expectProblem(app, code, () => app.ask('GET', path));
    });
  });
});
