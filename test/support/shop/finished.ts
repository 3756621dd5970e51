import type { TestApp } from '../app.js';
import { TWO_PRICES } from '../payment/two-prices.js';
import { until } from '../read-side.js';
import {
  back,
  id,
  mine,
  openScenarios,
  paid,
  unpaid,
  type Expected,
  type Named,
  type Scenarios,
} from './scenarios.js';
import { playOldShapes, playProjections } from './stored-events.js';

/** Shortest hold that a request still reaches on a busy machine. Seconds. */
const SHORT_HOLD_SECONDS = 3;

const sale = { status: 'confirmed' } as const;

/**
 * Everything that has come to an end: sales, refunds, exchanges, cancellations, a rebuild, a parked
 * event.
 */
export async function playFinished(
  app: TestApp,
): Promise<Named & { expected: Expected[]; venueId: string }> {
  const scenarios = await openScenarios(app);
  const { organizer, post, sell, hold, schedule, expected, venueId } = scenarios;
  const eventId = await schedule({ name: 'The past' });
  const path = `/v1/events/${eventId}`;

  const visit = await sell(eventId, 'anna', ['A-1', 'A-2']);
  scenarios.expect({
    scenario: 'sold, one ticket checked in',
    ...sale,
    ...id(eventId, visit),
    ...paid('A-1', 'A-2'),
  });
  const ticket = (await mine(app, 'anna', path, visit)).tickets[0]!;
  const door = await app.token('door', 'operator');
  await post(`${path}/check-ins`, 200, door, { code: ticket.code });

  const twice = await sell(eventId, 'ben', ['A-3'], 'tok_twice');
  scenarios.expect({
    scenario: 'charge notification sent twice',
    ...sale,
    ...id(eventId, twice),
    ...paid('A-3'),
  });

  const declined = await hold(eventId, 'carl', ['B-1']);
  await post(`${path}/reservations/${declined}/confirm`, 402, await app.token('carl', 'customer'), {
    payment: { token: 'tok_declined' },
  });
  scenarios.expect({ scenario: 'declined', ...unpaid('expired', eventId, declined, 'B-1') });

  const refunded = await sell(eventId, 'dora', ['B-2', 'B-3']);
  await post(`${path}/reservations/${refunded}/refund`, 200, organizer);
  scenarios.expect({ ...back(eventId, refunded, 'B-2', 'B-3'), scenario: 'refunded' });

  await playExchanges(scenarios, eventId);
  const old = await sell(eventId, 'emil', ['D-9', 'D-10']);
  scenarios.expect({
    ...back(eventId, old, 'D-9', 'D-10'),
    scenario: 'refunded in the first shape',
  });

  const given = await hold(eventId, 'finn', ['D-8']);
  await app.ask('DELETE', `${path}/reservations/${given}`, {
    token: await app.token('finn', 'customer'),
  });
  scenarios.expect({ scenario: 'released', ...unpaid('released', eventId, given, 'D-8') });

  await post(`${path}/blocks`, 200, organizer, {
    seatIds: ['D-1', 'D-2', 'D-3'],
    reason: 'camera',
  });
  await app.ask('DELETE', `${path}/blocks`, { token: organizer, body: { seatIds: ['D-3'] } });
  await playCatalog(scenarios, eventId);
  await playLatePayments(scenarios);
  const canceled = await playCancellation(scenarios);
  const waitingRoomEventId = await playWaitingRoom(scenarios);
  const parkedEventId = await playProjections(app, venueId);
  await playOldShapes(scenarios, eventId, old);
  return {
    expected,
    venueId,
    parkedEventId,
    canceledEvents: [canceled],
    redeemedTicketId: ticket.ticketId,
    waitingRoomEventId,
  };
}

async function playExchanges(scenarios: Scenarios, eventId: string): Promise<void> {
  const { post, sell, organizer } = scenarios;
  const exchange = async (reservationId: string, seatIds: readonly string[], card?: string) => {
    const path = `/v1/events/${eventId}/reservations/${reservationId}/exchange`;
    await post(path, 200, organizer, { seatIds, ...(card && { payment: { token: card } }) });
    scenarios.expect({
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

async function playCatalog(scenarios: Scenarios, eventId: string): Promise<void> {
  const { app, organizer, schedule, sell, post, hold } = scenarios;
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
  scenarios.expect({
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
  scenarios.expect({
    scenario: 'sold before the sale was closed',
    ...sale,
    ...id(closed, last),
    ...paid('A-1'),
  });
  scenarios.expect({
    scenario: 'held when the sale was closed',
    ...unpaid('expired', closed, open, 'A-2'),
  });
  await schedule({ name: 'Not on sale yet', onSaleAt: '2090-01-01T12:00:00Z' });
}

/** Payments that come after the hold's end: the seats still free, or sold to another buyer. */
async function playLatePayments(scenarios: Scenarios): Promise<void> {
  const { app, post, hold, schedule, sell } = scenarios;
  const eventId = await schedule({ name: 'Short holds', holdSeconds: SHORT_HOLD_SECONDS });
  const path = `/v1/events/${eventId}`;
  const token = await app.token('jana', 'customer');
  const pay = async (reservationId: string) => {
    const confirm = `${path}/reservations/${reservationId}/confirm`;
    await post(confirm, 202, token, { payment: { token: 'tok_late' } });
  };
  const kept = await hold(eventId, 'jana', ['A-1']);
  await pay(kept);
  const lapsed = await hold(eventId, 'jana', ['A-3']);
  await until(async () => (await mine(app, 'jana', path, kept)).status === 'confirmed', 30_000);
  await until(async () => (await mine(app, 'jana', path, lapsed)).status === 'expired', 30_000);
  scenarios.expect({
    scenario: 'late, seats still free',
    ...sale,
    ...id(eventId, kept),
    ...paid('A-1'),
  });
  scenarios.expect({ scenario: 'expired', ...unpaid('expired', eventId, lapsed, 'A-3') });
  const again = await sell(eventId, 'kim', ['A-3']);
  scenarios.expect({
    scenario: 'sold after another hold',
    ...sale,
    ...id(eventId, again),
    ...paid('A-3'),
  });
}

async function playCancellation({
  app,
  organizer,
  post,
  ...scenarios
}: Scenarios): Promise<string> {
  const eventId = await scenarios.schedule({ name: 'Canceled and paid back' });
  const path = `/v1/events/${eventId}`;
  const sold = await scenarios.sell(eventId, 'lea', ['A-1', 'B-1']);
  const held = await scenarios.hold(eventId, 'lea', ['B-2']);
  await post(`${path}/cancel`, 202, organizer, { reason: 'the singer is ill' });
  await until(
    async () =>
      (await app.ask('GET', `${path}/cancellation`, { token: organizer })).body.status === 'done',
    30_000,
  );
  scenarios.expect({ ...back(eventId, sold, 'A-1', 'B-1'), scenario: 'canceled' });
  scenarios.expect({
    scenario: 'held at the cancellation',
    ...unpaid('released', eventId, held, 'B-2'),
  });
  return eventId;
}

async function playWaitingRoom({ app, organizer, post, schedule }: Scenarios): Promise<string> {
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
