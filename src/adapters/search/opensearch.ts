import { Client, errors } from '@opensearch-project/opensearch';
import type { Closeness, SoughtText } from '../../domain/search/query.js';
import type { Clock } from '../../ports/system/clock.js';
import {
  MAX_COUNTED,
  SearchUnavailable,
  type EventSearch,
  type Facet,
  type FoundEvent,
  type FoundEvents,
  type IndexSet,
  type SearchIndex,
  type SuggestedEvent,
  type VersionedDocument,
} from '../../ports/search/search-index.js';
import { bulkLines, indexBody } from './opensearch-index.js';
import { aggregations, notOverClause, queryOf, sortOf, textClause } from './opensearch-query.js';

export interface OpenSearchOptions {
  readonly url: string;
  /** Name of the alias that is searched; an index is named after it and its set. */
  readonly alias: string;
  readonly clock: Clock;
}

/** Timeouts of searches and of other requests. Milliseconds. */
const LIMITS_MS = { search: 5_000, other: 30_000 };
/** Pauses before rejected documents are sent again to a busy server. Milliseconds. */
const PAUSES_MS = [100, 300, 1_000, 3_000];
/** Bytes of documents after which a new request starts. */
const BULK_BYTES = 4 * 1024 * 1024;
/** Segments to which a filled index is merged. */
const SEGMENTS = 4;
/** Matches considered for suggestions: they are requested with every key stroke. */
const MAX_SUGGESTED_FROM = 2_000;
const TOO_BUSY = 429;
const OLDER_VERSION = 409;
const NOT_FOUND = 404;
const SET = /^[a-z0-9_]{1,20}$/;

interface Hit {
  readonly _id: string;
  readonly sort: (number | string)[];
  readonly _source: SuggestedEvent & { readonly availability: FoundEvent['availability'] };
}
interface Answer {
  readonly error?: { readonly type: string; readonly reason?: string };
  readonly status?: number;
  readonly timed_out?: boolean;
  readonly hits: { readonly total?: { readonly value: number }; readonly hits: readonly Hit[] };
  readonly aggregations?: Record<string, { buckets: { key: string; doc_count: number }[] }>;
}

