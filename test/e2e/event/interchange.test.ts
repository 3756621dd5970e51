import { setTimeout as pause } from 'node:timers/promises';
import { startApp, type TestApp } from '../../support/app.js';
import {
  confirm,
  onSale,
  reserve,
  smallPlan,
  VENUE,
} from '../../support/seat-inventory/event-on-sale.js';
import { until } from '../../support/read-side.js';

const JSON_LD = 'application/ld+json';
/** Terms of schema.org that the answers use: a misspelled name fails. */
const TERMS: Record<string, readonly string[]> = {
  Event: [
    ...['name', 'url', 'description', 'keywords', 'startDate', 'previousStartDate', 'eventStatus'],
    ...['eventAttendanceMode', 'location', 'performer', 'offers'],
    ...['maximumAttendeeCapacity', 'remainingAttendeeCapacity'],
  ],
  Place: ['name', 'address', 'geo'],
  PostalAddress: ['addressLocality', 'addressCountry'],
  GeoCoordinates: ['latitude', 'longitude'],
  PerformingGroup: ['name'],
  Offer: ['name', 'category', 'price', 'priceCurrency', 'availability', 'validFrom', 'url'],
};
/** Terms that Google's rich results require or recommend, as far as the shop knows the values. */
const REQUIRED: Record<string, readonly string[]> = {
  Event: ['name', 'startDate', 'location', 'eventStatus', 'eventAttendanceMode', 'offers'],
  Place: ['name', 'address'],
  PostalAddress: ['addressLocality', 'addressCountry'],
  Offer: ['price', 'priceCurrency', 'availability', 'url'],
};

/** Expects that each node has a known type, all required terms and no unknown term. */
function expectSchemaOrg(node: unknown): void {
  if (Array.isArray(node)) return node.forEach(expectSchemaOrg);
  if (typeof node !== 'object' || node === null) return;
  const { '@type': type, ...others } = node as Record<string, unknown>;
  const names = Object.keys(others).filter((name) => !name.startsWith('@'));
  expect(Object.keys(TERMS)).toContain(type);
  expect(names.filter((name) => !TERMS[type as string]!.includes(name))).toEqual([]);
  expect(names).toEqual(expect.arrayContaining([...(REQUIRED[type as string] ?? [])]));
  Object.values(others).forEach(expectSchemaOrg);
}

