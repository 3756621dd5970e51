import { join } from 'node:path';
import { worldCupEvents } from '../../src/demo/samples/world-cup.js';
import { readSamples } from '../../src/demo/samples/read-samples.js';
import { documentOf } from '../../src/domain/search/document.js';
import type { SearchIndex } from '../../src/ports/search/search-index.js';
import { systemClock } from '../../src/adapters/system/clock.js';
import { openEventSearch } from '../../src/read-models/search/event-search.js';
import type { EventView } from '../../src/read-models/event/events-queries.js';
import { datedQueries, qualityQueries, type Match, type QualityQuery } from './queries.js';

const SAMPLES = join(import.meta.dirname, '../../samples');
const NOW = Date.parse('2026-11-24T12:00:00Z');
/** Mean of 1 / place of the first right answer, 0 where there is none among so many. */
const LEAST_RECIPROCAL_RANK = 0.95;
const LOOKED_AT = 20;

/** How often what was meant comes first. `open` gives an engine that knows no set yet. */
export function describeSearchQuality(
  engine: string,
  open: () => Promise<{ index: SearchIndex; stop(): Promise<void> }>,
): void {
  describe(`the quality of the search in ${engine}`, () => {
    let index: SearchIndex;
    let stop: () => Promise<void>;
    const matches = new Map<string, Match>();
    let queries: readonly QualityQuery[];

    beforeAll(async () => {
      ({ index, stop } = await open());
      const samples = await readSamples(SAMPLES);
      const { venues, events } = worldCupEvents(samples.matches, samples.stadiums, { now: NOW });
      const venueOf = new Map(venues.map(({ key, body }) => [key, body]));
      const documents = events.map(({ venue: key, body }, at) => {
        const venue = venueOf.get(key)!;
        const eventId = `match-${String(at).padStart(3, '0')}`;
        const { category = null, performers = [], description = null } = body;
        const event = { ...body, eventId, category, performers, description };
        const document = documentOf(event, venue, 'AVAILABLE');
        const { city, country } = venue;
        matches.set(eventId, {
          ...{
            name: body.name,
            teams: performers,
            stage: body.name.split(' — ')[1]!,
            venue: key,
            city,
            country,
          },
          day: new Date(document.localStart).toISOString().slice(5, 10),
        });
        return { document, version: 1n };
      });
      await index.prepare('v1');
      await index.put('v1', documents);
      await index.serve('v1');
      const days = documents
        .map(({ document }) => new Date(document.localStart).toISOString().slice(0, 10))
        .sort();
      const dates = { opening: days[0]!, final: days.at(-1)! };
      queries = [...qualityQueries(Number(dates.final.slice(0, 4))), ...datedQueries(dates)];
    });
    afterAll(() => stop?.());

    it(`has a mean reciprocal rank of at least ${LEAST_RECIPROCAL_RANK}`, async () => {
      const events = openEventSearch(
        index,
        {
          byIds: (ids) =>
            Promise.resolve(
              new Map(ids.map((eventId) => [eventId, viewOf(eventId, matches.get(eventId)!)])),
            ),
          begunOnSale: () => Promise.resolve([]),
        },
        systemClock,
      );
      const ranks: number[] = [];
      const missed: string[] = [];
      for (const { q, filter, means } of queries) {
        const sort = q === undefined ? 'date' : 'relevance';
        const { hits } = await events.search({ sort, limit: LOOKED_AT, ...filter, q });
        const place = hits.findIndex(({ eventId }) => means(matches.get(eventId)!)) + 1;
        ranks.push(place === 0 ? 0 : 1 / place);
        if (place !== 1)
          missed.push(`${q ?? JSON.stringify(filter)}: ${place || '–'} (${hits[0]?.name})`);
      }
      const mean = ranks.reduce((sum, rank) => sum + rank, 0) / ranks.length;
      console.log(
        `${engine}: mean reciprocal rank ${mean.toFixed(4)} of ${queries.length} queries`,
        missed.length > 0 ? `\nnot first: ${missed.join('\n  ')}` : '',
      );
      expect(queries.length).toBeGreaterThanOrEqual(60);
      expect(mean).toBeGreaterThanOrEqual(LEAST_RECIPROCAL_RANK);
    });
  });
}

/** The fields of an event that the search shows; this suite reads no others. */
function viewOf(eventId: string, { name, teams, venue, city, country }: Match): EventView {
  const place = { name: venue, city, country };
  return {
    eventId,
    name,
    performers: teams,
    venue: place,
    description: null,
    availability: {},
  } as unknown as EventView;
}
