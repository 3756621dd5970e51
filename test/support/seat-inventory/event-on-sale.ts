import type { TestApp } from '../app.js';

/** One category, rows of equal length, seat ids `A-1`, `A-2`, …, `B-1`, … in plan order. */
export function smallPlan(rows: number, seatsPerRow: number): object {
  return {
    name: 'Small house',
    categories: [{ name: 'Standard', color: '#3d5a80' }],
    zones: [
      {
        name: 'Hall',
        position: { x: 0, y: 0 },
        rows: Array.from({ length: rows }, (_, row) => ({
          row_number: rowName(row),
          position: { x: 0, y: row * 30 },
          seats: Array.from({ length: seatsPerRow }, (_, seat) => ({
            seat_guid: `${rowName(row)}-${seat + 1}`,
            seat_number: String(seat + 1),
            position: { x: seat * 20, y: 0 },
            category: 'Standard',
          })),
        })),
      },
    ],
    size: { width: seatsPerRow * 20, height: rows * 30 },
  };
}

function rowName(row: number): string {
  return row < 26
    ? String.fromCharCode(65 + row)
    : `${rowName(Math.floor(row / 26) - 1)}${rowName(row % 26)}`;
}

export const VENUE = {
  name: 'Small house',
  city: 'Bonn',
  country: 'DE',
  location: { lat: 50.73, lon: 7.1 },
  timeZone: 'Europe/Berlin',
};

export const EVENT = {
  name: 'A night out',
  startsAt: '2030-06-01T18:00:00Z',
  prices: [{ category: 'Standard', amountMinor: 2_500, currency: 'EUR' }],
};

/** A venue with this plan and an event in it, on sale at once unless `details` say otherwise. */
export async function onSale(
  app: TestApp,
  seatingPlan: object = smallPlan(5, 10),
  details: object = {},
): Promise<{ venueId: string; eventId: string; path: string }> {
  const token = await app.token('organiser', 'organizer');
  const venue = await app.ask('POST', '/v1/venues', { token, body: { ...VENUE, seatingPlan } });
  if (venue.status !== 201) throw new Error(`venue: ${JSON.stringify(venue.body)}`);
  const { venueId } = venue.body;
  const event = await app.ask('POST', '/v1/events', {
    token,
    body: { ...EVENT, ...details, venueId },
  });
  if (event.status !== 201) throw new Error(`event: ${JSON.stringify(event.body)}`);
  return { venueId, eventId: event.body.eventId, path: `/v1/events/${event.body.eventId}` };
}

let keys = 0;

/** A reservation request with an idempotency key of its own. */
export function reserve(
  app: TestApp,
  path: string,
  token: string,
  selection: object,
  key = `key-${keys++}`,
) {
  return app.ask('POST', `${path}/reservations`, {
    token,
    body: selection,
    headers: { 'idempotency-key': key },
  });
}

export function confirm(
  app: TestApp,
  path: string,
  token: string,
  reservationId: string,
  card = 'tok_success',
) {
  return app.ask('POST', `${path}/reservations/${reservationId}/confirm`, {
    token,
    body: { payment: { token: card } },
  });
}
