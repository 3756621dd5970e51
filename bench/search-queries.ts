import { keyOf } from '../src/domain/search/document.js';
import type { SearchRequest } from '../src/read-models/search/event-search.js';
import { pick, type Chance, type GeneratedEvents } from './search-events.js';

const MONTHS =
  'january february march april may june july august september october november december'.split(
    ' ',
  );
const PAGE = 20;

/** Returns queries in shares of ten: mostly names, then places, dates and misspellings. */
export function searchesOf(
  { performers, cities }: GeneratedEvents,
  chance: Chance,
  count: number,
): SearchRequest[] {
  const large = cities.filter(({ population }) => population > 200_000);
  const name = () => performers[Math.floor(performers.length * chance() ** 2)]!;
  const city = () => pick(chance, large);
  const text = (q: string): SearchRequest => ({ q, sort: 'relevance', limit: PAGE });
  const kinds: (() => SearchRequest)[] = [
    () => text(name()),
    () => text(name()),
    () => text(name().slice(0, -2)),
    () => text(misspelt(chance, name())),
    () => text(city().name),
    () => text(`${name()} ${pick(chance, MONTHS)}`),
    () => text(`${pick(chance, ['concert', 'opera', 'football', 'comedy'])} ${city().name}`),
    () => {
      const [lon, lat] = city().loc.coordinates;
      return { near: { lat, lon, radiusKm: 30 }, sort: 'distance', limit: PAGE };
    },
    () => {
      const from = Date.UTC(2027, Math.floor(chance() * 16), 1 + Math.floor(chance() * 28));
      const days = { from: { local: from }, to: { local: from + 3 * 24 * 3_600_000 } };
      return { ...days, city: keyOf(city().name), sort: 'date', limit: PAGE };
    },
    () => ({
      city: keyOf(city().name),
      maxPrice: 50_000,
      availability: 'AVAILABLE',
      sort: 'price',
      limit: PAGE,
    }),
  ];
  return Array.from({ length: count }, (_, at) => kinds[at % kinds.length]!());
}

/** Three to seven letters of a performer or of a city. */
export function beginningsOf(
  { performers, cities }: GeneratedEvents,
  chance: Chance,
  count: number,
): string[] {
  const large = cities.filter(({ population }) => population > 200_000);
  return Array.from({ length: count }, (_, at) => {
    const whole = at % 3 === 0 ? pick(chance, large).name : pick(chance, performers);
    return whole.replace(/^The /, '').slice(0, 3 + Math.floor(chance() * 5));
  });
}

/** Two letters swapped. */
function misspelt(chance: Chance, name: string): string {
  const at = Math.max(1, Math.floor(name.length / 2 - 1 + chance()));
  return name.slice(0, at) + (name[at + 1] ?? '') + name[at]! + name.slice(at + 2);
}
