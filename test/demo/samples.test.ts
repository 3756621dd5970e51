import { join } from 'node:path';
import { parseCoordinates } from '../../src/demo/samples/coordinates.js';
import { ARENA, THEATRE } from '../../src/demo/samples/houses.js';
import { readSamples, sampleEvents, type Samples } from '../../src/demo/samples/read-samples.js';
import type { SampleEvent } from '../../src/demo/samples/sample-bodies.js';
import { worldCupEvents } from '../../src/demo/samples/world-cup.js';
import { importSeatingPlan } from '../../src/domain/seating-plan/import/import.js';

const SAMPLES = join(import.meta.dirname, '../../samples');
const NOW = Date.parse('2026-11-23T12:00:00Z');
const DAY_MS = 24 * 3_600_000;

describe('coordinates', () => {
  it.each([
    [`49°16'36"N 123°6'43"W`, 49.276667, -123.111944],
    [`40°48'48.7"N 74°4'27.7"W`, 40.813528, -74.074361],
    ['37.403°N 121.970°W', 37.403, -121.97],
    [`43°38'N 79°25'W`, 43.633333, -79.416667],
    ['33.9°S, 18.4°E', -33.9, 18.4],
    [' 0°N 180°E ', 0, 180],
  ])('are read from %s', (text, lat, lon) => {
    expect(parseCoordinates(text)).toEqual({ lat, lon });
  });

  it.each([
    '',
    '49.2 -123.1',
    '49°N',
    '95°N 10°E',
    '10°N 181°W',
    `10°60'N 10°E`,
    `10°5'60"N 10°E`,
    '10°E 10°N',
    '10°N 10°Wx',
  ])('are refused: %p', (text) => {
    expect(() => parseCoordinates(text)).toThrow(JSON.stringify(text));
  });
});

