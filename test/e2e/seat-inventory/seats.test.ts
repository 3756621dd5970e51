import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { EVENT_STORES, startApp, type TestApp } from '../../support/app.js';
import { until } from '../../support/read-side.js';
import { confirm, onSale, reserve, smallPlan } from '../../support/seat-inventory/event-on-sale.js';
import { expectProblem } from '../../support/problems.js';

describe.each(EVENT_STORES)('the seats of an event, over %s', (eventStore) => {
  let app: TestApp;
  let anna: string;
  let organizer: string;
  beforeAll(async () => {
    app = await startApp(eventStore);
    anna = await app.token('anna', 'customer');
    organizer = await app.token('olga', 'organizer');
  });
  afterAll(() => app.close());

  describe('the seating plan', () => {
    let path: string;
    beforeAll(async () => {
      ({ path } = await onSale(app, smallPlan(2, 3)));
      await until(async () => (await app.ask('GET', path)).status === 200);
    });

    it('is in columns, in plan order', async () => {
      const { body } = await app.ask('GET', `${path}/seating-plan`);
      expect(body).toMatchObject({
        name: 'Small house',
        seatCount: 6,
        sections: ['Hall'],
        seats: {
          id: ['A-1', 'A-2', 'A-3', 'B-1', 'B-2', 'B-3'],
          number: ['1', '2', '3', '1', '2', '3'],
          x: [0, 20, 40, 0, 20, 40],
          y: [0, 0, 0, 30, 30, 30],
        },
        runStart: [0, 3, 6],
      });
    });

    it('may be cached for a year, but for an hour when another version was requested', async () => {
      const { body } = await app.ask('GET', path);
      const cached = async (version: string) =>
        (await app.ask('GET', `${path}/seating-plan${version}`)).headers.get('cache-control');
      expect(await cached('')).toBe('public, max-age=31536000, immutable');
      expect(await cached(`?v=${body.seatingPlanHash}`)).toBe(
        'public, max-age=31536000, immutable',
      );
      expect(await cached('?v=another')).toBe('public, max-age=3600');
    });

    it('has one entity tag per encoding, and a 304 for either', async () => {
      const plain = await getRaw(`${app.url}${path}/seating-plan`, {});
      const zipped = await getRaw(`${app.url}${path}/seating-plan`, {
        'accept-encoding': 'br, gzip',
      });
      expect(zipped.headers['content-encoding']).toBe('gzip');
      expect(zipped.headers.vary).toBe('accept-encoding');
      expect(gunzipSync(zipped.body).equals(plain.body)).toBe(true);
      expect(plain.headers.etag).toMatch(/^"[0-9a-f]{64}"$/);
      expect(zipped.headers.etag).not.toBe(plain.headers.etag);
      for (const etag of [
        plain.headers.etag!,
        zipped.headers.etag!,
        `"other", W/${plain.headers.etag}`,
        '*',
      ]) {
        const again = await getRaw(`${app.url}${path}/seating-plan`, { 'if-none-match': etag });
        expect([again.status, again.body.length]).toEqual([304, 0]);
      }
      const other = await getRaw(`${app.url}${path}/seating-plan`, { 'if-none-match': '"other"' });
      expect(other.status).toBe(200);
    });
  });

  describe('the seat status', () => {
    it('has a letter for each seat, in plan order, and counts', async () => {
      const { path } = await onSale(app, smallPlan(1, 6));
      const sold = await reserve(app, path, anna, { seatIds: ['A-2'] });
      await confirm(app, path, anna, sold.body.reservationId);
      await app.ask('POST', `${path}/blocks`, {
        token: organizer,
        body: { seatIds: ['A-5', 'A-6'] },
      });
      const held = await reserve(app, path, anna, { seatIds: ['A-3'] });
      const { body } = await app.ask('GET', `${path}/seat-status?atLeast=${held.body.revision}`);
      expect(body).toEqual({
        eventId: path.split('/').at(-1),
        revision: held.body.revision,
        counts: { available: 2, reserved: 1, sold: 1, blocked: 2 },
        status: 'asrabb',
      });
      const map = await app.ask('GET', `${path}/seating-map?atLeast=${held.body.revision}`);
      expect(map.body.seats.map(({ status }: { status: string }) => status)).toEqual([
        'available',
        'sold',
        'reserved',
        'available',
        'blocked',
        'blocked',
      ]);
      expect(map.body.seats[1]).toEqual({
        ...{ seatId: 'A-2', section: 'Hall', row: 'A', number: '2', x: 20, y: 0 },
        ...{ category: 'Standard', amountMinor: 2_500, currency: 'EUR', status: 'sold' },
      });
      const freed = await app.ask('DELETE', `${path}/blocks`, {
        token: organizer,
        body: { seatIds: ['A-6'] },
      });
      const after = await app.ask('GET', `${path}/seat-status?atLeast=${freed.body.revision}`);
      expect(after.body.status).toBe('asraba');
    });

    it('has its revision as entity tag, and is not sent again while unchanged', async () => {
      const { path } = await onSale(app, smallPlan(1, 2));
      const first = await app.ask('GET', `${path}/seat-status`);
      const etag = first.headers.get('etag')!;
      expect(etag).toBe(`"${first.body.revision}"`);
      expect(first.headers.get('cache-control')).toMatch(/^public, max-age=1,/);
      for (const part of ['seat-status', 'seating-map']) {
        const same = await app.ask('GET', `${path}/${part}`, {
          headers: { 'if-none-match': etag },
        });
        expect([same.status, same.body]).toEqual([304, '']);
      }
      await reserve(app, path, anna, { seatIds: ['A-1'] });
      const changed = await app.ask('GET', `${path}/seat-status`, {
        headers: { 'if-none-match': etag },
      });
      expect(changed).toMatchObject({ status: 200, body: { status: 'ra' } });
    });
  });

  describe('a revision to wait for', () => {
    it('is waited for by every query about the event', async () => {
      const { path } = await onSale(app, smallPlan(1, 8));
      for (let seat = 1; seat <= 8; seat++) {
        const { body } = await reserve(app, path, anna, { seatIds: [`A-${seat}`] });
        const at = `atLeast=${body.revision}`;
        const [event, status, map, own] = await Promise.all([
          app.ask('GET', `${path}?${at}`),
          app.ask('GET', `${path}/seat-status?${at}`),
          app.ask('GET', `${path}/seating-map?${at}`),
          app.ask('GET', `${path}/reservations/${body.reservationId}?${at}`, { token: anna }),
        ]);
        expect(event.body.availability).toMatchObject({ available: 8 - seat, reserved: seat });
        expect(status.body.counts.reserved).toBe(seat);
        expect(map.body.seats[seat - 1].status).toBe('reserved');
        expect(own.body).toMatchObject({ status: 'held', revision: body.revision });
      }
    });

    it('that is not reached within two seconds is answered with 503', async () => {
      const { path } = await onSale(app, smallPlan(1, 1));
      const started = Date.now();
      const { headers } = await expectProblem(app, 'read-model-behind', () =>
        app.ask('GET', `${path}/seat-status?atLeast=999`),
      );
      expect(headers.get('retry-after')).toBe('1');
      expect(Date.now() - started).toBeGreaterThan(1_900);
      expect(Date.now() - started).toBeLessThan(5_000);
    });

    it.each(['-1', '1.5', 'x', '', '1e3', '9'.repeat(16), '1&atLeast=2'])(
      'cannot be %j',
      async (revision) => {
        const { path } = await onSale(app, smallPlan(1, 1));
        const { body } = await expectProblem(app, 'validation-failed', () =>
          app.ask('GET', `${path}/seat-status?atLeast=${revision}`),
        );
        expect(body.errors[0].path).toBe('atLeast');
      },
    );
  });

  it('that are sold by request go only to buyers who request them', async () => {
    const prices = [{ category: 'Standard', amountMinor: 2_500, currency: 'EUR', byRequest: true }];
    const { path } = await onSale(app, smallPlan(1, 4), { prices });
    expect((await app.ask('GET', path)).body.prices).toEqual(prices);
    await expectProblem(app, 'seats-unavailable', () =>
      reserve(app, path, anna, { bestAvailable: { quantity: 1 } }),
    );
    const best = await reserve(app, path, anna, {
      bestAvailable: { quantity: 1, category: 'Standard' },
    });
    expect(best.status).toBe(201);
    expect((await reserve(app, path, anna, { seatIds: ['A-4'] })).status).toBe(201);
  });

  it('list and find events and venues', async () => {
    const name = `Nabucco ${createHash('sha256').update(eventStore).digest('hex').slice(0, 8)}`;
    const { eventId, venueId, path } = await onSale(app, smallPlan(1, 3), {
      ...{
        name,
        category: 'Opera',
        startsAt: '2031-05-01T20:00:00+02:00',
        performers: ['Zaccaria'],
      },
    });
    const ask = () => app.ask('GET', `/v1/events?q=${encodeURIComponent(name)}&city=bonn&limit=1`);
    await until(async () => (await ask()).body.total === 1);
    const found = await ask();
    expect(found.body).toMatchObject({
      total: 1,
      next: null,
      facets: { categories: [{ value: 'Opera', count: 1 }] },
    });
    const blank = await app.ask('GET', '/v1/events?q=%20');
    expect(blank.body).toEqual((await app.ask('GET', '/v1/events')).body);
    const event = await app.ask('GET', path);
    const [hit] = found.body.hits;
    expect({ ...hit, ...event.body }).toEqual({ ...event.body, highlights: hit.highlights });
    expect(event.body).toMatchObject({
      ...{
        eventId,
        name,
        startsAt: '2031-05-01T18:00:00.000Z',
        salesClosed: false,
        holdSeconds: 600,
      },
      venue: {
        venueId,
        name: 'Small house',
        city: 'Bonn',
        country: 'DE',
        timeZone: 'Europe/Berlin',
      },
      availability: { available: 3, reserved: 0, sold: 0, blocked: 0 },
    });
    const closed = await app.ask('POST', `${path}/close-sales`, { token: organizer });
    expect((await app.ask('GET', `${path}?atLeast=${closed.body.revision}`)).body.salesClosed).toBe(
      true,
    );

    const venue = await app.ask('GET', `/v1/venues/${venueId}`);
    expect(venue.body).toMatchObject({
      venueId,
      seatCount: 3,
      categories: [{ name: 'Standard', seatCount: 3 }],
    });
    expect((await app.ask('GET', '/v1/venues')).body.venues).toContainEqual(venue.body);
  });
});

interface RawAnswer {
  readonly status: number | undefined;
  readonly headers: Record<string, string | undefined>;
  readonly body: Buffer;
}

/** Without the decoding and the cache headers that `fetch` adds. */
function getRaw(url: string, headers: Record<string, string>): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    request(url, { headers }, async (answer) => {
      const parts: Buffer[] = [];
      for await (const part of answer) parts.push(part as Buffer);
      const { statusCode: status, headers } = answer;
      resolve({ status, headers: headers as RawAnswer['headers'], body: Buffer.concat(parts) });
    })
      .on('error', reject)
      .end();
  });
}
