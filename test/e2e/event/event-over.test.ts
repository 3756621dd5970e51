import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { INVENTORY_WRITERS } from '../../../src/commands/shared/tokens.js';
import { EVENT_STORE } from '../../../src/ports/shared/tokens.js';
import { paymentStream } from '../../../src/domain/payment/events.js';
import { seatInventoryStream } from '../../../src/domain/seat-inventory/events.js';
import { EVENT_STORES, SHORT_WAITS, startApp, type TestApp } from '../../support/app.js';
import { readAll } from '../../support/log/domain-events.js';
import {
  confirm,
  EVENT,
  onSale,
  reserve,
  smallPlan,
} from '../../support/seat-inventory/event-on-sale.js';
import { until } from '../../support/read-side.js';
import { newContext } from '../../support/write-side.js';

const without = (data: object, ...names: string[]): object =>
  Object.fromEntries(Object.entries(data).filter(([name]) => !names.includes(name)));

/** First time for a change of the start to be decided; a busy machine gets more. Milliseconds. */
const LEAD_MS = 250;

describe.each(EVENT_STORES)('an event that is over, over %s', (eventStore) => {
  let app: TestApp;
  let anna: string;
  let olga: string;
  beforeAll(async () => {
    app = await startApp(eventStore, {}, SHORT_WAITS);
    [anna, olga] = [await app.token('anna', 'customer'), await app.token('olga', 'organizer')];
  });
  afterAll(() => app.close());

  const patch = (path: string, body: object) => app.ask('PATCH', path, { token: olga, body });
  /** Moves the start to the next moment in which it can be decided, and waits for that moment. */
  const begins = async (path: string) => {
    for (let leadMs = LEAD_MS; ; leadMs *= 2) {
      const startsAt = Date.now() + leadMs;
      const { status, body } = await patch(path, { startsAt: new Date(startsAt).toISOString() });
      if (body.code === 'start-in-the-past') continue;
      expect(status).toBe(200);
      return pause(startsAt - Date.now() + 50);
    }
  };
  const listed = async (query: string): Promise<string[]> =>
    ((await app.ask('GET', `/v1/events?${query}`)).body.hits ?? []).map(
      ({ eventId }: { eventId: string }) => eventId,
    );
  const suggested = async (q: string): Promise<string[]> =>
    ((await app.ask('GET', `/v1/events/suggest?q=${q}`)).body.suggestions ?? []).flatMap(
      ({ eventId }: { eventId?: string }) => eventId ?? [],
    );
  const offered = async (path: string): Promise<{ availability: string }[]> => {
    const { body } = await app.ask('GET', path, { headers: { accept: 'application/ld+json' } });
    return body.offers;
  };
  const over = { status: 409, body: { code: 'event-over', salesEndAt: expect.any(String) } };

  it('rejects reservations, completes started payments, and is found only by date', async () => {
    const name = `Zugspitze ${eventStore}`;
    const { path, eventId } = await onSale(app, smallPlan(2, 10), { name });
    await until(async () => (await listed('q=zugspitze')).includes(eventId));
    await until(async () => (await suggested('zugsp')).includes(eventId));
    const held = await reserve(app, path, anna, { seatIds: ['A-1'] }, 'held');
    const declined = await reserve(app, path, anna, { seatIds: ['A-5'] });
    expect(
      await confirm(app, path, anna, declined.body.reservationId, 'tok_declined'),
    ).toMatchObject({
      body: { code: 'payment-declined' },
    });
    const paying = await reserve(app, path, anna, { seatIds: ['A-3'] });
    const payment = confirm(app, path, anna, paying.body.reservationId, 'tok_slow');
    await until(async () => {
      const stream = paymentStream(paying.body.reservationId);
      const log = await readAll(app.get(EVENT_STORE).readStream(stream));
      return log.some(({ type }) => type === 'PaymentRequested');
    });
    await begins(path);

    expect(await reserve(app, path, anna, { seatIds: ['B-1'] })).toMatchObject(over);
    expect(await reserve(app, path, anna, { bestAvailable: { quantity: 1 } })).toMatchObject(over);
    expect(await confirm(app, path, anna, held.body.reservationId)).toMatchObject(over);
    expect(await confirm(app, path, anna, declined.body.reservationId)).toMatchObject(over);
    // The same request again is answered as before.
    expect(await reserve(app, path, anna, { seatIds: ['A-1'] }, 'held')).toMatchObject({
      status: 201,
    });
    expect([200, 202]).toContain((await payment).status);
    const mine = () =>
      app.ask('GET', `${path}/reservations/${paying.body.reservationId}`, { token: anna });
    await until(async () => (await mine()).body.status === 'confirmed');

    // The index follows the log.
    await until(async () => !(await suggested('zugsp')).includes(eventId));
    expect(await listed('limit=100')).not.toContain(eventId);
    expect(await listed('q=zugspitze')).not.toContain(eventId);
    expect(await listed('q=zugspitze&from=2020-01-01')).toContain(eventId);
    expect((await app.ask('GET', path)).status).toBe(200);
    expect((await offered(path)).map(({ availability }) => availability)).toEqual([
      'https://schema.org/Discontinued',
    ]);

    // A postponed event is sold again.
    expect(await patch(path, { startsAt: EVENT.startsAt })).toMatchObject({ status: 200 });
    expect(await reserve(app, path, anna, { seatIds: ['B-1'] })).toMatchObject({ status: 201 });
    await until(async () => (await listed('q=zugspitze')).includes(eventId));
  });

  it('is over at the time that the organizer sets, which can change', async () => {
    const name = `Watzmann ${eventStore}`;
    const { path, eventId } = await onSale(app, smallPlan(2, 10), {
      name,
      salesEndMinutesAfterStart: 90,
    });
    await begins(path);
    const { body } = await app.ask('GET', path);
    expect(body.salesEndMinutesAfterStart).toBe(90);
    expect(Date.parse(body.salesEndAt) - Date.parse(body.startsAt)).toBe(90 * 60_000);
    expect(await reserve(app, path, anna, { seatIds: ['A-1'] })).toMatchObject({ status: 201 });
    await until(async () => (await listed('q=watzmann')).includes(eventId));
    await until(async () => (await suggested('watzm')).includes(eventId));
    expect((await offered(path))[0]!.availability).toBe('https://schema.org/InStock');
    expect(await patch(path, { salesEndMinutesAfterStart: 0 })).toMatchObject({ status: 200 });
    expect(await reserve(app, path, anna, { seatIds: ['B-1'] })).toMatchObject(over);
    await until(async () => !(await listed('q=watzmann')).includes(eventId));
    for (const wrong of [-1, 1.5, '30', 10_081, null]) {
      const answer = await patch(path, { salesEndMinutesAfterStart: wrong });
      expect(answer).toMatchObject({ status: 400, body: { code: 'validation-failed' } });
    }
  });

  it('cannot be scheduled', async () => {
    const { venueId } = await onSale(app);
    const startsAt = '2020-01-01T20:00:00Z';
    const body = { ...EVENT, venueId, startsAt };
    expect(await app.ask('POST', '/v1/events', { token: olga, body })).toMatchObject({
      status: 400,
      body: {
        code: 'validation-failed',
        errors: [{ path: '/startsAt', message: expect.any(String) }],
      },
    });
  });

  it('is over for an inventory that was opened before inventories stored the start', async () => {
    const known = await onSale(app);
    const [opening] = await readAll(
      app.get(EVENT_STORE).readStream(seatInventoryStream(known.eventId)),
    );
    const eventId = `older-${eventStore}`;
    const inventory = {
      ...without(opening!.data as object, 'salesEndAt', 'openedAt'),
      eventId,
    } as never;
    const open = { type: 'OpenInventory', inventory, now: Date.now() } as const;
    await app.get(INVENTORY_WRITERS).execute(eventId, open, newContext());
    const [scheduled] = await readAll(app.get(EVENT_STORE).readStream(`event-${known.eventId}`));
    const { type, metadata } = scheduled!;
    const data = { ...(scheduled!.data as object), eventId, startsAt: '2025-01-01T20:00:00.000Z' };
    const event = { id: randomUUID(), type, data, metadata };
    await app.get(EVENT_STORE).append(`event-${eventId}`, 'no-stream', [event]);
    const path = `/v1/events/${eventId}`;
    expect(await reserve(app, path, anna, { seatIds: ['A-1'] })).toMatchObject({
      status: 409,
      body: { code: 'event-over', salesEndAt: '2025-01-01T20:00:00.000Z' },
    });
    const log = await readAll(app.get(EVENT_STORE).readStream(seatInventoryStream(eventId)));
    expect(log.map(({ type }) => type)).toEqual(['InventoryOpened', 'SalesEndMoved']);
  });
});
