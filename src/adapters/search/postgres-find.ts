import type pg from 'pg';
import type { Closeness, SoughtText, SoughtWord } from '../../domain/search/query.js';
import { typosBetween } from '../../domain/search/words.js';
import {
  MAX_COUNTED,
  MAX_FACET_VALUES,
  type EventSearch,
  type FoundEvents,
  type NotOver,
  type SuggestedEvent,
} from '../../ports/search/search-index.js';
import type { Query } from './postgres-connection.js';
import {
  conditionsOf,
  keyOfSort,
  matchOf,
  notOverCondition,
  parameters,
  scoreOf,
  type ExpandedText,
  type ExpandedWord,
} from './postgres-query.js';
import { tableOf, wordsTableOf } from './postgres-tables.js';

/** Most corrections considered for a word. */
const MAX_CORRECTIONS = 24;
/** Matches considered for suggestions: they are requested with every key stroke. */
const MAX_SUGGESTED_FROM = 2_000;

/** Adds to each word the words of the index that it may be a misspelling of. */
export async function expandText(
  query: Query,
  set: string,
  text: SoughtText,
  closeness: Closeness,
): Promise<ExpandedText> {
  const words = await Promise.all(
    text.words.map(async (word): Promise<ExpandedWord> => ({
      ...word,
      corrections:
        closeness === 'exact' || word.typos === 0 ? [] : await correctionsFor(query, set, word),
    })),
  );
  return { text, words, some: closeness === 'some' };
}

async function correctionsFor(
  query: Query,
  set: string,
  { word, typos }: SoughtWord,
): Promise<string[]> {
  const rows = await query<{ word: string }>(
    `select word from ${wordsTableOf(set)}
     where word % $1 and length(word) between $2 and $3
     order by similarity(word, $1) desc limit 200`,
    [word, word.length - typos, word.length + typos],
  );
  return rows
    .map((row) => row.word)
    .filter((other) => typosBetween(word, other, typos) <= typos)
    .slice(0, MAX_CORRECTIONS);
}

/** Returns the best matches for a partially typed text. */
export async function suggestEvents(
  query: Query,
  set: string,
  { text, limit, notOver }: { text: ExpandedText; limit: number; notOver: NotOver | undefined },
): Promise<SuggestedEvent[]> {
  const { values, add } = parameters();
  const onSale = notOver ? `and ${notOverCondition(notOver, add)}` : '';
  return query<SuggestedEvent & pg.QueryResultRow>(
    `select event_id as "eventId", name, performers, venue, city from (
       select *, ${scoreOf(text, add)} as score from (
         select * from ${tableOf(set)}
         where words @@ ${add(matchOf(text))}::tsquery ${onSale} limit ${MAX_SUGGESTED_FROM}) m) r
     order by score desc, starts_at, event_id limit ${add(limit)}`,
    values,
  );
}

interface HitRow {
  event_id: string;
  availability: FoundEvents['hits'][number]['availability'];
  starts_at: string;
  key: number | string | null;
  meters: number | null;
}

/** Returns a page of matches, their number and the facets. */
export async function findEvents(
  query: Query,
  set: string,
  search: EventSearch,
  text: ExpandedText | undefined,
): Promise<FoundEvents> {
  const [hits, [summary]] = await Promise.all([
    findPage(query, set, search, text),
    findSummary(query, set, search, text),
  ]);
  return { hits, total: summary!.total, facets: summary!.facets };
}

function matching(
  search: EventSearch,
  text: ExpandedText | undefined,
  add: (value: unknown) => string,
): string {
  const conditions = conditionsOf(search, add);
  if (search.notOver) conditions.push(notOverCondition(search.notOver, add));
  if (text) conditions.unshift(`words @@ ${add(matchOf(text))}::tsquery`);
  return conditions.length > 0 ? `where ${conditions.join(' and ')}` : '';
}

async function findPage(
  query: Query,
  set: string,
  search: EventSearch,
  text: ExpandedText | undefined,
): Promise<FoundEvents['hits']> {
  const { values, add } = parameters();
  const where = matching(search, text, add);
  const key = keyOfSort(search, text, add);
  const meters = search.near
    ? `earth_distance(
         ll_to_earth(${add(search.near.lat)}::float8, ${add(search.near.lon)}::float8), location)`
    : 'null::float8';
  // Ranking by words visits every match, so their number is limited.
  const from =
    search.sort === 'relevance' || (text && search.sort !== 'date')
      ? `(select * from ${tableOf(set)} ${where} limit ${MAX_COUNTED}) matching`
      : `${tableOf(set)} ${where}`;
  const order = key === undefined ? 'starts_at, event_id' : 'key, starts_at, event_id';
  const after = search.after ? `where ${afterCondition(search.after, key !== undefined, add)}` : '';
  const rows = await query<HitRow>(
    `select * from (
       select event_id, availability, starts_at, ${key ?? 'null::int'} as key, ${meters} as meters
       from ${from}) found
     ${after} order by ${order} limit ${add(search.limit)}`,
    values,
  );
  return rows.map((row) => ({
    eventId: row.event_id,
    availability: row.availability,
    ...(row.meters !== null && { distanceKm: row.meters / 1_000 }),
    place: {
      ...(row.key !== null && { key: search.sort === 'name' ? row.key : Number(row.key) }),
      startsAt: Number(row.starts_at),
      eventId: row.event_id,
    },
  }));
}

function afterCondition(
  { key, startsAt, eventId }: NonNullable<EventSearch['after']>,
  keyed: boolean,
  add: (value: unknown) => string,
): string {
  const rest = `${add(startsAt)}::bigint, ${add(eventId)}::text`;
  if (!keyed) return `(starts_at, event_id) > (${rest})`;
  const type = typeof key === 'string' ? 'text' : 'float8';
  return `(key, starts_at, event_id) > (${add(key)}::${type}, ${rest})`;
}

interface SummaryRow {
  total: number;
  facets: FoundEvents['facets'];
}

const facet = (column: string, order = 'count(*) desc, value'): string => `(
  select coalesce(json_agg(f), '[]') from (
    select value, count(*)::int as count from ${column} listed where value is not null
    group by value order by ${order} limit ${MAX_FACET_VALUES}) f)`;

async function findSummary(
  query: Query,
  set: string,
  search: EventSearch,
  text: ExpandedText | undefined,
): Promise<SummaryRow[]> {
  const { values, add } = parameters();
  return query<SummaryRow & pg.QueryResultRow>(
    `with matching as materialized (
       select city, category, month, price_bands, availability
       from ${tableOf(set)} ${matching(search, text, add)}
       limit ${MAX_COUNTED})
     select (select count(*)::int from matching) as total, json_build_object(
       'cities', ${facet('(select city as value from matching)')},
       'categories', ${facet('(select category as value from matching)')},
       'months', ${facet('(select month as value from matching)', 'value')},
       'priceBands', ${facet('(select unnest(price_bands) as value from matching)')},
       'availability', ${facet('(select availability as value from matching)')}) as facets`,
    values,
  );
}
