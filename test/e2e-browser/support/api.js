import { randomUUID } from 'node:crypto';

/** @typedef {ReturnType<typeof apiOf>} Api */

/** The calls of the HTTP API that the steps need besides the browser. @param {string} baseUrl */
export function apiOf(baseUrl) {
  const send = async (method, path, options = {}) => {
    const { status, answer } = await request(baseUrl, method, path, options);
    if (status >= 300)
      throw new Error(`${method} ${path} answered ${status}: ${JSON.stringify(answer)}`);
    return answer;
  };
  const token = async (role) => {
    const body = { sub: `browser-test-${randomUUID()}`, roles: [role] };
    return (await send('POST', '/v1/dev/tokens', { body })).token;
  };
  const asOrganizer = async (method, path, body) =>
    send(method, path, { token: await token('organizer'), body });
  return {
    get: (path) => send('GET', path),
    registerVenue: (body) => asOrganizer('POST', '/v1/venues', body),
    schedule: (body) => asOrganizer('POST', '/v1/events', body),
    change: (eventId, body) => asOrganizer('PATCH', `/v1/events/${eventId}`, body),
    cancel: (eventId) => asOrganizer('POST', `/v1/events/${eventId}/cancel`, { reason: 'illness' }),
    /** Puts a waiting room of one place in front of an event, with one shopper inside. */
    occupyWaitingRoom: async (eventId) => {
      const room = `/v1/events/${eventId}/waiting-room`;
      await asOrganizer('PUT', room, { admitPerMinute: 6_000, maxShoppers: 1 });
      const customer = await token('customer');
      const { ticket } = await send('POST', `${room}/tickets`, { token: customer, body: {} });
      const pass = await waitForPass(() =>
        send('POST', `${room}/pass`, { token: customer, body: { ticket } }),
      );
      return { leave: () => leaveRoom(send, { eventId, token: customer, pass }) };
    },
    /** Holds seats as a customer of its own. */
    reserve: async (eventId, seatIds) =>
      send('POST', `/v1/events/${eventId}/reservations`, {
        token: await token('customer'),
        headers: { 'idempotency-key': randomUUID() },
        body: { seatIds },
      }),
  };
}

/** @param {string} baseUrl @param {string} method @param {string} path @param {any} options */
async function request(baseUrl, method, path, { token, body, headers }) {
  const response = await globalThis.fetch(new URL(path, baseUrl), {
    method,
    headers: {
      ...(body && { 'content-type': 'application/json' }),
      ...(token && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: body && JSON.stringify(body),
  });
  return { status: response.status, answer: await response.json().catch(() => ({})) };
}

/** @param {() => Promise<{pass?: string}>} trade */
async function waitForPass(trade) {
  for (;;) {
    const { pass } = await trade();
    if (pass) return pass;
  }
}

/** Uses the pass up: its shopper holds a seat and releases it. */
async function leaveRoom(send, { eventId, token, pass }) {
  const reservations = `/v1/events/${eventId}/reservations`;
  const headers = { 'idempotency-key': randomUUID(), 'boxoffice-pass': pass };
  const body = { bestAvailable: { quantity: 1 } };
  const { reservationId } = await send('POST', reservations, { token, headers, body });
  await send('DELETE', `${reservations}/${reservationId}`, { token });
}
