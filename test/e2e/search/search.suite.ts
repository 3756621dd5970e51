import { startApp, type TestApp } from '../../support/app.js';
import { onSale, reserve, smallPlan } from '../../support/seat-inventory/event-on-sale.js';
import { until } from '../../support/read-side.js';

type Asked = Readonly<Record<string, string | number | undefined>>;

/** The search over HTTP, on the engine that the settings name. */
export function describeSearchOverHttp(
  engine: string,
  settings: () => Record<string, string>,
): void {
  describe(`the search over HTTP, in ${engine}`, () => {
    let app: TestApp;
    let organizer: string;
    let opera: { eventId: string; path: string };
    let match: { eventId: string; path: string };

    const search = async (asked: Asked = {}) =>
      app.ask('GET', `/v1/events?${new URLSearchParams(asked as Record<string, string>)}`);
    const ids = async (asked: Asked) =>
      (await search(asked)).body.hits.map(({ eventId }: { eventId: string }) => eventId);
    /** Waits for the index, which is updated after the tables. */
    const untilFound = (asked: Asked, expected: string[]) =>
      until(async () => {
        const answer = await search(asked);
        return (
          answer.status === 200 &&
          JSON.stringify(answer.body.hits?.map((hit: { eventId: string }) => hit.eventId)) ===
            JSON.stringify(expected)
        );
      });

    beforeAll(async () => {
      app = await startApp('postgres', settings());
      organizer = await app.token('olga', 'organizer');
      opera = await onSale(app, smallPlan(1, 20), {
        ...{
          name: 'Così fan tutte',
          category: 'Opera',
          performers: ['Anna <Weiß>'],
          startsAt: '2031-05-01T22:30:00Z',
        },
        description: 'A comedy & a half.',
      });
      match = await onSale(app, smallPlan(1, 20), {
        ...{
          name: 'Mexico v Spain — Final',
          category: 'Football',
          startsAt: '2031-07-19T19:00:00Z',
        },
        prices: [{ category: 'Standard', amountMinor: 90_000, currency: 'USD' }],
      });
      await untilFound({}, [opera.eventId, match.eventId]);
    });
    afterAll(() => app?.close());

    it('answers with event, availability, and marked and escaped highlights', async () => {
      const { body } = await search({ q: 'weiss cosi' });
      const event = (await app.ask('GET', opera.path)).body;
      expect(body).toMatchObject({ total: 1, next: null });
      expect(body.hits[0]).toEqual({
        ...event,
        availability: { ...event.availability, level: 'AVAILABLE' },
        highlights: [
          { field: 'name', html: '<mark>Così</mark> fan tutte' },
          { field: 'performer', html: 'Anna &lt;<mark>Weiß</mark>&gt;' },
        ],
      });
    });

    it('finds misspelled and incomplete words, and texts with an extra word', async () => {
      expect(await ids({ q: 'mexcio' })).toEqual([match.eventId]);
      expect(await ids({ q: 'fin' })).toEqual([match.eventId]);
      expect(await ids({ q: 'cosi fan everybody' })).toEqual([opera.eventId]);
      expect(await ids({ q: 'final july' })).toEqual([match.eventId]);
      expect(await ids({ q: '!!' })).toEqual([]);
    });

    it('reads days as local time at the venue, and times with an offset as instants', async () => {
      // 2 May, 00:30 in Bonn.
      expect(await ids({ from: '2031-05-02', to: '2031-05-02' })).toEqual([opera.eventId]);
      expect(await ids({ from: '2031-05-01', to: '2031-05-01' })).toEqual([]);
      expect(await ids({ from: '2031-05-01T22:30:00Z', to: '2031-05-02T00:30:00+02:00' })).toEqual([
        opera.eventId,
      ]);
      expect(await ids({ to: '2031-05-02T00:29' })).toEqual([]);
    });

    it('filters, sorts, and counts', async () => {
      expect(await ids({ city: 'BONN', sort: 'price' })).toEqual([opera.eventId, match.eventId]);
      expect(await ids({ country: 'DE', category: 'opera' })).toEqual([opera.eventId]);
      expect(await ids({ minPrice: 50_000, currency: 'USD' })).toEqual([match.eventId]);
      const near = (await search({ near: '50.7,7.1', radiusKm: 10 })).body;
      expect(near.hits.map(({ distanceKm }: { distanceKm: number }) => distanceKm)).toEqual([
        3.34, 3.34,
      ]);
      expect((await search({ near: '0,0', radiusKm: 10 })).body.total).toBe(0);
      expect((await search({ limit: 1 })).body.facets).toEqual({
        cities: [{ value: 'Bonn', count: 2 }],
        categories: [
          { value: 'Football', count: 1 },
          { value: 'Opera', count: 1 },
        ],
        months: [
          { value: '2031-05', count: 1 },
          { value: '2031-07', count: 1 },
        ],
        priceBands: [
          { value: 'EUR 2500-4999', count: 1 },
          { value: 'USD 50000-99999', count: 1 },
        ],
        availability: [{ value: 'AVAILABLE', count: 2 }],
      });
    });

    it('gives pages by signed cursors, each valid for its own search', async () => {
      const first = (await search({ limit: 1 })).body;
      expect(first.total).toBe(2);
      const second = (await search({ limit: 1, cursor: first.next })).body;
      expect([...first.hits, ...second.hits].map(({ eventId }) => eventId)).toEqual([
        opera.eventId,
        match.eventId,
      ]);
      expect(second.next).toBeNull();
      const [payload, signature] = first.next.split('.');
      const forged = Buffer.from(JSON.stringify([0, 0, 'x'])).toString('base64url');
      for (const asked of [
        { limit: 1, cursor: first.next, city: 'Bonn' },
        { limit: 1, cursor: first.next, sort: 'name' },
        { limit: 1, cursor: `${forged}.${signature}` },
        { limit: 1, cursor: payload },
        { limit: 1, cursor: `${payload}.${signature}.x` },
        { limit: 1, cursor: 'x' },
      ]) {
        expect(await search(asked)).toMatchObject({
          status: 400,
          body: { code: 'cursor-invalid' },
        });
      }
    });

    it('suggests while the user types', async () => {
      const suggest = async (q: string) =>
        (await app.ask('GET', `/v1/events/suggest?q=${encodeURIComponent(q)}`)).body;
      expect(await suggest('we')).toEqual({
        suggestions: [
          { kind: 'performer', text: 'Anna <Weiß>', html: 'Anna &lt;<mark>Weiß</mark>&gt;' },
        ],
      });
      expect((await suggest('mexi')).suggestions).toEqual([
        {
          kind: 'event',
          text: 'Mexico v Spain — Final',
          html: '<mark>Mexico</mark> v Spain — Final',
          eventId: match.eventId,
        },
      ]);
      expect((await suggest('bon')).suggestions).toContainEqual({
        kind: 'city',
        text: 'Bonn',
        html: '<mark>Bonn</mark>',
      });
      expect(await suggest('')).toEqual({ suggestions: [] });
    });

    it('shows the level of availability', async () => {
      const { path } = await onSale(app, smallPlan(1, 20), {
        name: 'Zirkus',
        maxSeatsPerCustomer: 20,
      });
      const level = async (wanted: string) =>
        until(async () => (await search({ q: 'zirkus', availability: wanted })).body.total === 1);
      await level('AVAILABLE');
      const take = async (from: number, to: number) => {
        const seatIds = Array.from({ length: to - from + 1 }, (_, at) => `A-${from + at}`);
        expect(
          (await reserve(app, path, await app.token('carl', 'customer'), { seatIds })).status,
        ).toBe(201);
      };
      await take(1, 19);
      await level('FEW_LEFT');
      await take(20, 20);
      await level('SOLD_OUT');
      expect((await search({ q: 'zirkus' })).body.hits[0].availability).toMatchObject({
        available: 0,
        level: 'SOLD_OUT',
      });
    });

    it('shows a change of the event within a second', async () => {
      const { eventId, path } = await onSale(app, smallPlan(1, 4), { name: 'Oldname' });
      await untilFound({ q: 'oldname' }, [eventId]);
      const since = Date.now();
      expect(
        (await app.ask('PATCH', path, { token: organizer, body: { name: 'Brandnew' } })).status,
      ).toBe(200);
      await untilFound({ q: 'brandnew' }, [eventId]);
      // One second holds on an idle machine; this one may run other suites.
      expect(Date.now() - since).toBeLessThan(10_000);
      expect((await search({ q: 'oldname' })).body.total).toBe(0);
    });

    it.each<[string, Asked]>([
      ['an unknown filter', { colour: 'red' }],
      ['an unknown sort', { sort: 'beauty' }],
      ['a latitude out of range', { near: '91,0' }],
      ['a longitude out of range', { near: '0,181' }],
      ['a range the wrong way round', { from: '2031-05-02', to: '2031-05-01' }],
      [
        'a range of instants the wrong way round',
        { from: '2031-05-02T00:00:00Z', to: '2031-05-01T23:59:59Z' },
      ],
      [
        'a range of both kinds the wrong way round',
        { from: '2031-05-04', to: '2031-05-01T23:59:59Z' },
      ],
      ['prices the wrong way round', { minPrice: 2, maxPrice: 1 }],
      ['a price below nothing', { minPrice: -1 }],
      ['a price in fractions', { maxPrice: '1.5' }],
      ['no currency', { currency: 'ZZZ' }],
      ['no country', { country: 'Mexico' }],
      ['no availability', { availability: 'PLENTY' }],
      ['a day that is none', { from: '2031-02-30' }],
      ['a text of 10 kB', { q: 'x'.repeat(10_240) }],
      ['a control character', { q: 'a\u0000b' }],
      ['a page too large', { limit: 101 }],
      ['a radius around nothing', { radiusKm: 5 }],
      ['a distance from nothing', { sort: 'distance' }],
      ['a cursor too long', { cursor: 'x'.repeat(2_000) }],
    ])('rejects %s by parameter', async (_, asked) => {
      expect(await search(asked)).toMatchObject({
        status: 400,
        body: { code: 'validation-failed' },
      });
    });

    it.each([
      '" OR ""="',
      "'; drop table events; --",
      '*:*',
      'a AND (b',
      '\\',
      '&|!():*<->',
      '{"match_all":{}}',
      '_exists_:x',
    ])('reads %p as words', async (q) => {
      const answer = await search({ q });
      expect(answer.status).toBe(200);
    });

    it('shows a canceled event without available seats', async () => {
      await app.ask('POST', `${opera.path}/cancel`, {
        token: organizer,
        body: { reason: 'flooded' },
      });
      await until(
        async () => (await search({ q: 'cosi', availability: 'SOLD_OUT' })).body.total === 1,
      );
      expect((await search({ q: 'cosi' })).body.hits[0].status).toBe('cancelled');
    });
  });
}