describe('the samples', () => {
  let samples: Samples;
  beforeAll(async () => {
    samples = await readSamples(SAMPLES);
  });

  it.each([
    ['theatre', 952],
    ['arena', 2_592],
    ['stadium', 54_000],
  ] as const)('have a %s of %p seats', (name, seats) => {
    expect(seatCountOf(samples[name])).toBe(seats);
  });

  it('name the file that is missing', async () => {
    await expect(readSamples(join(SAMPLES, 'nowhere'))).rejects.toThrow('nowhere');
  });

  it('make a venue of every stadium, a match at every one of them', () => {
    const { venues, events } = worldCupEvents(samples.matches, samples.stadiums, { now: NOW });
    expect(venues).toHaveLength(16);
    expect(events).toHaveLength(104);
    expect(new Set(events.map(({ venue }) => venue))).toEqual(
      new Set(venues.map(({ key }) => key)),
    );
    expect(venues.map(({ body }) => body.city)).toEqual(
      expect.arrayContaining([
        'San Francisco',
        'New York',
        'Los Angeles',
        'Mexico City',
        'Guadalajara',
      ]),
    );
    for (const { body } of venues) {
      expect(body.city).not.toMatch(/[()/]/);
      expect(body.country).toMatch(/^(US|CA|MX)$/);
      expect(body.location.lat).toBeGreaterThan(19);
      expect(body.location.lon).toBeLessThan(-70);
    }
  });

  it('show the opening match as it is posted', () => {
    const [opening] = worldCupEvents(samples.matches, samples.stadiums, { now: NOW }).events;
    expect(opening).toEqual({
      venue: 'Estadio Azteca',
      body: {
        name: 'Mexico v South Africa — Group A',
        startsAt: '2027-06-10T19:00:00.000Z',
        category: 'Football',
        performers: ['Mexico', 'South Africa'],
        description:
          'Matchday 1 of Group A at the World Cup: ' +
          'Mexico play South Africa at Estadio Azteca, Mexico City.',
        prices: [
          { category: 'Lower', amountMinor: 480_000, currency: 'MXN' },
          { category: 'Middle', amountMinor: 295_000, currency: 'MXN' },
          { category: 'Upper', amountMinor: 140_000, currency: 'MXN' },
        ],
        maxSeatsPerCustomer: 6,
        singleSeatRule: 'lenient',
      },
    });
  });

  it.each(['2025-01-01', '2026-05-01', '2026-06-11', '2026-11-23', '2031-07-20'])(
    'lie in the future of %s, on the weekday and the local time of the real match',
    (today) => {
      const now = Date.parse(today);
      const { venues, events } = worldCupEvents(samples.matches, samples.stadiums, { now });
      const zoneOf = new Map(venues.map(({ key, body }) => [key, body.timeZone]));
      events.forEach(({ venue, body }, at) => {
        const match = samples.matches[at]!;
        const startsAt = new Date(body.startsAt);
        expect(startsAt.getTime()).toBeGreaterThan(now);
        const inWords = (timeZone: string) =>
          startsAt
            .toLocaleString('en-GB', {
              timeZone,
              weekday: 'long',
              hour: '2-digit',
              minute: '2-digit',
            })
            .replace(/(,| at) /, ' ');
        const weekday = new Date(match.date).toLocaleString('en-GB', {
          timeZone: 'UTC',
          weekday: 'long',
        });
        expect([match.ground, inWords(zoneOf.get(venue)!)]).toEqual([
          match.ground,
          `${weekday} ${match.time.slice(0, 5)}`,
        ]);
      });
      const first = Math.min(...events.map(({ body }) => Date.parse(body.startsAt)));
      expect(first - now).toBeLessThan(
        now < Date.parse('2026-01-01') ? 600 * DAY_MS : 372 * DAY_MS,
      );
    },
  );

  it('keep the accessible seats of the arena for those who ask for them', () => {
    const { events } = sampleEvents(samples, { now: NOW });
    const { prices } = events.find(({ venue }) => venue === ARENA)!.body;
    expect(prices.filter(({ byRequest }) => byRequest).map(({ category }) => category)).toEqual([
      'Accessible',
    ]);
  });

  it('cost more from round to round', () => {
    const { events } = worldCupEvents(samples.matches, samples.stadiums, { now: NOW });
    const roundOf = (event: SampleEvent) =>
      /— (.*)$/.exec(event.body.name)![1]!.replace(/^Group .$/, 'Group');
    const inDollars = events.filter(({ body }) => body.prices[0]!.currency === 'USD');
    const prices = [
      'Group',
      'Round of 32',
      'Round of 16',
      'Match for third place',
      'Quarter-final',
      'Semi-final',
      'Final',
    ].map((round) =>
      inDollars
        .find((event) => roundOf(event) === round)!
        .body.prices.map(({ amountMinor }) => amountMinor),
    );
    for (const tier of [0, 1, 2]) {
      const column = prices.map((of) => of[tier]!);
      expect(column).toEqual([...new Set(column)].sort((a, b) => a - b));
    }
    for (const [lower, middle, upper] of prices)
      expect(lower! > middle! && middle! > upper!).toBe(true);
  });

  it('are priced in one currency for just the categories of the plan', () => {
    const { venues, events } = sampleEvents(samples, { now: NOW });
    for (const key of [THEATRE, ARENA, 'BC Place']) {
      const imported = importSeatingPlan(venues.find((venue) => venue.key === key)!.seatingPlan());
      const categories = imported.ok ? imported.plan.categories.map(({ name }) => name) : [];
      for (const { body } of events.filter(({ venue }) => venue === key)) {
        expect(body.prices.map(({ category }) => category).sort()).toEqual(categories.sort());
        expect(new Set(body.prices.map(({ currency }) => currency)).size).toBe(1);
        expect(
          body.prices.every(
            ({ amountMinor }) => Number.isSafeInteger(amountMinor) && amountMinor > 0,
          ),
        ).toBe(true);
      }
    }
  });

  it('bring a play, a concert and the given plan for BC Place', () => {
    const { venues, events } = sampleEvents(samples, { now: NOW });
    expect(venues).toHaveLength(18);
    expect(events).toHaveLength(106);
    expect(venues.find(({ key }) => key === 'BC Place')!.seatingPlan()).toBe(samples.stadium);
    expect(venues.slice(0, 2).map(({ key, seatCount }) => [key, seatCount])).toEqual([
      [THEATRE, 952],
      [ARENA, 2_592],
    ]);
    expect(
      events.slice(0, 2).map(({ venue, body }) => [venue, body.category, body.startsAt]),
    ).toEqual([
      [THEATRE, 'Theatre', '2026-12-19T19:30:00.000Z'],
      [ARENA, 'Concert', '2027-01-09T18:00:00.000Z'],
    ]);
  });

  it('refuse a match at a ground that is no stadium’s, and a kick-off that is no time', () => {
    const [match] = samples.matches;
    const load = (change: object) => () =>
      worldCupEvents([{ ...match!, ...change }], samples.stadiums, { now: NOW });
    expect(load({ ground: 'Atlantis' })).toThrow('Atlantis');
    expect(load({ time: 'noon' })).toThrow('2026-06-11 noon');
    expect(load({ date: 'June' })).toThrow('June 13:00');
    expect(load({ group: undefined, round: 'Friendly' })).toThrow('Friendly');
  });
});

function seatCountOf(plan: unknown): number {
  const imported = importSeatingPlan(plan);
  if (!imported.ok) throw new Error(JSON.stringify(imported.problems));
  return imported.plan.zones
    .flatMap(({ rows }) => rows)
    .reduce((count, { seats }) => count + seats.length, 0);
}
