import type { SoughtText, SoughtWord } from '../../domain/search/query.js';
import {
  FIELDS,
  NAME_WEIGHT,
  OPTIONAL_WEIGHT,
  TYPO_WEIGHTS,
  WEIGHTS,
} from '../../domain/search/weights.js';
import type {
  EventSearch,
  NotOver,
  SearchFilter,
  TimeBound,
} from '../../ports/search/search-index.js';
import { LABELS } from './postgres-tables.js';

/** Gathers the values of a statement, so that nothing a user sends becomes part of its text. */
export interface Parameters {
  readonly values: unknown[];
  /** `$1`, `$2` … for the value. */
  add(value: unknown): string;
}

export function parameters(): Parameters {
  const values: unknown[] = [];
  return { values, add: (value) => `$${values.push(value)}` };
}

/** A word, and the words of the index that it may be a misspelling of. */
export interface ExpandedWord extends SoughtWord {
  readonly corrections: readonly string[];
}

export interface ExpandedText {
  readonly text: SoughtText;
  readonly words: readonly ExpandedWord[];
  /** Whether one word is enough. */
  readonly some: boolean;
}

const quoted = (word: string): string => `'${word}'`;
const anyOf = (alternatives: readonly string[]): string => `(${alternatives.join(' | ')})`;
const wholes = ({ word, others }: SoughtWord): string[] => [word, ...others].map(quoted);
/** All places where a word may be found. */
const anywhere = (word: ExpandedWord): string =>
  anyOf([
    ...wholes(word),
    ...(word.isPrefix ? [`'${word.word}':*`] : []),
    ...word.corrections.map(quoted),
  ]);

/**
 * Which documents match: a `tsquery` of words that hold neither a quotation mark nor a backslash.
 */
export function matchOf({ words, some }: ExpandedText): string {
  return words.map(anywhere).join(some ? ' | ' : ' & ');
}

/** SQL of the score of a matching document, by `WEIGHTS`. */
export function scoreOf({ text, words }: ExpandedText, add: Parameters['add']): string {
  const found = (query: string) => `words @@ ${add(query)}::tsquery`;
  /** The weight of the best match. */
  const caseOf = (cases: readonly (readonly [weight: number, query: string])[]): string => {
    const branches = [...cases]
      .sort(([one], [other]) => other - one)
      .map(([weight, query]) => `when ${found(query)} then ${weight}`);
    return `case ${branches.join(' ')} else 0 end`;
  };
  const sum = words.map((word) => {
    const cases: [weight: number, query: string][] = FIELDS.flatMap((field) => {
      const label = LABELS[field];
      const rows: [number, string][] = [
        [WEIGHTS[field].whole, anyOf(wholes(word).map((one) => `${one}:${label}`))],
      ];
      if (word.isPrefix) rows.push([WEIGHTS[field].prefix, `${quoted(word.word)}:*${label}`]);
      return rows;
    });
    if (word.corrections.length > 0) {
      const inTitle = word.corrections.map((one) => `${quoted(one)}:${LABELS.title}`);
      cases.push([TYPO_WEIGHTS.title, anyOf(inTitle)]);
      cases.push([TYPO_WEIGHTS.elsewhere, anyOf(word.corrections.map(quoted))]);
    }
    return caseOf(cases);
  });
  for (let at = 1; at < words.length; at++) {
    const pair = (label: string) =>
      [words[at - 1]!, words[at]!].map(({ word }) => `${quoted(word)}:${label}`).join(' <-> ');
    sum.push(caseOf(FIELDS.map((field) => [WEIGHTS[field].pair, pair(LABELS[field])])));
  }
  for (const word of text.optional) {
    sum.push(`case when ${found(quoted(word))} then ${OPTIONAL_WEIGHT} else 0 end`);
  }
  const name = add(words.map(({ word }) => word).join(' '));
  sum.push(`case when name_key = ${name} then ${NAME_WEIGHT} else 0 end`);
  return `(${sum.join(' + ')})`;
}

/**
 * Meters from the middle of the earth's surface to a point of it, straight through: it orders as
 * the way over it does.
 */
export const chordTo = (
  { lat, lon }: { lat: number; lon: number },
  add: Parameters['add'],
): string => `(location <-> ll_to_earth(${add(lat)}::float8, ${add(lon)}::float8)::cube)`;

export function notOverCondition(
  { startsAfter, orEventIds }: NotOver,
  add: Parameters['add'],
): string {
  const later = `starts_at > ${add(startsAfter)}::bigint`;
  return orEventIds.length === 0
    ? later
    : `(${later} or event_id = any(${add(orEventIds)}::text[]))`;
}

export function conditionsOf(filter: SearchFilter, add: Parameters['add']): string[] {
  const { near, from, to, minPrice, maxPrice } = filter;
  const equalities = {
    city_key: filter.city,
    category_key: filter.category,
    country: filter.country,
    availability: filter.availability,
    currency: filter.currency,
  };
  const conditions = Object.entries(equalities).flatMap(([column, value]) =>
    value === undefined ? [] : [`${column} = ${add(value)}`],
  );
  if (from) conditions.push(bound(from, '>=', add));
  if (to) conditions.push(bound(to, '<=', add));
  if (near) conditions.push(nearCondition(near, add));
  if (minPrice !== undefined || maxPrice !== undefined)
    conditions.push(priceCondition(minPrice, maxPrice, add));
  return conditions;
}

function nearCondition(
  { lat, lon, radiusKm }: NonNullable<SearchFilter['near']>,
  add: Parameters['add'],
): string {
  const place = `ll_to_earth(${add(lat)}::float8, ${add(lon)}::float8)`;
  const meters = `${add(radiusKm * 1_000)}::float8`;
  return (
    `earth_box(${place}, ${meters}) @> location ` +
    `and earth_distance(${place}, location) <= ${meters}`
  );
}

function priceCondition(min = 0, max = Number.MAX_SAFE_INTEGER, add: Parameters['add']): string {
  const least = `${add(min)}::bigint`;
  const most = `${add(max)}::bigint`;
  return (
    `lowest_price <= ${most} ` +
    `and exists (select from unnest(prices) p where p between ${least} and ${most})`
  );
}

function bound(time: TimeBound, compares: '>=' | '<=', add: Parameters['add']): string {
  return 'instant' in time
    ? `starts_at ${compares} ${add(time.instant)}::bigint`
    : `local_start ${compares} ${add(time.local)}::bigint`;
}

/** Returns the sort key before the start time; undefined when sorting by start time. */
export function keyOfSort(
  search: EventSearch,
  text: ExpandedText | undefined,
  add: Parameters['add'],
): string | undefined {
  switch (search.sort) {
    case 'relevance':
      return `(-${text ? scoreOf(text, add) : '0'})`;
    case 'distance':
      return chordTo(search.near!, add);
    case 'price':
      return 'lowest_price';
    case 'name':
      return 'name_key';
    case 'date':
      return undefined;
  }
}
