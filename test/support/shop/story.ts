import { randomUUID } from 'node:crypto';
import { EVENT_STORE } from '../../../src/ports/shared/tokens.js';
import { venueStream, type VenueRegisteredData } from '../../../src/domain/venue/events.js';
import { seatInventoryStream } from '../../../src/domain/seat-inventory/events.js';
import type { DomainEvent } from '../../../src/domain/shared/domain-event.js';
import { ask, type TestApp } from '../app.js';
import { EVENT, VENUE } from '../seat-inventory/event-on-sale.js';
import { twoPricePlan, TWO_PRICES } from '../payment/two-prices.js';
import { until } from '../read-side.js';

/** One reservation of a fixture, and its expected final state. */
export interface Expected {
  readonly scenario: string;
  readonly eventId: string;
  readonly reservationId: string;
  readonly customerId: string;
  /** `ended`: expired or released, whichever of hold expiry and cancellation comes first. */
  readonly status: 'confirmed' | 'expired' | 'released' | 'refunded' | 'ended';
  readonly seatIds: readonly string[];
  /** Amount that the provider captured and did not refund. Minor units. */
  readonly keptMinor: number;
}

/** The rest of a fixture, named for the test that continues with it. */
export interface Named {
  readonly parkedEventId: string;
  readonly canceledEvents: readonly string[];
  readonly redeemedTicketId: string;
  readonly waitingRoomEventId: string;
}

/** Far enough in the future that the events of a fixture are never over. */
const STARTS_AT = '2090-06-01T18:00:00Z';
export const ROWS = 4;
export const SEATS_PER_ROW = 10;
/** Minor units of one seat of row A, and of one of the other rows. */
export const DEAR = 4_000;
export const CHEAP = 2_500;
/** Holds that are open in a fixture are over this long after it was made. */
const HOLD_SECONDS = 120;
/** Shortest hold that a request still reaches on a busy machine. Seconds. */
const SHORT_HOLD_SECONDS = 3;

/** Requests by people of the story, with everything that must succeed checked. */
export interface Teller {
  readonly app: TestApp;
  readonly organizer: string;
  readonly expected: Expected[];
  schedule(details?: object): Promise<string>;
  hold(eventId: string, customerId: string, seatIds: readonly string[]): Promise<string>;
  sell(
    eventId: string,
    customerId: string,
    seatIds: readonly string[],
    card?: string,
  ): Promise<string>;
  post(path: string, status: number, token: string, body?: object): Promise<Record<string, never>>;
  expect(of: Omit<Expected, 'customerId'> & { customerId?: string }): void;
}

export async function openTeller(
  app: TestApp,
  venueId?: string,
): Promise<Teller & { venueId: string }> {
  const organizer = await app.token('organizer', 'organizer');
  const expected: Expected[] = [];
  const customers = new Map<string, string>();
  let requests = 0;

  const request = async (
    method: string,
    path: string,
    status: number,
    token: string,
    body?: object,
  ) => {
    const headers = { 'idempotency-key': `shop-${randomUUID()}-${++requests}` };
    const reply = await ask(app.url + path, method, { token, body, headers });
    if (reply.status !== status) {
      throw new Error(
        `${method} ${path}: ${reply.status} instead of ${status}: ${JSON.stringify(reply.body)}`,
      );
    }
    return reply.body as Record<string, never>;
  };
  const post: Teller['post'] = (path, status, token, body) =>
    request('POST', path, status, token, body);
  const tokenOf = (customerId: string) => app.token(customerId, 'customer');

  const plan = { ...VENUE, seatingPlan: twoPricePlan(ROWS, SEATS_PER_ROW) };
  const venue = venueId ?? (await post('/v1/venues', 201, organizer, plan)).venueId!;
  const hold: Teller['hold'] = async (eventId, customerId, seatIds) => {
    const body = { seatIds };
    const held = await post(
      `/v1/events/${eventId}/reservations`,
      201,
      await tokenOf(customerId),
      body,
    );
    customers.set(held.reservationId!, customerId);
    return held.reservationId!;
  };
  return {
    app,
    organizer,
    expected,
    venueId: venue,
    post,
    hold,
    schedule: async (details = {}) => {
      const body = {
        ...EVENT,
        startsAt: STARTS_AT,
        holdSeconds: HOLD_SECONDS,
        prices: TWO_PRICES,
        ...details,
        venueId: venue,
      };
      return (await post('/v1/events', 201, organizer, body)).eventId!;
    },
    sell: async (eventId, customerId, seatIds, card = 'tok_success') => {
      const id = await hold(eventId, customerId, seatIds);
      const token = await tokenOf(customerId);
      const path = `/v1/events/${eventId}/reservations/${id}`;
      await post(`${path}/confirm`, 200, token, { payment: { token: card } });
      return id;
    },
    expect: (of) => expected.push({ customerId: customers.get(of.reservationId)!, ...of }),
  };
}

