import type { ProblemCode } from '../../../src/http/problems/table/problem-table.js';

/** An id that does not exist. */
export const MISSING = '00000000-0000-4000-8000-000000000000';

const EITHER = { path: '', message: 'name either seatIds or bestAvailable, and nothing else' };
const NO_OBJECT = { path: '', message: 'must be an object' };

export const price = (changes: object = {}): object => ({
  category: 'Standard',
  amountMinor: 2_500,
  currency: 'EUR',
  ...changes,
});

/** Fields of a venue and the path of the error. */
export const BAD_VENUES: [string, object, string][] = [
  ['without a name', { name: undefined }, '/name'],
  ['with an empty name', { name: ' ' }, '/name'],
  ['with a name of 201 characters', { name: 'x'.repeat(201) }, '/name'],
  ['with a NUL in its name', { name: 'a\u0000b' }, '/name'],
  ['with broken UTF-16 in its city', { city: 'a\ud800b' }, '/city'],
  ['with a number as city', { city: 5 }, '/city'],
  ['in an unknown country', { country: 'QQ' }, '/country'],
  ['in a country of three letters', { country: 'mex' }, '/country'],
  ['without a location', { location: undefined }, '/location'],
  ['with a text as location', { location: 'Bonn' }, '/location'],
  ['with a latitude above 90', { location: { lat: 91, lon: 0 } }, '/location/lat'],
  ['with a text as longitude', { location: { lat: 1, lon: '7' } }, '/location/lon'],
  ['with a height', { location: { lat: 1, lon: 7, alt: 3 } }, '/location/alt'],
  ['in an unknown time zone', { timeZone: 'Mars/Olympus' }, '/timeZone'],
  ['without a seating plan', { seatingPlan: undefined }, '/seatingPlan'],
  ['with an unknown field', { capacity: 5 }, '/capacity'],
];

/** Fields of an event and the path of the error. */
export const BAD_EVENTS: [string, object, string][] = [
  ['without a start', { startsAt: undefined }, '/startsAt'],
  ['that starts without an offset', { startsAt: '2030-06-01T18:00:00' }, '/startsAt'],
  ['that starts on 30 February', { startsAt: '2030-02-30T18:00:00Z' }, '/startsAt'],
  ['that starts at a number', { startsAt: 1_900_000_000 }, '/startsAt'],
  ['with a fractional price', { prices: [price({ amountMinor: 1.5 })] }, '/prices/0/amountMinor'],
  ['with a negative price', { prices: [price({ amountMinor: -1 })] }, '/prices/0/amountMinor'],
  [
    'with a price above the limit',
    { prices: [price({ amountMinor: 1e9 + 1 })] },
    '/prices/0/amountMinor',
  ],
  ['in an unknown currency', { prices: [price({ currency: 'ABC' })] }, '/prices/0/currency'],
  ['with a text as byRequest', { prices: [price({ byRequest: 'yes' })] }, '/prices/0/byRequest'],
  ['with prices that are not a list', { prices: { Standard: 5 } }, '/prices'],
  ['with a hold of 0 seconds', { holdSeconds: 0 }, '/holdSeconds'],
  ['with a hold of more than two hours', { holdSeconds: 7_201 }, '/holdSeconds'],
  ['with 101 seats per customer', { maxSeatsPerCustomer: 101 }, '/maxSeatsPerCustomer'],
  ['with an unknown single-seat rule', { singleSeatRule: 'kind' }, '/singleSeatRule'],
  ['with 51 performers', { performers: Array(51).fill('x') }, '/performers'],
  ['with a performer without a name', { performers: ['x', ''] }, '/performers'],
  ['with too long a description', { description: 'x'.repeat(10_001) }, '/description'],
];

