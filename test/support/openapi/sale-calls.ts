import { confirm, onSale, reserve } from '../seat-inventory/event-on-sale.js';
import { until } from '../read-side.js';
import type { DocumentedCalls } from './documented-calls.js';

const EVENT = '/v1/events/{eventId}';

export interface SaleOfExamples {
  readonly eventId: string;
  readonly reservationId: string;
}

/**
 * Calls every operation on venues, events, seats, reservations and tickets with the documented
 * examples.
 */
export async function checkSale(calls: DocumentedCalls): Promise<SaleOfExamples> {
  const { app, check, example } = calls;
  const organizer = await app.token('olga', 'organizer');
  const venue = example('post', '/v1/venues');
  const { venueId } = await check(
    'post',
    '/v1/venues',
    201,
    app.ask('POST', '/v1/venues', { token: organizer, body: venue }),
  );
  const body = { ...example('post', '/v1/events'), venueId };
  const { eventId } = await check(
    'post',
    '/v1/events',
    201,
    app.ask('POST', '/v1/events', { token: organizer, body }),
  );
  await check('get', '/v1/venues', 200, app.ask('GET', '/v1/venues'));
  await check('get', '/v1/venues/{venueId}', 200, app.ask('GET', `/v1/venues/${venueId}`));
  await checkEvent(calls, eventId, organizer);
  const reservationId = await checkReservation(calls, `/v1/events/${eventId}`);
  await checkTickets(calls, `/v1/events/${eventId}`, organizer);
  return { eventId, reservationId };
}

async function checkEvent(
  { app, check, example }: DocumentedCalls,
  eventId: string,
  organizer: string,
): Promise<void> {
  const path = `/v1/events/${eventId}`;
  await until(async () => (await app.ask('GET', '/v1/events?q=south')).body.total > 0);
  const search = '/v1/events?q=south&near=19,-99&radiusKm=1000';
  await check('get', '/v1/events', 200, app.ask('GET', search));
  await check('get', '/v1/events/suggest', 200, app.ask('GET', '/v1/events/suggest?q=south'));
  await check('get', EVENT, 200, app.ask('GET', path));
  // The start in the example may have passed, and an event cannot move to the past.
  const changes = { ...example('patch', EVENT), startsAt: '2046-06-12T19:00:00Z' };
  await check('patch', EVENT, 200, app.ask('PATCH', path, { token: organizer, body: changes }));
  for (const part of ['seating-plan', 'seating-map', 'seat-status'])
    await check('get', `${EVENT}/${part}`, 200, app.ask('GET', `${path}/${part}`));
}

async function checkReservation(
  { app, check, body }: DocumentedCalls,
  path: string,
): Promise<string> {
  const anna = await app.token('anna', 'customer');
  const reservations = `${EVENT}/reservations`;
  const { named, bestAvailable } = body('post', reservations).examples;
  const reserving = reserve(app, path, anna, named.value);
  const { reservationId } = await check('post', reservations, 201, reserving);
  expect((await reserve(app, path, anna, bestAvailable.value)).status).toBe(201);
  const reservation = `${reservations}/{reservationId}`;
  const confirming = confirm(app, path, anna, reservationId);
  await check('post', `${reservation}/confirm`, 200, confirming);
  const own = `${path}/reservations/${reservationId}`;
  await check('get', reservation, 200, app.ask('GET', own, { token: anna }));
  const all = app.ask('GET', '/v1/me/reservations', { token: anna });
  await check('get', '/v1/me/reservations', 200, all);
  return reservationId;
}

async function checkTickets(
  { app, check }: DocumentedCalls,
  path: string,
  organizer: string,
): Promise<void> {
  const anna = await app.token('anna', 'customer');
  const asking = app.ask('GET', '/v1/me/tickets', { token: anna });
  const { tickets } = await check('get', '/v1/me/tickets', 200, asking);
  const body = { code: tickets[0].code };
  const checkIn = app.ask('POST', `${path}/check-ins`, { token: organizer, body });
  await check('post', `${EVENT}/check-ins`, 200, checkIn);
  await check('get', '/.well-known/jwks.json', 200, app.ask('GET', '/.well-known/jwks.json'));
}

/**
 * Calls every operation of an organizer on a sale: blocks, exchange, refund, cancellation, end of
 * sales.
 */
export async function checkAfterSale({ app, check, example }: DocumentedCalls): Promise<void> {
  const organizer = await app.token('olga', 'organizer');
  const anna = await app.token('anna', 'customer');
  const { path } = await onSale(app);
  const post = (what: string, body?: object) =>
    app.ask('POST', `${path}/${what}`, { token: organizer, body });
  for (const method of ['post', 'delete']) {
    const request = { token: organizer, body: { seatIds: ['A-1'] } };
    const blocking = app.ask(method.toUpperCase(), `${path}/blocks`, request);
    await check(method, `${EVENT}/blocks`, 200, blocking);
  }
  const { body } = await reserve(app, path, anna, { seatIds: ['B-1', 'B-2'] });
  await confirm(app, path, anna, body.reservationId);
  const reservation = `${EVENT}/reservations/{reservationId}`;
  const sold = `reservations/${body.reservationId}`;
  const exchanging = post(`${sold}/exchange`, { seatIds: ['B-3'] });
  const exchanged = await check('post', `${reservation}/exchange`, 200, exchanging);
  expect(exchanged).toHaveProperty('refund');
  await check('post', `${reservation}/refund`, 200, post(`${sold}/refund`));
  const cancelling = post('cancel', example('post', `${EVENT}/cancel`));
  await check('post', `${EVENT}/cancel`, 202, cancelling);
  const progress = app.ask('GET', `${path}/cancellation`, { token: organizer });
  await check('get', `${EVENT}/cancellation`, 200, progress);
  const closing = post('close-sales', example('post', `${EVENT}/close-sales`));
  await check('post', `${EVENT}/close-sales`, 200, closing);
}

/** Calls every operation of a waiting room with the documented examples. */
export async function checkWaitingRoom({ app, check, example }: DocumentedCalls): Promise<void> {
  const organizer = await app.token('olga', 'organizer');
  const anna = await app.token('anna', 'customer');
  const { path } = await onSale(app);
  const room = `${EVENT}/waiting-room`;
  const ask = (method: string, what = '', token?: string, body?: object) =>
    app.ask(method.toUpperCase(), `${path}/waiting-room${what}`, { token, body });
  for (const method of ['put', 'patch'])
    await check(method, room, 200, ask(method, '', organizer, example(method, room)));
  await check('get', room, 200, ask('get'));
  const { ticket } = await check('post', `${room}/tickets`, 201, ask('post', '/tickets', anna));
  const trade = () => ask('post', '/pass', anna, { ticket });
  await until(async () => (await trade()).status === 200);
  await check('post', `${room}/pass`, 200, trade());
  await check('get', `${room}/watch`, 200, ask('get', '/watch', organizer));
}
