import { EVENT_STORE } from '../../../src/ports/shared/tokens.js';
import { eventStream } from '../../../src/domain/event/events.js';
import { EVENT_STORES, startApp, type TestApp } from '../../support/app.js';
import {
  confirm,
  EVENT,
  onSale,
  reserve,
  smallPlan,
} from '../../support/seat-inventory/event-on-sale.js';
import { until } from '../../support/read-side.js';
import { expectProblem } from '../../support/problems.js';

describe.each(EVENT_STORES)('the catalogue, over %s', (eventStore) => {
  let app: TestApp;
  let organizer: string;
  let anna: string;
  beforeAll(async () => {
    app = await startApp(eventStore);
    organizer = await app.token('olga', 'organizer');
    anna = await app.token('anna', 'customer');
  });
  afterAll(() => app.close());

  const change = (path: string, body: unknown, token = organizer) =>
    app.ask('PATCH', path, { token, body });
  const look = async (path: string) => (await app.ask('GET', path)).body;
  const types = async (eventId: string) => {
    const seen: string[] = [];
    for await (const { type } of app.get(EVENT_STORE).readStream(eventStream(eventId)))
      seen.push(type);
    return seen;
  };

  it('shows the changes of an event and its previous start', async () => {
    const { path, eventId } = await onSale(app);
    expect(await look(path)).toMatchObject({
      changes: 0,
      rescheduledFrom: null,
      timeZone: 'Europe/Berlin',
    });
    const changes = {
      ...{ name: 'Another night out', category: 'Music', performers: ['A band'] },
      ...{ description: 'Loud.', timeZone: 'Europe/Lisbon' },
    };
    const startsAt = '2030-06-02T20:00:00+02:00';
    const reply = await change(path, { ...changes, startsAt });
    expect(reply).toMatchObject({ status: 200, body: { eventId, changed: true } });
    expect(await look(path)).toMatchObject({
      ...changes,
      startsAt: '2030-06-02T18:00:00.000Z',
      rescheduledFrom: '2030-06-01T18:00:00.000Z',
      changes: 4,
    });
    expect(await types(eventId)).toEqual([
      ...[
        'EventScheduled',
        'EventRenamed',
        'EventDescribed',
        'EventRescheduled',
        'EventTimeZoneChanged',
      ],
    ]);

    expect((await change(path, { ...changes, startsAt })).body).toEqual({
      eventId,
      changed: false,
    });
    expect(await types(eventId)).toHaveLength(5);
    await change(path, { category: null, description: null, performers: [], timeZone: null });
    expect(await look(path)).toMatchObject({
      ...{ category: null, description: null, performers: [], timeZone: 'Europe/Berlin' },
      name: 'Another night out',
    });
  });

  it('shows a change in the list', async () => {
    const { path, eventId } = await onSale(app);
    await change(path, { name: 'Zanzibar' });
    await until(async () => (await look('/v1/events?q=Zanzibar')).hits?.[0]?.eventId === eventId);
  });

  it('moves the opening of the sale for all reservations from then on', async () => {
    const { path } = await onSale(app, smallPlan(1, 4));
    const held = (await reserve(app, path, anna, { seatIds: ['A-1'] })).body.reservationId;
    const onSaleAt = '2030-05-01T10:00:00.000Z';
    const { status, body } = await change(path, { onSaleAt });
    expect({ status, changed: body.changed, revision: typeof body.revision }).toEqual({
      ...{ status: 200, changed: true, revision: 'number' },
    });
    expect((await look(`${path}?atLeast=${body.revision}`)).onSaleAt).toBe(onSaleAt);
    const early = await expectProblem(app, 'sales-not-open', () =>
      reserve(app, path, anna, { seatIds: ['A-2'] }),
    );
    expect(early.body.onSaleAt).toBe(onSaleAt);
    expect((await confirm(app, path, anna, held)).status).toBe(200);

    await change(path, { onSaleAt: null });
    expect((await look(path)).onSaleAt).toBeNull();
    expect((await reserve(app, path, anna, { seatIds: ['A-2'] })).status).toBe(201);
  });

  it('schedules an event in a time zone of its own', async () => {
    const { path } = await onSale(app, smallPlan(1, 4), { timeZone: 'Asia/Tokyo' });
    expect(await look(path)).toMatchObject({
      timeZone: 'Asia/Tokyo',
      venue: { timeZone: 'Europe/Berlin' },
    });
  });

  it('has one event for a key of an organizer; a repeated request updates it', async () => {
    const { venueId } = await onSale(app);
    const body = { ...EVENT, venueId, externalId: 'season 26/opening', description: 'First.' };
    const post = (changes: object, token = organizer) =>
      app.ask('POST', '/v1/events', { token, body: { ...body, ...changes } });
    const [one, other] = await Promise.all([post({}), post({})]);
    expect([one.status, other.status].sort()).toEqual([200, 201]);
    const { eventId } = one.body;
    expect(other.body.eventId).toBe(eventId);
    expect(await post({})).toMatchObject({ status: 200, body: { eventId, changed: false } });
    expect(await types(eventId)).toEqual(['EventScheduled']);

    const startsAt = '2030-07-01T18:00:00.000Z';
    const updated = await post({
      name: 'New',
      startsAt,
      description: undefined,
      category: 'Music',
    });
    expect(updated).toMatchObject({ status: 200, body: { eventId, changed: true } });
    expect(await look(`/v1/events/${eventId}`)).toMatchObject({
      ...{ name: 'New', startsAt, description: null, category: 'Music' },
    });
    const dearer = [{ category: 'Standard', amountMinor: 1, currency: 'EUR' }];
    const refused = await expectProblem(app, 'event-fixed', () =>
      post({ prices: dearer, maxSeatsPerCustomer: 1 }),
    );
    expect(refused.body.fields).toEqual(['maxSeatsPerCustomer', 'prices']);

    const foreign = await post({}, await app.token('hera', 'organizer'));
    expect(foreign.status).toBe(201);
    expect(foreign.body.eventId).not.toBe(eventId);
    await app.ask('POST', `/v1/events/${eventId}/cancel`, {
      token: organizer,
      body: { reason: 'rain' },
    });
    const same = { name: 'New', startsAt, description: undefined, category: 'Music' };
    expect(await post(same)).toMatchObject({ status: 200, body: { changed: false } });
    expect((await post({})).body.code).toBe('event-cancelled');
    const progress = () =>
      app.ask('GET', `/v1/events/${eventId}/cancellation`, { token: organizer });
    await until(async () => (await progress()).body.status === 'done');
  });

  it('rejects invalid changes by field and changes nothing', async () => {
    const { path } = await onSale(app);
    const refused = (code: Parameters<typeof expectProblem>[1], body: unknown, token = organizer) =>
      expectProblem(app, code, () => change(path, body, token));
    await refused('start-in-the-past', { startsAt: '2020-01-01T00:00:00Z' });
    await refused('on-sale-after-start', { onSaleAt: EVENT.startsAt });
    await refused('on-sale-after-start', { name: 'N', onSaleAt: '2031-01-01T00:00:00Z' });
    // The new opening of the sale applies.
    const earlier = new Date(Date.parse(EVENT.startsAt) - 3_600_000).toISOString();
    await change(path, { onSaleAt: new Date(Date.parse(EVENT.startsAt) - 60_000).toISOString() });
    await refused('on-sale-after-start', { startsAt: earlier });
    await change(path, { onSaleAt: null });
    await refused('role-required', { name: 'N' }, anna);
    await refused('validation-failed', []);
    const errors = async (body: unknown) =>
      (await refused('validation-failed', body)).body.errors.map(
        ({ path: where }: { path: string }) => where,
      );
    expect(await errors({})).toEqual(['']);
    expect(await errors({ venueId: 'elsewhere', prices: [] })).toEqual(['/venueId', '/prices']);
    expect(await errors({ name: null, performers: null, startsAt: null })).toEqual([
      ...['/name', '/startsAt', '/performers'],
    ]);
    expect(await errors({ startsAt: 'tomorrow', timeZone: 'Mars/Olympus', name: '' })).toEqual([
      ...['/name', '/startsAt', '/timeZone'],
    ]);
    await expectProblem(app, 'event-not-found', () => change('/v1/events/none', { name: 'N' }));
    await expectProblem(app, 'event-not-found', () => change('/v1/events/%20', { name: 'N' }));

    await app.ask('POST', `${path}/close-sales`, { token: organizer });
    await refused('sales-closed', { name: 'N', onSaleAt: '2030-01-01T00:00:00Z' });
    expect((await look(path)).name).toBe(EVENT.name);
    await app.ask('POST', `${path}/cancel`, { token: organizer, body: { reason: 'rain' } });
    await expect((await change(path, { name: 'N' })).body.code).toBe('event-cancelled');
  });
});
