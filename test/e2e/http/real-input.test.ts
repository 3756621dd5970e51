import { EVENT_STORES, startApp, type TestApp } from '../../support/app.js';
import { onSale, reserve, smallPlan, VENUE } from '../../support/seat-inventory/event-on-sale.js';
import { expectProblem } from '../../support/problems.js';

describe.each(EVENT_STORES)('input as people send it, over %s', (eventStore) => {
  let app: TestApp;
  let organizer: string;
  beforeAll(async () => {
    app = await startApp(eventStore);
    organizer = await app.token('olga', 'organizer');
  });
  afterAll(() => app.close());

  const register = (changes: object) =>
    app.ask('POST', '/v1/venues', {
      ...{ token: organizer, body: { ...VENUE, seatingPlan: smallPlan(1, 2), ...changes } },
    });

  describe('a venue', () => {
    it.each<[string, object, string]>([
      ...[
        '\u200b',
        '\u200b\u200d\u2060',
        '\u3164',
        '\u2800',
        '\u00ad',
        '\u034f',
        '\u202e',
        ' \u3000 ',
      ].map((name): [string, object, string] => [
        `with nothing to see in its name, ${escape(name)}`,
        { name },
        '/name',
      ]),
      ['with a line separator in its name', { name: 'A\u2028B' }, '/name'],
      ['with a direction override in its name', { name: 'Hall\u202eevil' }, '/name'],
      ['with a direction mark in its city', { city: 'Bonn\u200f' }, '/city'],
      ['in UK, which is no country code', { country: 'UK' }, '/country'],
      ['in a union of countries', { country: 'EU' }, '/country'],
      ['in a country that is no more', { country: 'SU' }, '/country'],
    ])('%s, is rejected', async (_what, wrong, path) => {
      const { body } = await expectProblem(app, 'validation-failed', () => register(wrong));
      expect(body.errors.map((error: { path: string }) => error.path)).toEqual([path]);
    });

    it('is stored in NFC, with the time zone in the IANA spelling', async () => {
      const name = 'Große Halle für Café';
      const asked = { ...VENUE, name: name.normalize('NFD'), timeZone: 'europe/berlin' };
      const { status, body } = await app.ask('POST', '/v1/venues', {
        ...{ token: organizer, body: { ...asked, seatingPlan: smallPlan(1, 1) } },
      });
      expect(status).toBe(201);
      const { body: venue } = await app.ask('GET', `/v1/venues/${body.venueId}`);
      expect(venue).toMatchObject({ name: name.normalize('NFC'), timeZone: 'Europe/Berlin' });
    });

    it('sells seats and categories in either form of their names', async () => {
      const [seat, category] = ['Loge-é', 'Soirée'];
      const plan = JSON.stringify(smallPlan(1, 4)).replaceAll(
        '"Standard"',
        JSON.stringify(category),
      );
      const seatingPlan = JSON.parse(
        plan.replace('"A-2"', JSON.stringify(seat.normalize('NFD'))),
      ) as object;
      const prices = [{ category: category.normalize('NFD'), amountMinor: 2_500, currency: 'EUR' }];
      const { path } = await onSale(app, seatingPlan, { prices });
      const anna = await app.token('anna', 'customer');
      const ask = (form: 'NFC' | 'NFD') =>
        reserve(app, path, anna, { seatIds: [seat.normalize(form)] }, 'either-form');
      expect(await ask('NFD')).toMatchObject({
        status: 201,
        body: { seatIds: [seat.normalize('NFC')] },
      });
      // The same request: its digest does not depend on the form.
      expect((await ask('NFC')).headers.get('idempotency-replayed')).toBe('true');
      const best = { bestAvailable: { quantity: 1, category: category.normalize('NFD') } };
      expect(await reserve(app, path, anna, best)).toMatchObject({ status: 201 });
    });

    it('in bytes that are not UTF-8 is rejected', async () => {
      const body = { ...VENUE, name: 'Caf?', seatingPlan: smallPlan(1, 1) };
      const latin1 = Buffer.from(JSON.stringify(body).replace('?', 'é'), 'latin1');
      await expectProblem(app, 'body-malformed', () =>
        app.ask('POST', '/v1/venues', { token: organizer, body: latin1 }),
      );
    });

    it('with seats that look the same is accepted with a warning', async () => {
      const seatingPlan = structuredClone(smallPlan(1, 2)) as SomePlan;
      seatingPlan.zones[0]!.rows[0]!.seats[1]!.seat_number = '1';
      const { status, body } = await app.ask('POST', '/v1/venues', {
        ...{ token: organizer, body: { ...VENUE, seatingPlan } },
      });
      expect([status, body.warnings]).toEqual([
        201,
        [expect.objectContaining({ code: 'labels-repeated', seatIds: ['A-1', 'A-2'] })],
      ]);
    });
  });

  it.each(['/v1/events?q=caf%E9', '/v1/events/suggest?q=%ff'])(
    'a query in another encoding: %s',
    async (path) => {
      await expectProblem(app, 'url-malformed', () => app.ask('GET', path));
    },
  );
});

interface SomePlan {
  zones: { rows: { seats: { seat_number: string }[] }[] }[];
}