const sale = { status: 'confirmed' } as const;

/** Everything that has come to an end: sales, refunds, exchanges, cancellations, a rebuild, a parked event. */
export async function tellPast(
  app: TestApp,
): Promise<Named & { expected: Expected[]; venueId: string }> {
  const teller = await openTeller(app);
  const { organizer, post, sell, hold, schedule, expected, venueId } = teller;
  const eventId = await schedule({ name: 'The past' });
  const path = `/v1/events/${eventId}`;

  const visit = await sell(eventId, 'anna', ['A-1', 'A-2']);
  teller.expect({
    scenario: 'sold, one ticket checked in',
    ...sale,
    ...id(eventId, visit),
    ...paid('A-1', 'A-2'),
  });
  const ticket = (await mine(app, 'anna', path, visit)).tickets[0]!;
  const door = await app.token('door', 'operator');
  await post(`${path}/check-ins`, 200, door, { code: ticket.code });

  const twice = await sell(eventId, 'ben', ['A-3'], 'tok_twice');
  teller.expect({ scenario: 'notice told twice', ...sale, ...id(eventId, twice), ...paid('A-3') });

  const declined = await hold(eventId, 'carl', ['B-1']);
  await post(`${path}/reservations/${declined}/confirm`, 402, await app.token('carl', 'customer'), {
    payment: { token: 'tok_declined' },
  });
  teller.expect({
    scenario: 'declined',
    status: 'expired',
    ...id(eventId, declined),
    seatIds: ['B-1'],
    keptMinor: 0,
  });

  const refunded = await sell(eventId, 'dora', ['B-2', 'B-3']);
  await post(`${path}/reservations/${refunded}/refund`, 200, organizer);
  teller.expect({ ...back(eventId, refunded, 'B-2', 'B-3'), scenario: 'refunded' });

  await tellExchanges(teller, eventId);
  const old = await sell(eventId, 'emil', ['D-9', 'D-10']);
  teller.expect({ ...back(eventId, old, 'D-9', 'D-10'), scenario: 'refunded in the first shape' });

  const given = await hold(eventId, 'finn', ['D-8']);
  await app.ask('DELETE', `${path}/reservations/${given}`, {
    token: await app.token('finn', 'customer'),
  });
  teller.expect({
    scenario: 'released',
    status: 'released',
    ...id(eventId, given),
    seatIds: ['D-8'],
    keptMinor: 0,
  });

  await post(`${path}/blocks`, 200, organizer, {
    seatIds: ['D-1', 'D-2', 'D-3'],
    reason: 'camera',
  });
  await app.ask('DELETE', `${path}/blocks`, { token: organizer, body: { seatIds: ['D-3'] } });
  await tellCatalog(teller, eventId);
  await tellLate(teller);
  const canceled = await tellCancellation(teller);
  const waitingRoomEventId = await tellWaitingRoom(teller);
  const parkedEventId = await tellProjections(app, venueId);
  await tellOldShapes(teller, eventId, old);
  return {
    expected,
    venueId,
    parkedEventId,
    canceledEvents: [canceled],
    redeemedTicketId: ticket.ticketId,
    waitingRoomEventId,
  };
}

async function tellExchanges(teller: Teller, eventId: string): Promise<void> {
  const { post, sell, organizer } = teller;
  const exchange = async (reservationId: string, seatIds: readonly string[], card?: string) => {
    const path = `/v1/events/${eventId}/reservations/${reservationId}/exchange`;
    await post(path, 200, organizer, { seatIds, ...(card && { payment: { token: card } }) });
    teller.expect({
      scenario: `exchanged for ${seatIds.join()}`,
      ...sale,
      ...id(eventId, reservationId),
      ...paid(...seatIds),
    });
  };
  await exchange(await sell(eventId, 'gina', ['B-4', 'B-5']), ['B-5', 'C-1']);
  await exchange(await sell(eventId, 'gina', ['A-4', 'A-5']), ['C-2', 'C-3']);
  await exchange(await sell(eventId, 'gina', ['C-4', 'C-5']), ['A-6', 'A-7'], 'tok_success');
}

