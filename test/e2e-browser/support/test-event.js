import { randomUUID } from 'node:crypto';

/**
 * @typedef {{eventId: string, name: string, layout: any}} TestEvent
 * @typedef {import('./api.js').Api} Api
 */

const DAY_MS = 86_400_000;
/** Seats of the arena among the samples; any venue will do whose seats can be seen as drawn. */
const ARENA_SEATS = 2_592;
const SMALL_VENUE_SEATS = 4_000;
const VISIBLE_TRIES = 50;
const VISIBLE_PAUSE_MS = 100;

/**
 * Schedules an event of the test's own in the arena, so that no other sale disturbs it.
 * @param {Api} api @param {object} [fields] further fields of the event
 * @returns {Promise<TestEvent>}
 */
export async function scheduleTestEvent(api, fields = {}) {
  const { hits } = await api.get('/v1/events?limit=100');
  const sample =
    hits.find(({ seatCount }) => seatCount === ARENA_SEATS) ??
    hits.find(({ seatCount }) => seatCount < SMALL_VENUE_SEATS);
  if (!sample) throw new Error('The server has no event in a small venue; load the samples first.');
  const prices = sample.prices.map(({ category, amountMinor, currency }) => ({
    category,
    amountMinor,
    currency,
  }));
  return schedule(api, { venueId: sample.venue.venueId, prices, ...fields });
}

/**
 * Schedules an event in a venue of one row of ten seats.
 * @param {Api} api @param {{name: string, color: string}[]} categories the seats have the first one
 * @returns {Promise<TestEvent>}
 */
export async function scheduleInSmallVenue(api, categories) {
  const seats = Array.from({ length: 10 }, (_, index) => ({
    seat_number: String(index + 1),
    seat_guid: `A-${index + 1}`,
    position: { x: index * 30, y: 0 },
    category: categories[0].name,
  }));
  const row = { row_number: 'A', position: { x: 0, y: 0 }, seats };
  const zone = { name: 'Stalls', position: { x: 40, y: 40 }, rows: [row] };
  const { venueId } = await api.registerVenue({
    name: `Small venue ${randomUUID().slice(0, 8)}`,
    city: 'Berlin',
    country: 'DE',
    location: { lat: 52.5, lon: 13.4 },
    seatingPlan: { name: 'Small', categories, zones: [zone], size: { width: 400, height: 100 } },
  });
  const prices = categories.map(({ name: category }) => ({
    category,
    amountMinor: 2_500,
    currency: 'EUR',
  }));
  return schedule(api, { venueId, prices });
}

/** @param {Api} api @param {object} fields */
async function schedule(api, fields) {
  const name = `Browser test ${randomUUID().slice(0, 8)}`;
  const startsAt = new Date(Date.now() + 7 * DAY_MS).toISOString();
  const { eventId } = await api.schedule({ name, startsAt, ...fields });
  await waitUntilVisible(api, eventId);
  return { eventId, name, layout: await api.get(`/v1/events/${eventId}/seating-plan`) };
}

/** Waits until the read model shows a new event. @param {Api} api @param {string} eventId */
async function waitUntilVisible(api, eventId) {
  for (let tries = 0; tries < VISIBLE_TRIES; tries++) {
    const found = await api.get(`/v1/events/${eventId}`).catch(() => null);
    if (found) return;
    await new Promise((resolve) => globalThis.setTimeout(resolve, VISIBLE_PAUSE_MS));
  }
  throw new Error(`Event ${eventId} was scheduled but is not shown.`);
}
