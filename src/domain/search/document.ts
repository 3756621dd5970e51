import type { PriceOfCategory } from '../seat-inventory/events.js';
import { monthAndDay, wordsOfCountry, wordsOfCountryNamed } from './calendar-words.js';
import { fold, joined, otherWordsOf, telling, wordsOf, type Word } from './words.js';

/** How many seats are left, roughly. What cannot be bought any more counts as sold out. */
export const AVAILABILITIES = ['AVAILABLE', 'FEW_LEFT', 'SOLD_OUT'] as const;
export type Availability = (typeof AVAILABILITIES)[number];

/** Source of a search document: an event with its latest changes. */
export interface SearchedEvent {
  readonly eventId: string;
  readonly name: string;
  /** ISO 8601. */
  readonly startsAt: string;
  /** IANA name; default: the time zone of the venue. */
  readonly timeZone?: string | null;
  readonly category: string | null;
  readonly performers: readonly string[];
  readonly description: string | null;
  readonly prices: readonly PriceOfCategory[];
  readonly cancelled?: boolean;
}

export interface SearchedVenue {
  readonly name: string;
  readonly city: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly location: { readonly lat: number; readonly lon: number };
  readonly timeZone: string;
}

/**
 * An event as it is searched. Words are folded, and stand by how much they tell: `title` more than
 * `place`, `place` more than `detail`, that more than `about`. A list's entries do not follow one
 * another.
 */
export interface SearchDocument {
  readonly eventId: string;
  readonly name: string;
  readonly performers: readonly string[];
  readonly venue: string;
  readonly city: string;
  readonly country: string;
  readonly category: string | null;
  readonly words: {
    /** Name and performers. */
    readonly title: readonly string[];
    /** Venue, city and other names of a country that performs. */
    readonly place: readonly string[];
    /** Parts of compounds, when it is in words, the country. */
    readonly detail: readonly string[];
    /** Category and description. */
    readonly about: readonly string[];
  };
  readonly nameKey: string;
  readonly cityKey: string;
  readonly categoryKey: string | null;
  readonly location: { readonly lat: number; readonly lon: number };
  /** Milliseconds since the epoch. */
  readonly startsAt: number;
  /** The same on the clock at the venue, as if that were UTC. */
  readonly localStart: number;
  /** At the venue, such as `2026-07`. */
  readonly month: string;
  readonly currency: string | null;
  /** Minor units, ascending, each once. */
  readonly prices: readonly number[];
  /** Bands that a price falls in, such as `USD 10000-24999`. */
  readonly priceBands: readonly string[];
  readonly availability: Availability;
}

/** Where price bands begin. Minor units. */
export const PRICE_BANDS = [0, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000] as const;

/** `USD 10000-24999`; the last is open: `USD 250000-`. */
export function priceBand(currency: string, amountMinor: number): string {
  const at = PRICE_BANDS.findLastIndex((from) => amountMinor >= from);
  const next = PRICE_BANDS[at + 1];
  return `${currency} ${PRICE_BANDS[at]}-${next === undefined ? '' : next - 1}`;
}

/** The name of a value that is compared as a whole: `bogotá` is `Bogota`. */
export const keyOf = (text: string): string => keyOfWords(wordsOf(text));

const keyOfWords = (words: readonly Word[]): string => words.map(({ word }) => word).join(' ');

export function documentOf(
  event: SearchedEvent,
  venue: SearchedVenue,
  availability: Availability,
): SearchDocument {
  const startsAt = Date.parse(event.startsAt);
  const when = monthAndDay(startsAt, event.timeZone ?? venue.timeZone);
  const amounts = [...new Set(event.prices.map(({ amountMinor }) => amountMinor))].sort(
    (a, b) => a - b,
  );
  const currency = event.prices[0]?.currency ?? null;
  const titles = [event.name, ...event.performers].map(wordsOf);
  const places = [venue.name, venue.city].map(wordsOf);
  const parts = [...titles, ...places].map((words) =>
    words.filter(({ compound }) => compound !== undefined),
  );
  const performing = titles.slice(1).flatMap(wordsOfCountryNamed);
  return {
    eventId: event.eventId,
    name: event.name,
    performers: event.performers,
    category: event.category,
    venue: venue.name,
    city: venue.city,
    country: venue.country,
    location: venue.location,
    words: {
      title: [
        ...titles.map((words) => line(joined(telling(words)))),
        ...[event.name, ...event.performers].flatMap(otherWordsOf),
      ],
      place: [
        ...places.map((words) => line(joined(telling(words)))),
        ...[venue.name, venue.city].flatMap(otherWordsOf),
        ...performing,
      ],
      detail: [
        ...parts
          .filter((words) => words.length > 0)
          .map((words) => line(words.map(({ word }) => word))),
        ...when.words,
        ...wordsOfCountry(venue.country),
        fold(venue.country),
      ],
      about: [event.category, event.description].flatMap((text) => (text ? aboutOf(text) : [])),
    },
    nameKey: keyOfWords(titles[0]!),
    cityKey: keyOfWords(places[1]!),
    categoryKey: event.category === null ? null : keyOf(event.category),
    startsAt,
    localStart: when.localStart,
    month: when.month,
    currency,
    prices: amounts,
    priceBands:
      currency === null ? [] : [...new Set(amounts.map((amount) => priceBand(currency, amount)))],
    availability: event.cancelled ? 'SOLD_OUT' : availability,
  };
}

/** A description both as written and in parts, so that `re-opening` is found either way. */
function aboutOf(text: string): string[] {
  const words = telling(wordsOf(text)).slice(0, MAX_ABOUT_WORDS);
  return [
    line(joined(words)),
    line(words.filter(({ compound }) => compound !== undefined).map(({ word }) => word)),
    ...otherWordsOf(text).slice(0, MAX_ABOUT_WORDS),
  ].filter((part) => part !== '');
}

/**
 * Words of a description that are searched; the database that has the least room takes a few
 * thousand.
 */
const MAX_ABOUT_WORDS = 1_000;

const line = (words: readonly string[]): string => words.join(' ');
