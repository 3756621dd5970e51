import { setTimeout as pause } from 'node:timers/promises';
import { putOnSale } from '../put-on-sale.js';
import type { Served } from './measure.js';

/** @returns the path of a new event with so many seats */
export const putOn = ({ url }: Served, seats: number, details: object = {}): Promise<string> =>
  putOnSale(url, seats, { maxSeatsPerCustomer: 100, ...details });

/** Makes something once for each service. */
export function once<T>(make: (service: Served) => Promise<T>): typeof make {
  const made = new WeakMap<Served, Promise<T>>();
  return (service) => {
    const existing = made.get(service) ?? make(service);
    made.set(service, existing);
    return existing;
  };
}

const EVENTS = 200;
const KINDS = ['Jazz', 'Rock', 'Opera', 'Comedy', 'Ballet', 'Cinema', 'Reading', 'Circus'];
const POLL_MS = 100;
/** Milliseconds. */
const INDEXED_WITHIN = 60_000;

/**
 * Puts 200 small events on sale, an eighth of them with jazz.
 * @returns the path of the search for these
 * @throws Error when the search does not show them in time
 */
export const events = once(async (service) => {
  for (let at = 0; at < EVENTS; at++)
    await putOn(service, 2, { name: `${KINDS[at % KINDS.length]} night ${at}` });
  const path = '/v1/events?q=jazz';
  for (const until = performance.now() + INDEXED_WITHIN; ; await pause(POLL_MS)) {
    const { total } = (await (await fetch(service.url + path)).json()) as { total: number };
    if (total === EVENTS / KINDS.length) return path;
    if (performance.now() > until) throw new Error(`The search shows ${total} events.`);
  }
});

/**
 * Opens the waiting room of a new event, which calls numbers as fast as a room may.
 * @returns its path
 * @throws Error with the answer when the room is refused
 */
export async function newRoom(service: Served): Promise<string> {
  const path = `${await putOn(service, 2)}/waiting-room`;
  const send = async (method: string, path: string, body: object, token = '') => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const answer = await fetch(service.url + path, { method, headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as { token: string };
  };
  const { token } = await send('POST', '/v1/dev/tokens', {
    sub: 'organizer',
    roles: ['organizer'],
  });
  await send('PUT', path, ROOM, token);
  return path;
}

const ROOM = { admitPerMinute: 600_000, maxShoppers: 100_000, claimSeconds: 3_600 };
