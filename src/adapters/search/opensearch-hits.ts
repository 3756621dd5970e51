import {
  MAX_COUNTED,
  type EventSearch,
  type Facet,
  type FoundEvent,
  type FoundEvents,
  type SuggestedEvent,
} from '../../ports/search/search-index.js';

interface Hit {
  readonly _id: string;
  readonly sort: (number | string)[];
  readonly _source: SuggestedEvent & { readonly availability: FoundEvent['availability'] };
}
/** The answer to one search of a request. */
export interface Answer {
  readonly error?: { readonly type: string; readonly reason?: string };
  readonly status?: number;
  readonly timed_out?: boolean;
  readonly hits: { readonly total?: { readonly value: number }; readonly hits: readonly Hit[] };
  readonly aggregations?: Record<string, { buckets: { key: string; doc_count: number }[] }>;
}

/**
 * Returns the keys after which the next page starts, in the order of `sortOf`; undefined for the
 * first.
 */
export function searchAfterOf({ sort, near, after }: EventSearch): unknown[] | undefined {
  if (!after) return undefined;
  const key =
    after.key === undefined ? [] : [sort === 'relevance' ? -Number(after.key) : after.key];
  const distance = near && sort !== 'distance' ? [Number.MAX_SAFE_INTEGER] : [];
  return [...key, after.startsAt, after.eventId, ...distance];
}

export function toFound(
  search: EventSearch,
  page: Answer,
  { aggregations = {} }: Answer,
): FoundEvents {
  const facet = (name: string): Facet[] =>
    (aggregations[name]?.buckets ?? []).map(({ key, doc_count: count }) => ({ value: key, count }));
  return {
    total: Math.min(page.hits.total?.value ?? 0, MAX_COUNTED),
    hits: page.hits.hits.map((hit) => toHit(search, hit)),
    facets: {
      cities: facet('cities'),
      categories: facet('categories'),
      months: facet('months'),
      priceBands: facet('priceBands'),
      availability: facet('availability'),
    },
  };
}

function toHit(
  { sort, near }: EventSearch,
  { _id: eventId, _source, sort: keys }: Hit,
): FoundEvent {
  const [first] = keys;
  const startsAt = Number(sort === 'date' ? first : keys[1]);
  const key = sort === 'date' ? undefined : sort === 'relevance' ? -Number(first) : first!;
  const meters = Number(sort === 'distance' ? first : keys.at(-1));
  return {
    eventId,
    availability: _source.availability,
    ...(near && { distanceKm: meters / 1_000 }),
    place: { ...(key !== undefined && { key }), startsAt, eventId },
  };
}
