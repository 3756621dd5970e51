import type { Closeness, SoughtText, SoughtWord } from '../../domain/search/query.js';
import {
  MAX_BEGINNING,
  NAME_WEIGHT,
  OPTIONAL_WEIGHT,
  pairOf,
  TYPO_WEIGHTS,
} from '../../domain/search/weights.js';
import {
  MAX_FACET_VALUES,
  type EventSearch,
  type NotOver,
  type SearchFilter,
  type TimeBound,
} from '../../ports/search/search-index.js';

type Clause = Record<string, unknown>;

/**
 * Letters at the beginning that have to be right where two may be wrong: else too many words would
 * be compared.
 */
const SURE_LETTERS = 2;

const constant = (boost: number, filter: Clause): Clause => ({ constant_score: { filter, boost } });

/** The best place that one word is found in. */
function wordClause(word: SoughtWord, closeness: Closeness): Clause {
  const queries: Clause[] = [word.word, ...word.others].map((words) => ({ term: { words } }));
  if (word.isPrefix) queries.push({ term: { beginnings: word.word.slice(0, MAX_BEGINNING) } });
  if (closeness !== 'exact' && word.typos > 0) {
    const fuzzy = {
      value: word.word,
      fuzziness: word.typos,
      transpositions: true,
      rewrite: 'constant_score',
      prefix_length: word.typos > 1 ? SURE_LETTERS : 0,
    };
    queries.push(constant(TYPO_WEIGHTS.title, { fuzzy: { title: fuzzy } }));
    queries.push(constant(TYPO_WEIGHTS.elsewhere, { fuzzy: { words: fuzzy } }));
  }
  return queries.length === 1 ? queries[0]! : { dis_max: { queries, tie_breaker: 0 } };
}

/** Scores are sums of whole numbers. */
export function textClause(text: SoughtText, closeness: Closeness): Clause {
  const words = text.words.map((word) => wordClause(word, closeness));
  const extra: Clause[] = text.optional.map((word) =>
    constant(OPTIONAL_WEIGHT, { term: { words: word } }),
  );
  for (let at = 1; at < text.words.length; at++) {
    extra.push({ term: { pairs: pairOf(text.words[at - 1]!.word, text.words[at]!.word) } });
  }
  extra.push(
    constant(NAME_WEIGHT, { term: { nameKey: text.words.map(({ word }) => word).join(' ') } }),
  );
  if (closeness !== 'some') return { bool: { must: words, should: extra } };
  return { bool: { must: { bool: { should: words, minimum_should_match: 1 } }, should: extra } };
}

export function filterClauses(filter: SearchFilter): Clause[] {
  const { near, from, to, minPrice, maxPrice } = filter;
  const terms = {
    cityKey: filter.city,
    categoryKey: filter.category,
    country: filter.country,
    availability: filter.availability,
    currency: filter.currency,
  };
  const clauses = Object.entries(terms).flatMap(([field, value]): Clause[] =>
    value === undefined ? [] : [{ term: { [field]: value } }],
  );
  if (from) clauses.push(bound(from, 'gte'));
  if (to) clauses.push(bound(to, 'lte'));
  if (near) {
    const location = { lat: near.lat, lon: near.lon };
    clauses.push({ geo_distance: { distance: `${near.radiusKm}km`, location } });
  }
  if (minPrice !== undefined || maxPrice !== undefined)
    clauses.push({
      range: {
        prices: {
          ...(minPrice !== undefined && { gte: minPrice }),
          ...(maxPrice !== undefined && { lte: maxPrice }),
        },
      },
    });
  return clauses;
}

const bound = (time: TimeBound, compares: 'gte' | 'lte'): Clause =>
  'instant' in time
    ? { range: { startsAt: { [compares]: time.instant } } }
    : { range: { localStart: { [compares]: time.local } } };

export function notOverClause({ startsAfter, orEventIds }: NotOver): Clause {
  const later = { range: { startsAt: { gt: startsAfter } } };
  if (orEventIds.length === 0) return later;
  return { bool: { should: [later, { terms: { eventId: orEventIds } }], minimum_should_match: 1 } };
}

export function queryOf(search: EventSearch): Clause {
  const filter = filterClauses(search);
  if (search.notOver) filter.push(notOverClause(search.notOver));
  if (!search.text) return filter.length === 0 ? { match_all: {} } : { bool: { filter } };
  return { bool: { must: textClause(search.text, search.closeness), filter } };
}

/** `distance` comes last too where hits are not sorted by it: every hit then has it. */
export function sortOf({ sort, near }: EventSearch): Clause[] {
  const distance = near && {
    _geo_distance: {
      location: { lat: near.lat, lon: near.lon },
      unit: 'm',
      order: 'asc',
      distance_type: 'arc',
    },
  };
  const equals: Clause[] = [{ startsAt: 'asc' }, { eventId: 'asc' }];
  const lastKey: Clause[] = distance && sort !== 'distance' ? [distance] : [];
  switch (sort) {
    case 'relevance':
      return [{ _score: 'desc' }, ...equals, ...lastKey];
    case 'distance':
      return [distance!, ...equals];
    case 'price':
      return [{ lowestPrice: 'asc' }, ...equals, ...lastKey];
    case 'name':
      return [{ nameKey: 'asc' }, ...equals, ...lastKey];
    case 'date':
      return [...equals, ...lastKey];
  }
}

const terms = (field: string, order?: Clause): Clause => ({
  terms: { field, size: MAX_FACET_VALUES, order: order ?? [{ _count: 'desc' }, { _key: 'asc' }] },
});

export const aggregations = {
  cities: terms('city'),
  categories: terms('category'),
  months: terms('month', { _key: 'asc' }),
  priceBands: terms('priceBands'),
  availability: terms('availability'),
};
