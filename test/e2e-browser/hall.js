import { randomUUID } from 'node:crypto';

const DAY_MS = 86_400_000;
/** Seats of the arena among the samples; any hall that can be drawn with its seats in sight will do. */
const ARENA_SEATS = 2_592;

/** The HTTP API, as far as the test needs it beside the browser. @param {string} baseUrl */
export function apiOf(baseUrl) {
  const send = async (method, path, { token, body, headers } = {}) => {
    const response = await globalThis.fetch(new URL(path, baseUrl), {
      method,
      headers: {
        ...(body && { 'content-type': 'application/json' }),
        ...(token && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      body: body && JSON.stringify(body),
    });
    const answer = await response.json().catch(() => ({}));
    return { status: response.status, answer };
  };
  const ok = async (method, path, options) => {
    const { status, answer } = await send(method, path, options);
    if (status >= 300)
      throw new Error(`${method} ${path} answered ${status}: ${JSON.stringify(answer)}`);
    return answer;
  };
  const token = async (role) => {
    const body = { sub: `browser-test-${randomUUID()}`, roles: [role] };
    return (await ok('POST', '/v1/dev/tokens', { body })).token;
  };
  return {
    get: (path) => ok('GET', path),
    /** Schedules an event as an organizer. */
    schedule: async (body) => ok('POST', '/v1/events', { token: await token('organizer'), body }),
    /** Changes an event as an organizer. */
    change: async (eventId, body) =>
      ok('PATCH', `/v1/events/${eventId}`, { token: await token('organizer'), body }),
    cancel: async (eventId) =>
      ok('POST', `/v1/events/${eventId}/cancel`, {
        token: await token('organizer'),
        body: { reason: 'illness' },
      }),
    /** Puts a waiting room of one place in front of an event, with somebody in it. */
    occupyWaitingRoom: async (eventId) => {
      const room = `/v1/events/${eventId}/waiting-room`;
      const settings = { admitPerMinute: 6_000, maxShoppers: 1 };
      await ok('PUT', room, { token: await token('organizer'), body: settings });
      const customer = await token('customer');
      const { ticket } = await ok('POST', `${room}/tickets`, { token: customer, body: {} });
      let pass;
      while (!pass)
        ({ pass } = await ok('POST', `${room}/pass`, { token: customer, body: { ticket } }));
      return {
        goOut: async () => {
          const headers = { 'idempotency-key': randomUUID(), 'boxoffice-pass': pass };
          const body = { bestAvailable: { quantity: 1 } };
          const reservations = `/v1/events/${eventId}/reservations`;
          const { reservationId } = await ok('POST', reservations, {
            token: customer,
            headers,
            body,
          });
          await ok('DELETE', `${reservations}/${reservationId}`, { token: customer });
        },
      };
    },
    /** Holds seats as a customer of its own. */
    reserve: async (eventId, seatIds) =>
      ok('POST', `/v1/events/${eventId}/reservations`, {
        token: await token('customer'),
        headers: { 'idempotency-key': randomUUID() },
        body: { seatIds },
      }),
  };
}

/** An event of the test's own in the arena, so that nobody else's sale can disturb it. */
/** @param {object} [more] further fields of the event */
export async function hallForTheTest(api, more = {}) {
  const { hits } = await api.get('/v1/events?limit=100');
  const like =
    hits.find(({ seatCount }) => seatCount === ARENA_SEATS) ??
    hits.find(({ seatCount }) => seatCount < 4_000);
  if (!like) throw new Error('The server has no event in a small hall; load the samples first.');
  const name = `Browser test ${randomUUID().slice(0, 8)}`;
  const { eventId } = await api.schedule({
    name,
    venueId: like.venue.venueId,
    startsAt: new Date(Date.now() + 7 * DAY_MS).toISOString(),
    prices: like.prices.map(({ category, amountMinor, currency }) => ({
      category,
      amountMinor,
      currency,
    })),
    ...more,
  });
  await listed(api, eventId);
  return { eventId, name, layout: await api.get(`/v1/events/${eventId}/seating-plan`) };
}

/** Waits until the read model shows a new event. */
async function listed(api, eventId) {
  for (let tries = 0; tries < 50; tries++) {
    const found = await api.get(`/v1/events/${eventId}`).catch(() => null);
    if (found) return;
    await new Promise((resolve) => globalThis.setTimeout(resolve, 100));
  }
  throw new Error(`Event ${eventId} was scheduled but is not shown.`);
}