/** Opens the search in OpenSearch: one index per set, and an alias for the set that searches use. */
export function openOpenSearch({ url, alias, clock }: OpenSearchOptions): SearchIndex {
  const client = new Client({ node: url, maxRetries: 0, requestTimeout: LIMITS_MS.other });
  const indexOf = (set: IndexSet): string => {
    if (!SET.test(set)) throw new Error(`${JSON.stringify(set)} is not the name of an index.`);
    return `${alias}-${set}`;
  };
  const setOf = (index: string): IndexSet => index.slice(alias.length + 1);

  const idOf = async (index: string): Promise<string | undefined> => {
    const found = await unlessMissing(client.indices.getSettings({ index }));
    const settings = found?.body[index] as { settings?: { index?: { uuid?: string } } } | undefined;
    return settings?.settings?.index?.uuid;
  };

  const serving = async (): Promise<IndexSet | undefined> => {
    const found = await unlessMissing(client.indices.getAlias({ name: alias }));
    const [index] = Object.keys(found?.body ?? {});
    return index === undefined ? undefined : setOf(index);
  };

  const ask = async (searches: readonly object[]): Promise<Answer[]> => {
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
  };

  return {
    engine: 'opensearch',
    prepare: async (set) => {
      const index = indexOf(set);
      const known = await idOf(index);
      if (known !== undefined) return known;
      try {
        await client.indices.create({ index, body: indexBody as never });
      } catch (error) {
        // Another node may have created it first.
        if (typeOf(error) !== 'resource_already_exists_exception') throw asUnavailable(error);
      }
      return (await idOf(index))!;
    },

    put: async (set, documents, { found = 'at-once' } = {}) => {
      for (const part of inParts(documents)) await putPart(client, clock, indexOf(set), part);
      // An index refreshes itself only every few seconds.
      if (documents.length > 0 && found === 'at-once')
        await orUnavailable(client.indices.refresh({ index: indexOf(set) }));
    },

    serving,
    serve: async (set) => {
      const actions = [
        { remove: { index: `${alias}-*`, alias, must_exist: false } },
        { add: { index: indexOf(set), alias } },
      ];
      await orUnavailable(client.indices.updateAliases({ body: { actions } }));
      // A newly filled index has many segments, which slow down every search. Merging is slow and may fail.
      await client.indices
        .forcemerge({ index: indexOf(set), max_num_segments: SEGMENTS, wait_for_completion: false })
        .catch(() => {});
    },
    sets: async () => {
      const { body } = await orUnavailable(
        client.indices.get({ index: `${alias}-*`, allow_no_indices: true }),
      );
      return Object.keys(body)
        .map(setOf)
        .filter((set) => SET.test(set));
    },
    remove: async (set) => {
      await unlessMissing(client.indices.delete({ index: indexOf(set) }));
    },

    search: async (search) => {
      const query = queryOf(search);
      const page = {
        query,
        sort: sortOf(search),
        size: search.limit,
        track_total_hits: MAX_COUNTED,
        _source: ['availability'],
        timeout: `${LIMITS_MS.search}ms`,
        search_after: placeOf(search),
      };
      // Ranking by words visits every match and so counts them. Without words the page ends early, and the
      // counts, which are often the same, come from a cache.
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
    },

    suggest: async (text: SoughtText, closeness: Closeness, limit, notOver) => {
      const [found] = await ask([
        {
          query: notOver
            ? { bool: { must: textClause(text, closeness), filter: notOverClause(notOver) } }
            : textClause(text, closeness),
          sort: [{ _score: 'desc' }, { startsAt: 'asc' }, { eventId: 'asc' }],
          ...{ size: limit, terminate_after: MAX_SUGGESTED_FROM, track_total_hits: false },
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

/** Returns the keys after which the next page starts, in the order of `sortOf`; undefined for the first. */
function placeOf({ sort, near, after }: EventSearch): unknown[] | undefined {
  if (!after) return undefined;
  const key =
    after.key === undefined ? [] : [sort === 'relevance' ? -Number(after.key) : after.key];
  const distance = near && sort !== 'distance' ? [Number.MAX_SAFE_INTEGER] : [];
  return [...key, after.startsAt, after.eventId, ...distance];
}

function toFound(search: EventSearch, page: Answer, { aggregations = {} }: Answer): FoundEvents {
  const facet = (name: string): Facet[] =>
    (aggregations[name]?.buckets ?? []).map(({ key, doc_count: count }) => ({ value: key, count }));
  return {
    total: Math.min(page.hits.total?.value ?? 0, MAX_COUNTED),
    hits: page.hits.hits.map((hit) => toHit(search, hit)),
    facets: {
      ...{ cities: facet('cities'), categories: facet('categories'), months: facet('months') },
      ...{ priceBands: facet('priceBands'), availability: facet('availability') },
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
  const metres = Number(sort === 'distance' ? first : keys.at(-1));
  return {
    ...{ eventId, availability: _source.availability },
    ...(near && { distanceKm: metres / 1_000 }),
    place: { ...(key !== undefined && { key }), startsAt, eventId },
  };
}

function* inParts(documents: readonly VersionedDocument[]): Generator<VersionedDocument[]> {
  let part: VersionedDocument[] = [];
  let bytes = 0;
  for (const one of documents) {
    part.push(one);
    bytes += JSON.stringify(one.document).length;
    if (bytes < BULK_BYTES) continue;
    yield part;
    part = [];
    bytes = 0;
  }
  if (part.length > 0) yield part;
}

interface BulkAnswer {
  readonly errors: boolean;
  readonly items: readonly {
    readonly index: {
      readonly _id: string;
      readonly status: number;
      readonly error?: { readonly type: string; readonly reason?: string };
    };
  }[];
}

/** Stores documents; retries those that a busy server rejected. The same or a newer version is kept. */
async function putPart(
  client: Client,
  clock: Clock,
  index: string,
  documents: readonly VersionedDocument[],
): Promise<void> {
  let left = documents;
  for (let attempt = 0; ; attempt++) {
    const answer = await bulk(client, index, left);
    if (answer !== 'busy') {
      const rejected = answer.items.filter(
        ({ index: item }) => item.error && item.status !== OLDER_VERSION,
      );
      const final = rejected.find(({ index: item }) => item.status !== TOO_BUSY)?.index;
      if (final)
        throw rejectionOf(final.error!.type, final.status, `${final._id}: ${final.error!.reason}`);
      if (rejected.length === 0) return;
      const again = new Set(rejected.map(({ index: item }) => item._id));
      left = left.filter(({ document }) => again.has(document.eventId));
    }
    const pause = PAUSES_MS[attempt];
    if (pause === undefined)
      throw new SearchUnavailable('OpenSearch is too busy to store documents.');
    await clock.sleep(pause);
  }
}

async function bulk(
  client: Client,
  index: string,
  documents: readonly VersionedDocument[],
): Promise<BulkAnswer | 'busy'> {
  try {
    const { body } = await client.bulk({
      body: bulkLines(index, documents) as never,
      require_alias: false,
    });
    return body as unknown as BulkAnswer;
  } catch (error) {
    if (error instanceof errors.ResponseError && error.statusCode === TOO_BUSY) return 'busy';
    throw asUnavailable(error);
  }
}

const typeOf = (error: unknown): string | undefined =>
  error instanceof errors.ResponseError
    ? (error.body as { error?: { type?: string } } | null)?.error?.type
    : undefined;

async function unlessMissing<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof errors.ResponseError && error.statusCode === NOT_FOUND) return undefined;
    throw asUnavailable(error);
  }
}

async function orUnavailable<T>(asked: PromiseLike<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    throw asUnavailable(error);
  }
}

/** Timeouts and missing shards or indices are temporary. Any other rejection is a programming error. */
function asUnavailable(error: unknown): Error {
  if (error instanceof errors.ResponseError) {
    const { type = '', reason } =
      (error.body as { error?: { type?: string; reason?: string } })?.error ?? {};
    return rejectionOf(type, error.statusCode, reason, error);
  }
  if (error instanceof errors.OpenSearchClientError)
    return new SearchUnavailable(`OpenSearch does not answer: ${error.message}`, { cause: error });
  return error as Error;
}

function rejectionOf(type: string, status: number, reason = '', cause?: unknown): Error {
  const text = `OpenSearch: ${status} ${type}: ${reason}`;
  const mayPass = status === TOO_BUSY || status >= 500 || type === 'index_not_found_exception';
  return mayPass ? new SearchUnavailable(text, { cause }) : new Error(text, { cause });
}