/** Returns the content lines (RFC 5545), unfolded. */
function contentLines(calendar: string): string[] {
  expect(calendar).toMatch(/^BEGIN:VCALENDAR\r\nVERSION:2\.0\r\nPRODID:[^]*END:VCALENDAR(\r\n)?$/);
  expect(calendar.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  for (const line of calendar.split('\r\n'))
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
  return calendar.replaceAll('\r\n ', '').split('\r\n');
}
/** Returns the values of a property, unescaped. */
const valuesOf = (lines: readonly string[], name: string) =>
  lines
    .filter((line) => line.startsWith(`${name}:`) || line.startsWith(`${name};`))
    .map((line) => line.slice(line.indexOf(':') + 1))
    .map((value) =>
      value.replace(/\\([\\;,nN])/g, (_, char: string) => (/n/i.test(char) ? '\n' : char)),
    );

describe('an event in other formats', () => {
  let app: TestApp;
  let organizer: string;
  let anna: string;
  beforeAll(async () => {
    app = await startApp('postgres', { PUBLIC_URL: 'https://tickets.example' });
    organizer = await app.token('olga', 'organizer');
    anna = await app.token('anna', 'customer');
  });
  afterAll(() => app.close());

  const as = (path: string, accept: string) => app.ask('GET', path, { headers: { accept } });
  const change = (path: string, body: object) => app.ask('PATCH', path, { token: organizer, body });
  const cancel = (path: string) =>
    app.ask('POST', `${path}/cancel`, { token: organizer, body: { reason: 'rain' } });

  it.each([
    ['nothing said', undefined, 'application/json'],
    ['anything', '*/*', 'application/json'],
    ['a browser', 'text/html,application/xhtml+xml,*/*;q=0.8', 'application/json'],
    ['nothing that there is', 'image/png', 'application/json'],
    ['nonsense', ';;;q=,', 'application/json'],
    ['JSON-LD', JSON_LD, JSON_LD],
    ['JSON-LD rather than JSON', `application/json;q=0.5, ${JSON_LD}`, JSON_LD],
    ['JSON rather than JSON-LD', `application/json, ${JSON_LD};q=0.9`, 'application/json'],
    ['a calendar', 'text/calendar', 'text/calendar'],
    ['any text', 'text/*', 'text/calendar'],
  ])('is served in the media type of Accept: %s', async (_, accept, type) => {
    const { path } = await onSale(app, smallPlan(1, 2));
    const reply = await app.ask('GET', path, { headers: accept === undefined ? {} : { accept } });
    expect(reply.status).toBe(200);
    expect(reply.headers.get('content-type')).toMatch(new RegExp(`^${type.replace('+', '\\+')}`));
    expect(reply.headers.get('vary')).toMatch(/\baccept\b/i);
  });

  it('is a schema.org Event with the terms that search engines require', async () => {
    const { path, eventId } = await onSale(app, smallPlan(2, 10), {
      ...{
        name: 'Tannhäuser',
        description: 'In three acts.',
        category: 'Opera',
        performers: ['A choir'],
      },
      ...{ onSaleAt: '2030-05-01T08:00:00Z', startsAt: '2030-06-01T18:00:00Z' },
    });
    const { body } = await as(path, JSON_LD);
    expectSchemaOrg(body);
    const page = `https://tickets.example/?event=${eventId}`;
    expect(body).toMatchObject({
      '@context': 'https://schema.org',
      '@id': `https://tickets.example/v1/events/${eventId}`,
      ...{ name: 'Tannhäuser', url: page, description: 'In three acts.', keywords: 'Opera' },
      startDate: '2030-06-01T20:00:00+02:00',
      eventStatus: 'https://schema.org/EventScheduled',
      location: {
        name: VENUE.name,
        address: { addressLocality: 'Bonn', addressCountry: 'DE' },
        geo: { latitude: 50.73, longitude: 7.1 },
      },
      performer: [{ '@type': 'PerformingGroup', name: 'A choir' }],
      ...{ maximumAttendeeCapacity: 20, remainingAttendeeCapacity: 20 },
      offers: [
        {
          ...{ name: 'Standard', price: '25.00', priceCurrency: 'EUR', url: page },
          ...{
            availability: 'https://schema.org/InStock',
            validFrom: '2030-05-01T10:00:00+02:00',
          },
        },
      ],
    });
  });

  it('shows limited availability, sold out, rescheduled and canceled', async () => {
    const { path } = await onSale(app, smallPlan(2, 6), { maxSeatsPerCustomer: 12 });
    const offer = async () => {
      const { eventStatus, previousStartDate, startDate, offers } = (await as(path, JSON_LD)).body;
      const word = (url: string) => url.replace('https://schema.org/', '');
      return {
        ...{ status: word(eventStatus), previousStartDate, startDate },
        availability: word(offers[0].availability),
      };
    };
    const seats = (row: string, from: number, to: number) =>
      Array.from({ length: to - from + 1 }, (_, at) => `${row}-${from + at}`);
    await reserve(app, path, anna, { seatIds: [...seats('A', 1, 6), ...seats('B', 1, 5)] });
    await until(async () => (await offer()).availability === 'LimitedAvailability');
    await reserve(app, path, anna, { seatIds: ['B-6'] });
    await until(async () => (await offer()).availability === 'SoldOut');
    await change(path, { startsAt: '2031-01-10T19:00:00Z', timeZone: 'America/St_Johns' });
    expect(await offer()).toMatchObject({
      status: 'EventRescheduled',
      startDate: '2031-01-10T15:30:00-03:30',
      previousStartDate: '2030-06-01T15:30:00-02:30',
    });
    await cancel(path);
    await until(async () => (await offer()).status === 'EventCancelled');
    expect((await offer()).availability).toBe('Discontinued');
  });

  it('is an iCalendar file, folded and escaped, which a newer version replaces', async () => {
    const name = `Commas, semicolons; back\\slashes: ${'Žluťoučký kůň 🐎 '.repeat(6)}`.trim();
    const description = 'Line one\nLine two; with "quotes", and so on';
    const { path, eventId } = await onSale(app, smallPlan(1, 2), {
      name,
      description,
      category: 'A, B',
    });
    const ics = async () => {
      const reply = await app.ask('GET', `${path}/calendar.ics`);
      expect(reply.headers.get('content-type')).toBe('text/calendar; charset=utf-8');
      return contentLines(reply.body);
    };
    const first = await ics();
    const one = (lines: readonly string[], property: string) => valuesOf(lines, property)[0];
    expect(one(first, 'UID')).toBe(`${eventId}@boxoffice`);
    expect(one(first, 'SUMMARY')).toBe(name);
    expect(one(first, 'DESCRIPTION')).toBe(description);
    expect(one(first, 'CATEGORIES')).toBe('A, B');
    expect(one(first, 'DTSTART')).toBe('20300601T180000Z');
    expect(one(first, 'DTSTAMP')).toMatch(/^\d{8}T\d{6}Z$/);
    expect(one(first, 'GEO')).toBe('50.73;7.1');
    expect(one(first, 'URL')).toBe(`https://tickets.example/?event=${eventId}`);
    expect(one(first, 'STATUS')).toBe('CONFIRMED');
    expect(one(first, 'SEQUENCE')).toBe('0');

    await change(path, { startsAt: '2030-06-02T18:00:00Z' });
    const second = await ics();
    expect(one(second, 'UID')).toBe(`${eventId}@boxoffice`);
    expect(one(second, 'DTSTART')).toBe('20300602T180000Z');
    expect(one(second, 'SEQUENCE')).toBe('1');

    await cancel(path);
    await until(async () => one(await ics(), 'STATUS') === 'CANCELLED');
    expect(one(await ics(), 'SEQUENCE')).toBe('2');
    expect((await app.ask('GET', '/v1/events/none/calendar.ics')).body.code).toBe(
      'event-not-found',
    );
  });

  it('is in the calendar of the buyer, with seats and without ticket codes', async () => {
    const bea = await app.token('bea', 'customer');
    const { path } = await onSale(app, smallPlan(2, 10));
    const buy = async (token: string, seatIds: string[]) => {
      const { reservationId } = (await reserve(app, path, token, { seatIds })).body;
      expect((await confirm(app, path, token, reservationId)).status).toBe(200);
      return reservationId as string;
    };
    const kept = await buy(bea, ['A-10', 'A-9']);
    const back = await buy(bea, ['B-1']);
    await buy(anna, ['B-5']);
    expect(
      (await app.ask('POST', `${path}/reservations/${back}/refund`, { token: organizer })).status,
    ).toBe(200);
    const entries = async () => {
      const { body } = await app.ask('GET', '/v1/me/tickets.ics', { token: bea });
      const [, ...events] = contentLines(body).join('\n').split('BEGIN:VEVENT\n');
      const lines = events.map((event) => event.split('\n'));
      return Object.fromEntries(
        lines.map((of) => [
          valuesOf(of, 'UID')[0],
          { status: valuesOf(of, 'STATUS')[0], text: valuesOf(of, 'DESCRIPTION')[0] },
        ]),
      );
    };
    const versionOf = async (reservationId: string) => {
      const { body } = await app.ask('GET', '/v1/me/tickets.ics', { token: bea });
      const entries = contentLines(body).join('\n').split('BEGIN:VEVENT\n');
      const of = entries.find((one) => one.includes(`UID:${reservationId}`))!.split('\n');
      return { sequence: Number(valuesOf(of, 'SEQUENCE')[0]), stamp: valuesOf(of, 'DTSTAMP')[0]! };
    };
    await until(async () => (await entries())[`${back}@boxoffice`]?.status === 'CANCELLED');
    expect(await entries()).toEqual({
      [`${kept}@boxoffice`]: {
        status: 'CONFIRMED',
        text: `Hall, row A, seat 9\nHall, row A, seat 10\n\nReservation ${kept}`,
      },
      [`${back}@boxoffice`]: { status: 'CANCELLED', text: undefined },
    });
    expect((await app.ask('GET', '/v1/me/tickets.ics')).body.code).toBe('token-missing');

    // Each exchange gives a newer version of the entry.
    let before = await versionOf(kept);
    for (const seatIds of [
      ['A-7', 'A-8'],
      ['A-9', 'A-10'],
      ['A-7', 'A-8'],
    ]) {
      // An entry has its time in whole seconds.
      await pause(1_000 - (Date.now() % 1_000));
      const exchanged = await app.ask('POST', `${path}/reservations/${kept}/exchange`, {
        token: organizer,
        body: { seatIds },
      });
      expect(exchanged.status).toBe(200);
      await until(async () =>
        (await entries())[`${kept}@boxoffice`]!.text!.includes(seatIds[0]!.replace('A-', 'seat ')),
      );
      const after = await versionOf(kept);
      expect(after.sequence).toBeGreaterThan(before.sequence);
      expect(after.stamp > before.stamp).toBe(true);
      before = after;
    }
  });

  it('has the location in one line', async () => {
    const { path } = await onSale(app, smallPlan(1, 2), {});
    const { body } = await app.ask('GET', `${path}/calendar.ics`);
    expect(valuesOf(contentLines(body), 'LOCATION')).toEqual([
      `${VENUE.name}, ${VENUE.city}, ${VENUE.country}`,
    ]);
  });
});