async function tellCatalog(teller: Teller, eventId: string): Promise<void> {
  const { app, organizer, schedule, sell, post, hold } = teller;
  const path = `/v1/events/${eventId}`;
  const changes = [
    { name: 'The past, renamed' },
    { description: 'With two intervals.' },
    { startsAt: '2090-06-02T18:00:00Z' },
    { timeZone: 'Europe/London' },
  ];
  for (const body of changes) {
    const { status } = await app.ask('PATCH', path, { token: organizer, body });
    if (status !== 200) throw new Error(`PATCH ${JSON.stringify(body)}: ${status}`);
  }
  const prices = TWO_PRICES.map((price) => ({ ...price, amountMinor: 0 }));
  const free = await schedule({ name: 'Free of charge', prices });
  const guest = await sell(free, 'hanna', ['A-1']);
  teller.expect({
    scenario: 'free of charge',
    ...sale,
    ...id(free, guest),
    seatIds: ['A-1'],
    keptMinor: 0,
  });
  const closed = await schedule({ name: 'Closed' });
  const last = await sell(closed, 'ida', ['A-1']);
  const open = await hold(closed, 'ida', ['A-2']);
  await post(`/v1/events/${closed}/close-sales`, 200, organizer, { reason: 'sold at the door' });
  teller.expect({
    scenario: 'sold before the sale was closed',
    ...sale,
    ...id(closed, last),
    ...paid('A-1'),
  });
  teller.expect({
    scenario: 'held when the sale was closed',
    status: 'expired',
    ...id(closed, open),
    seatIds: ['A-2'],
    keptMinor: 0,
  });
  await schedule({ name: 'Not on sale yet', onSaleAt: '2090-01-01T12:00:00Z' });
}

/** Payments that come after the hold's end: the seats still free, or sold to another buyer. */
async function tellLate(teller: Teller): Promise<void> {
  const { app, post, hold, schedule, sell } = teller;
  const eventId = await schedule({ name: 'Short holds', holdSeconds: SHORT_HOLD_SECONDS });
  const path = `/v1/events/${eventId}`;
  const token = await app.token('jana', 'customer');
  const pay = async (reservationId: string) => {
    const confirm = `${path}/reservations/${reservationId}/confirm`;
    await post(confirm, 202, token, { payment: { token: 'tok_late' } });
  };
  const kept = await hold(eventId, 'jana', ['A-1']);
  await pay(kept);
  const unpaid = await hold(eventId, 'jana', ['A-3']);
  await until(async () => (await mine(app, 'jana', path, kept)).status === 'confirmed', 30_000);
  await until(async () => (await mine(app, 'jana', path, unpaid)).status === 'expired', 30_000);
  teller.expect({
    scenario: 'late, seats still free',
    ...sale,
    ...id(eventId, kept),
    ...paid('A-1'),
  });
  teller.expect({
    scenario: 'expired',
    status: 'expired',
    ...id(eventId, unpaid),
    seatIds: ['A-3'],
    keptMinor: 0,
  });
  const again = await sell(eventId, 'kim', ['A-3']);
  teller.expect({
    scenario: 'sold after another hold',
    ...sale,
    ...id(eventId, again),
    ...paid('A-3'),
  });
}

async function tellCancellation({ app, organizer, post, ...teller }: Teller): Promise<string> {
  const eventId = await teller.schedule({ name: 'Canceled and paid back' });
  const path = `/v1/events/${eventId}`;
  const sold = await teller.sell(eventId, 'lea', ['A-1', 'B-1']);
  const held = await teller.hold(eventId, 'lea', ['B-2']);
  await post(`${path}/cancel`, 202, organizer, { reason: 'the singer is ill' });
  await until(
    async () =>
      (await app.ask('GET', `${path}/cancellation`, { token: organizer })).body.status === 'done',
    30_000,
  );
  teller.expect({ ...back(eventId, sold, 'A-1', 'B-1'), scenario: 'canceled' });
  teller.expect({
    scenario: 'held at the cancellation',
    status: 'released',
    ...id(eventId, held),
    seatIds: ['B-2'],
    keptMinor: 0,
  });
  return eventId;
}

async function tellWaitingRoom({ app, organizer, post, schedule }: Teller): Promise<string> {
  const eventId = await schedule({ name: 'Behind a waiting room' });
  const path = `/v1/events/${eventId}/waiting-room`;
  const body = { admitPerMinute: 60, maxShoppers: 2, shuffleAtOpening: true };
  const { status } = await app.ask('PUT', path, { token: organizer, body });
  if (status !== 200) throw new Error(`The waiting room was not configured: ${status}`);
  for (const customer of ['mia', 'nora', 'ole']) {
    await post(`${path}/tickets`, 201, await app.token(customer, 'customer'));
  }
  return eventId;
}

