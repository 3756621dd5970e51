import { hall } from './hall.js';

/**
 * Registers a plain hall and puts an event in it on sale, over HTTP. The service needs
 * `DEV_TOKENS=on`.
 * @returns the path of the event
 * @throws Error with the answer when a request is refused
 */
export async function putOnSale(url: string, seats: number, details: object = {}): Promise<string> {
  const post = async (path: string, body: object, token?: string) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const answer = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Record<string, string>;
  };
  const { token } = await post('/v1/dev/tokens', { sub: 'organizer', roles: ['organizer'] });
  const place = { name: 'Hall', city: 'Bonn', country: 'DE', location: { lat: 50.7, lon: 7.1 } };
  const { venueId } = await post('/v1/venues', { ...place, seatingPlan: hall(seats) }, token);
  const prices = [{ category: 'Standard', amountMinor: 4_500, currency: 'EUR' }];
  const event = {
    name: 'A popular show',
    venueId,
    startsAt: '2030-06-01T18:00:00Z',
    prices,
    ...details,
  };
  return `/v1/events/${(await post('/v1/events', event, token)).eventId}`;
}
