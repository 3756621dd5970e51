import {
  documentOf,
  type Availability,
  type SearchedEvent,
  type SearchedVenue,
} from '../../src/domain/search/document.js';

const AZTECA: SearchedVenue = {
  ...{ name: 'Estadio Azteca', city: 'Mexico City', country: 'MX' },
  ...{ location: { lat: 19.303, lon: -99.1506 }, timeZone: 'America/Mexico_City' },
};
const ARROWHEAD: SearchedVenue = {
  ...{ name: 'Arrowhead Stadium', city: 'Kansas City', country: 'US' },
  ...{ location: { lat: 39.049, lon: -94.484 }, timeZone: 'America/Chicago' },
};
const BBC: SearchedVenue = {
  ...{ name: 'Mercedes-Benz Hall', city: 'Zürich', country: 'CH' },
  ...{ location: { lat: 47.3769, lon: 8.5417 }, timeZone: 'Europe/Zurich' },
};

const usd = (...amounts: number[]) =>
  amounts.map((amountMinor, at) => ({ category: `Tier ${at}`, amountMinor, currency: 'USD' }));

export type Sample = [
  eventId: string,
  venue: SearchedVenue,
  details: Partial<SearchedEvent>,
  availability?: Availability,
];
export const SAMPLES: readonly Sample[] = [
  [
    'e1',
    AZTECA,
    {
      name: 'Mexico v South Africa — Group A',
      performers: ['Mexico', 'South Africa'],
      startsAt: '2027-06-10T19:00:00Z',
      prices: usd(10_000, 30_000),
    },
  ],
  [
    'e2',
    ARROWHEAD,
    {
      name: 'Mexico v Curaçao — Quarter-final',
      performers: ['Mexico', 'Curaçao'],
      startsAt: '2027-07-11T01:00:00Z',
      prices: usd(20_000),
    },
    'FEW_LEFT',
  ],
  [
    'e3',
    AZTECA,
    {
      name: 'Spain v Argentina — Final',
      performers: ['Spain', 'Argentina'],
      startsAt: '2027-07-18T19:00:00Z',
      prices: usd(90_000, 200_000),
    },
    'SOLD_OUT',
  ],
  [
    'e4',
    BBC,
    {
      name: 'Così fan tutte',
      performers: ['Opernhaus Zürich'],
      category: 'Opera',
      startsAt: '2027-07-11T17:00:00Z',
      prices: [{ category: 'A', amountMinor: 12_000, currency: 'CHF' }],
      description: 'A comedy of lovers & <b>disguises</b>, sung in Italian.',
    },
  ],
  [
    'e5',
    BBC,
    {
      name: 'Comedy Night',
      performers: ['Anna Jones'],
      category: 'Comedy',
      startsAt: '2027-08-01T18:00:00Z',
      prices: [{ category: 'A', amountMinor: 3_000, currency: 'CHF' }],
    },
  ],
  [
    'e6',
    ARROWHEAD,
    {
      name: 'Spain v Iraq — Semi-final',
      performers: ['Spain', 'Iraq'],
      startsAt: '2027-07-15T00:30:00Z',
      prices: usd(50_000),
    },
  ],
];

export const documentsOf = (version = 10n, samples: readonly Sample[] = SAMPLES) =>
  samples.map(([eventId, venue, details, availability = 'AVAILABLE']) => {
    const event = { eventId, category: 'Football', description: null, ...details } as SearchedEvent;
    return { document: documentOf(event, venue, availability), version };
  });