/** A projection that was rebuilt, a domain event that is parked, and one that was skipped. Gives the id of the parked one. */
async function tellProjections(app: TestApp, venueId: string): Promise<string> {
  const token = await app.token('operator', 'operator');
  const of = (path: string) => app.ask('GET', `/v1/ops/projections/venues/${path}`, { token });
  await app.ask('POST', '/v1/ops/projections/venues/rebuild', { token, body: {} });
  await until(async () => (await of('rebuild')).body.rebuild?.phase === 'switched', 30_000);
  const [skipped, parked] = [randomUUID(), randomUUID()];
  for (const id of [skipped, parked]) {
    const data = { venueId: id, location: {}, categories: [] };
    await append(app, venueStream(id), -1n, { type: 'VenueRegistered', data }, 2, id);
  }
  await until(async () => (await of('parked')).body.parked.length === 2);
  const body = { reason: `not a venue; ${venueId} is` };
  await app.ask('POST', `/v1/ops/projections/venues/parked/${skipped}/skip`, { token, body });
  await until(async () => (await of('parked')).body.parked.length === 1);
  return parked;
}

/** A venue and a refund as the first release has written them. */
async function tellOldShapes(
  { app, venueId }: Teller & { venueId?: string },
  eventId: string,
  sold: string,
) {
  const eventStore = app.get(EVENT_STORE);
  let venue: VenueRegisteredData | undefined;
  for await (const event of eventStore.readStream(
    venueStream(venueId ?? (await venueOf(app, eventId))),
  )) {
    venue = event.data as VenueRegisteredData;
  }
  const oldVenue = {
    ...venue!,
    venueId: randomUUID(),
    name: 'Old house',
    categories: ['Dear', 'Standard'],
  };
  await append(
    app,
    venueStream(oldVenue.venueId),
    -1n,
    { type: 'VenueRegistered', data: oldVenue },
    1,
  );

  const stream = seatInventoryStream(eventId);
  let revision = -1n;
  for await (const event of eventStore.readStream(stream, {
    direction: 'backwards',
    maxCount: 1,
  })) {
    ({ revision } = event);
  }
  const refundedAt = new Date().toISOString();
  const data = {
    reservationId: sold,
    seatIds: ['D-9', 'D-10'],
    refundReference: 're_old',
    refundedAt,
  };
  await append(app, stream, revision, { type: 'ReservationRefunded', data }, 1);
  // The settlement process refunds the money, as after any undone sale.
  const token = await app.token('operator', 'operator');
  await until(async () => {
    await app.ask('POST', `/v1/ops/payments/${sold}/settle`, { token });
    const books = await app.ask('GET', `/v1/ops/ledger/events/${eventId}`, { token });
    return books.body.totals[0].obligationsMinor === 0;
  });
}

async function venueOf(app: TestApp, eventId: string): Promise<string> {
  return (await app.ask('GET', `/v1/events/${eventId}`)).body.venueId;
}

async function append(
  app: TestApp,
  stream: string,
  before: bigint,
  { type, data }: DomainEvent,
  schemaVersion: number,
  id: string = randomUUID(),
): Promise<void> {
  const commandId = randomUUID();
  const actor = { id: 'organizer', role: 'organizer' } as const;
  const metadata = {
    $correlationId: commandId,
    $causationId: commandId,
    commandId,
    actor,
    schemaVersion,
  };
  const expected = before < 0n ? 'no-stream' : before;
  await app.get(EVENT_STORE).append(stream, expected, [{ id, type, data, metadata }]);
}

interface Mine {
  readonly status: string;
  readonly tickets: readonly { ticketId: string; code: string }[];
}

export async function mine(
  app: TestApp,
  customerId: string,
  path: string,
  id: string,
): Promise<Mine> {
  const token = await app.token(customerId, 'customer');
  return (await ask(`${app.url}${path}/reservations/${id}`, 'GET', { token })).body as Mine;
}

export const id = (eventId: string, reservationId: string) => ({ eventId, reservationId });

/** A reservation that keeps the price of its seats. */
export const paid = (...seatIds: readonly string[]) => ({
  seatIds,
  keptMinor: seatIds.reduce((sum, seat) => sum + (seat.startsWith('A') ? DEAR : CHEAP), 0),
});

/** A sale whose money goes back. */
export const back = (eventId: string, reservationId: string, ...seatIds: readonly string[]) => ({
  ...id(eventId, reservationId),
  ...{ status: 'refunded' as const, seatIds, keptMinor: 0 },
});

export const isAsExpected = (
  { status: expected }: Expected,
  status: string | undefined,
): boolean =>
  expected === 'ended' ? status === 'expired' || status === 'released' : status === expected;
