import { examples } from '../openapi/examples.js';

/** The small sale of `examples.ts`, found. */
export const searchExamples = {
  events: {
    total: 1,
    hits: [
      {
        ...examples.event,
        availability: { ...examples.event.availability, level: 'AVAILABLE' },
        highlights: [{ field: 'name', html: '<mark>Mexico</mark> v. South Africa' }],
        distanceKm: 12.41,
      },
    ],
    facets: {
      cities: [{ value: 'Mexico City', count: 1 }],
      categories: [{ value: 'Football', count: 1 }],
      months: [{ value: '2026-06', count: 1 }],
      priceBands: [{ value: 'EUR 2500-4999', count: 1 }],
      availability: [{ value: 'AVAILABLE', count: 1 }],
    },
    next: 'WzAsMTc4MTIwNDQwMDAwMCwiN2IxYzBmNTIiXQ.4GJ0b2F5c2VhcmNoa2V5Zg',
  },
  suggestions: {
    suggestions: [
      {
        kind: 'event',
        text: 'Mexico v. South Africa',
        html: '<mark>Mexico</mark> v. South Africa',
        eventId: examples.event.eventId,
      },
      { kind: 'performer', text: 'Mexico', html: '<mark>Mexico</mark>' },
    ],
  },
};
