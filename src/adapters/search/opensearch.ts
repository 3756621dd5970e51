import { Client } from '@opensearch-project/opensearch';
import {
  MAX_COUNTED,
  SearchUnavailable,
  type EventSearch,
  type FoundEvents,
  type SearchIndex,
} from '../../ports/search/search-index.js';
import type { Clock } from '../../ports/system/clock.js';
import { putDocuments } from './opensearch-bulk.js';
import { orUnavailable, rejectionOf } from './opensearch-errors.js';
import { searchAfterOf, toFound, type Answer } from './opensearch-hits.js';
import { aggregations, notOverClause, queryOf, sortOf, textClause } from './opensearch-query.js';
import { openIndexSets } from './opensearch-sets.js';

export interface OpenSearchOptions {
  readonly url: string;
  /** Name of the alias that is searched; an index is named after it and its set. */
  readonly alias: string;
  readonly clock: Clock;
}

/** Timeouts of searches and of other requests. Milliseconds. */
const LIMITS_MS = { search: 5_000, other: 30_000 };
/** Matches considered for suggestions: they are requested with every key stroke. */
const MAX_SUGGESTED_FROM = 2_000;

/**
 * Opens the search in OpenSearch: one index per set, and an alias for the set that searches use.
 */
export function openOpenSearch({ url, alias, clock }: OpenSearchOptions): SearchIndex {
  const client = new Client({ node: url, maxRetries: 0, requestTimeout: LIMITS_MS.other });
  const { indexOf, ...sets } = openIndexSets(client, alias);
  const ask: Ask = (searches) => multiSearch(client, alias, searches);
  return {
    engine: 'opensearch',
    ...sets,
    put: async (set, documents, { found = 'at-once' } = {}) => {
      await putDocuments(client, clock, indexOf(set), documents);
      // An index refreshes itself only every few seconds.
      if (documents.length > 0 && found === 'at-once')
        await orUnavailable(client.indices.refresh({ index: indexOf(set) }));
    },
    search: (search) => findEvents(ask, search),
    suggest: async (text, closeness, limit, notOver) => {
      const [found] = await ask([
        {
          query: notOver
            ? { bool: { must: textClause(text, closeness), filter: notOverClause(notOver) } }
            : textClause(text, closeness),
          sort: [{ _score: 'desc' }, { startsAt: 'asc' }, { eventId: 'asc' }],
          size: limit,
          terminate_after: MAX_SUGGESTED_FROM,
          track_total_hits: false,
          _source: ['eventId', 'name', 'performers', 'venue', 'city'],
        },
      ]);
      return found!.hits.hits.map(({ _source }) => _source);
    },
    ping: async () =>
      void (await orUnavailable(client.ping({}, { requestTimeout: LIMITS_MS.search }))),
    close: () => client.close(),
  };
}

type Ask = (searches: readonly object[]) => Promise<Answer[]>;

/** Sends several searches in one request. @throws SearchUnavailable */
async function multiSearch(
  client: Client,
  alias: string,
  searches: readonly object[],
): Promise<Answer[]> {
  const lines = searches.flatMap((body) => [
    { index: alias, request_cache: 'size' in body && body.size === 0 },
    body,
  ]);
  const { body } = await orUnavailable(
    client.msearch({ body: lines as never }, { requestTimeout: LIMITS_MS.search }),
  );
  const answers = (body as unknown as { responses: Answer[] }).responses;
  for (const { error, status, timed_out: late } of answers) {
    if (error) throw rejectionOf(error.type, status ?? 0, error.reason);
    if (late) throw new SearchUnavailable('OpenSearch did not answer in time.');
  }
  return answers;
}

async function findEvents(ask: Ask, search: EventSearch): Promise<FoundEvents> {
  const query = queryOf(search);
  const page = {
    query,
    sort: sortOf(search),
    size: search.limit,
    track_total_hits: MAX_COUNTED,
    _source: ['availability'],
    timeout: `${LIMITS_MS.search}ms`,
    search_after: searchAfterOf(search),
  };
  // Ranking by words visits every match and so counts them. Without words the page ends early, and
  // the counts, which are often the same, come from a cache.
  if (search.text) {
    const [found] = await ask([{ ...page, aggs: aggregations }]);
    return toFound(search, found!, found!);
  }
  const counted = {
    query,
    size: 0,
    terminate_after: MAX_COUNTED,
    aggs: aggregations,
    track_total_hits: false,
  };
  const [found, summary] = await ask([page, counted]);
  return toFound(search, found!, summary!);
}
