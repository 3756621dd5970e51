import type { SearchDocument } from '../../domain/search/document.js';
import { FIELDS, type Field } from '../../domain/search/weights.js';

/** Label of each field in a `tsvector`. */
export const LABELS: Readonly<Record<Field, string>> = {
  title: 'A',
  place: 'B',
  detail: 'C',
  about: 'D',
};
/** Between two entries of a field, so that their words do not follow one another. */
const GAP = 10;
/** The largest position that a `tsvector` keeps. */
const MAX_POSITION = 16_383;

export const tableOf = (set: string): string => `event_search_${set}`;
export const wordsTableOf = (set: string): string => `event_search_words_${set}`;

export const createTables = (set: string): string => `
  create table ${tableOf(set)} (
    event_id text collate "C" primary key,
    version bigint not null,
    name text not null,
    performers jsonb not null,
    venue text not null,
    city text not null,
    country text not null,
    category text,
    name_key text collate "C" not null,
    city_key text not null,
    category_key text,
    lat float8 not null,
    lon float8 not null,
    location earth not null,
    starts_at bigint not null,
    local_start bigint not null,
    month text not null,
    currency text,
    prices bigint[] not null,
    lowest_price bigint not null,
    price_bands text[] not null,
    availability text not null,
    words tsvector not null
  );
  create index on ${tableOf(set)} using gin (words) with (fastupdate = off);
  create index on ${tableOf(set)} using gist (location);
  create index on ${tableOf(set)} (starts_at, event_id);
  create index on ${tableOf(set)} (local_start, event_id);
  create index on ${tableOf(set)} (name_key, starts_at, event_id);
  create index on ${tableOf(set)} (lowest_price, starts_at, event_id);
  create index on ${tableOf(set)} (city_key, starts_at, event_id);
  create index on ${tableOf(set)} (category_key, starts_at, event_id);
  create index on ${tableOf(set)} (country, starts_at, event_id);
  create table ${wordsTableOf(set)} (word text collate "C" primary key);
  create index on ${wordsTableOf(set)} using gin (word gin_trgm_ops)`;

/** The words of a document as Postgres reads a `tsvector`, with their positions and labels. */
export function vectorOf({ words }: SearchDocument): string {
  const places = new Map<string, string[]>();
  let position = 1;
  for (const field of FIELDS) {
    for (const entry of words[field]) {
      for (const word of entry.split(' ')) {
        if (position > MAX_POSITION) return literal(places);
        const of = places.get(word) ?? [];
        if (of.length < MAX_PLACES) of.push(`${position}${LABELS[field]}`);
        places.set(word, of);
        position++;
      }
      position += GAP;
    }
  }
  return literal(places);
}

/** Most positions that a `tsvector` keeps for a word. */
const MAX_PLACES = 255;

/** Words hold neither a quotation mark nor a backslash, so nothing in them needs an escape. */
function literal(places: ReadonlyMap<string, readonly string[]>): string {
  return Array.from(places, ([word, at]) => (word === '' ? '' : `'${word}':${at.join(',')}`)).join(
    ' ',
  );
}

/** Every word of the documents once. */
export function vocabularyOf(documents: readonly SearchDocument[]): string[] {
  const all = new Set<string>();
  for (const { words } of documents)
    for (const field of FIELDS)
      for (const entry of words[field])
        for (const word of entry.split(' ')) if (/^\D{3,}$/.test(word)) all.add(word);
  return [...all].sort();
}