/** Bodies of a reservation, with the problem and its members. */
export const BAD_RESERVATIONS: [ProblemCode, unknown, object][] = [
  ['seats-unknown', { seatIds: ['A-1', 'Z-9'] }, { seatIds: ['Z-9'] }],
  ['seats-repeated', { seatIds: ['A-1', 'A-2', 'A-1'] }, { seatIds: ['A-1'] }],
  ['no-seats-requested', { seatIds: [] }, {}],
  ['no-seats-requested', { bestAvailable: { quantity: 0 } }, {}],
  [
    'too-many-seats',
    { seatIds: ['A-1', 'A-2', 'A-3', 'A-4', 'A-5'] },
    { limit: 4, alreadyYours: 0 },
  ],
  ['too-many-seats', { bestAvailable: { quantity: 5 } }, { limit: 4 }],
  [
    'category-unknown',
    { bestAvailable: { quantity: 1, category: 'Royal' } },
    { category: 'Royal' },
  ],
  ['validation-failed', {}, { errors: [EITHER] }],
  [
    'validation-failed',
    { seats: ['A-1'] },
    { errors: [{ path: '/seats', message: `is not known: ${EITHER.message}` }] },
  ],
  ['validation-failed', { seatIds: ['A-1'], bestAvailable: { quantity: 1 } }, { errors: [EITHER] }],
  [
    'validation-failed',
    { seatIds: 'A-1' },
    { errors: [{ path: '/seatIds', message: 'must be an array' }] },
  ],
  [
    'validation-failed',
    { seatIds: [1] },
    { errors: [{ path: '/seatIds/0', message: 'must be a string' }] },
  ],
  ['validation-failed', { seatIds: ['x'.repeat(65)] }, {}],
  ['validation-failed', { seatIds: Array.from({ length: 1_001 }, (_, at) => `A-${at}`) }, {}],
  ['validation-failed', { bestAvailable: { quantity: '2' } }, {}],
  ['validation-failed', { bestAvailable: { quantity: 1.5 } }, {}],
  ['validation-failed', { bestAvailable: { quantity: -1 } }, {}],
  [
    'validation-failed',
    { seatIds: ['A-1'], price: 0 },
    { errors: [{ path: '/price', message: 'is not known' }] },
  ],
  ['validation-failed', ['A-1'], { errors: [NO_OBJECT] }],
  ['validation-failed', 'null', { errors: [NO_OBJECT] }],
  ['validation-failed', '"A-1"', { errors: [NO_OBJECT] }],
  ['validation-failed', '', { errors: [NO_OBJECT] }],
];

/** Reads, with the problem. */
export const BAD_QUERIES: [ProblemCode, string][] = [
  ['validation-failed', '/v1/events?limit=0'],
  ['validation-failed', '/v1/events?limit=101'],
  ['validation-failed', '/v1/events?limit=ten'],
  ['validation-failed', '/v1/events?from=tomorrow'],
  ['validation-failed', '/v1/events?q=a%00b'],
  ['validation-failed', '/v1/events?city=a&city=b'],
  ['validation-failed', '/v1/events?near=91,2'],
  ['validation-failed', '/v1/events?near=1,181'],
  ['validation-failed', '/v1/events?near=Bonn'],
  ['validation-failed', '/v1/events?near=1,2&radiusKm=0'],
  ['validation-failed', '/v1/events?near=1,2&radiusKm=far'],
  ['validation-failed', '/v1/events?near=1,2&radiusKm=20039'],
  ['validation-failed', '/v1/events?radiusKm=5'],
  ['validation-failed', '/v1/events?sort=distance'],
  ['validation-failed', '/v1/events?sort=beauty'],
  ['validation-failed', '/v1/events/suggest?limit=21'],
  ['cursor-invalid', '/v1/events?cursor=bm90IG9uZQ'],
  ['cursor-invalid', '/v1/events?cursor=%E2%82%AC'],
  [
    'cursor-invalid',
    `/v1/events?cursor=${Buffer.from('2026-06-11T19:00:00Z a\0b').toString('base64url')}`,
  ],
  ['venue-not-found', `/v1/venues/${MISSING}`],
  ['venue-not-found', '/v1/venues/%00'],
  ['event-not-found', '/v1/events/%00'],
  ['event-not-found', `/v1/events/${MISSING}/seat-status`],
  ['event-not-found', `/v1/events/${MISSING}/seating-map`],
  ['event-not-found', `/v1/events/${MISSING}/seating-plan`],
  ['event-not-found', `/v1/events/${MISSING}/seat-status/stream`],
  ['event-not-found', '/v1/events/%00/seat-status/stream'],
  ['url-malformed', '/v1/events/%'],
  ['url-malformed', '/v1/events/%C3%28/seat-status'],
  ['not-found', '/v1/nothing'],
  ['not-found', `/v1/events/${'x'.repeat(300)}`],
];
