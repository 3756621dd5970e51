import pg from 'pg';
import type { Closeness, SoughtText, SoughtWord } from '../../domain/search/query.js';
import { typosBetween } from '../../domain/search/words.js';
import {
  MAX_COUNTED,
  MAX_FACET_VALUES,
  SearchUnavailable,
  type EventSearch,
  type FoundEvents,
  type SearchIndex,
  type SuggestedEvent,
  type VersionedDocument,
} from '../../ports/search/search-index.js';
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
import { createTables, tableOf, vectorOf, vocabularyOf, wordsTableOf } from './postgres-tables.js';
import { IDLE_IN_TRANSACTION_MS } from '../../ports/system/idle-limit.js';

export interface PostgresSearchOptions {
  readonly connectionString: string;
  /** Most connections: it limits the load of searches on the database. */
  readonly poolSize?: number;
  readonly log?: (message: string) => void;
}

const POOL_SIZE = 4;
/** Timeout of a statement. Milliseconds. */
const LIMIT_MS = 5_000;
/** Least trigram similarity of a possible misspelling; the edit distance then decides. */
const LEAST_SIMILARITY = 0.2;
/** Most corrections considered for a word. */
const MAX_CORRECTIONS = 24;
/** Time for which a node caches the serving set. Milliseconds. */
const SERVING_FOR_MS = 500;
const EXTENSIONS = ['pg_trgm', 'cube', 'earthdistance'];
/** SQLSTATE of a missing table: the set was removed meanwhile. */
const NO_TABLE = '42P01';
const SET = /^[a-z0-9_]{1,20}$/;

/** Opens the search in Postgres: words by `tsvector`, misspellings by `pg_trgm`, distances by `earthdistance`. */
export function openPostgresSearch(options: PostgresSearchOptions): SearchIndex {
  const pool = new pg.Pool({
    connectionString: options.connectionString,
    max: options.poolSize ?? POOL_SIZE,
    application_name: 'boxoffice-search',
    options: `-c pg_trgm.similarity_threshold=${LEAST_SIMILARITY}`,
    keepAlive: true,
    connectionTimeoutMillis: LIMIT_MS,
    statement_timeout: LIMIT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    query_timeout: LIMIT_MS + 1_000,
  });
  pool.on('error', (error) => options.log?.(`search connection lost: ${error.message}`));
  let known: { set: string; until: number } | undefined;

  const query = async <Row extends pg.QueryResultRow>(
    text: string,
    values: unknown[] = [],
  ): Promise<Row[]> => {
    try {
      return (await pool.query<Row>(text, values)).rows;
    } catch (error) {
      throw asUnavailable(error);
    }
  };

  const serving = async (): Promise<string | undefined> => {
    const [row] = await query<{ index_set: string }>('select index_set from search_index_serving');
    return row?.index_set;
  };

  /** Queries the serving set; retries once when it was removed meanwhile. */
  const asking = async <Answer>(ask: (set: string) => Promise<Answer>): Promise<Answer> => {
    for (let first = true; ; first = false) {
      if (!known || known.until < Date.now() || !first) {
        const set = await serving();
        if (set === undefined) throw new SearchUnavailable('The search index does not exist yet.');
        known = { set, until: Date.now() + SERVING_FOR_MS };
      }
      try {
        return await ask(known.set);
      } catch (error) {
        if (!first || (error as { code?: string }).code !== NO_TABLE) throw error;
      }
    }
  };

  const expand = async (
    set: string,
    text: SoughtText,
    closeness: Closeness,
  ): Promise<ExpandedText> => {
    const words = await Promise.all(
      text.words.map(async (word): Promise<ExpandedWord> => ({
        ...word,
        misspelt: closeness === 'exact' || word.typos === 0 ? [] : await correctionsFor(set, word),
      })),
    );
    return { text, words, some: closeness === 'some' };
  };

  const correctionsFor = async (set: string, { word, typos }: SoughtWord): Promise<string[]> => {
    const rows = await query<{ word: string }>(
      `select word from ${wordsTableOf(set)}
       where word % $1 and length(word) between $2 and $3 order by similarity(word, $1) desc limit 200`,
      [word, word.length - typos, word.length + typos],
    );
    return rows
      .map((row) => row.word)
      .filter((other) => typosBetween(word, other, typos) <= typos)
      .slice(0, MAX_CORRECTIONS);
  };

  return {
    engine: 'postgres',
    prepare: (set) => inTransaction(pool, (client) => prepare(client, checked(set))),
    put: (set, documents) => inTransaction(pool, (client) => put(client, checked(set), documents)),
    serving,
    serve: async (set) => {
      await query(
        `insert into search_index_serving (index_set) values ($1)
         on conflict (only_one) do update set index_set = excluded.index_set`,
        [checked(set)],
      );
      known = undefined;
    },
    sets: async () => {
      const rows = await query<{ name: string }>(
        `select relname as name from pg_class where relkind = 'r' and relname like 'event\\_search\\_%'
           and pg_table_is_visible(oid)`,
      );
      const sets = rows.map(({ name }) => name.slice(tableOf('').length));
      return sets.filter((set) => !set.startsWith('words_'));
    },
    remove: async (set) => {
      await query(`drop table if exists ${tableOf(checked(set))}, ${wordsTableOf(set)}`);
    },
    search: (search) =>
      asking(async (set) => {
        const text = search.text && (await expand(set, search.text, search.closeness));
        return find(query, set, search, text);
      }),
    suggest: (text, closeness, limit, notOver) =>
      asking(async (set) => {
        const expanded = await expand(set, text, closeness);
        const { values, add } = parameters();
        const onSale = notOver ? `and ${notOverCondition(notOver, add)}` : '';
        return query<SuggestedEvent & pg.QueryResultRow>(
          `select event_id as "eventId", name, performers, venue, city from (
             select *, ${scoreOf(expanded, add)} as score from (
               select * from ${tableOf(set)} where words @@ ${add(matchOf(expanded))}::tsquery ${onSale} limit ${MAX_SUGGESTED_FROM}) m) r
           order by score desc, starts_at, event_id limit ${add(limit)}`,
          values,
        );
      }),
    ping: async () => void (await query('select 1')),
    close: () => pool.end(),
  };
}

/** Matches considered for suggestions: they are requested with every key stroke. */
const MAX_SUGGESTED_FROM = 2_000;

function checked(set: string): string {
  if (!SET.test(set)) throw new Error(`${JSON.stringify(set)} is not the name of an index.`);
  return set;
}

async function prepare(client: pg.PoolClient, set: string): Promise<string> {
  const identify = async () => {
    const { rows } = await client.query<{ id: string | null }>(
      'select to_regclass($1)::oid::text as id',
      [tableOf(set)],
    );
    return rows[0]!.id;
  };
  const known = await identify();
  if (known !== null) return known;
  await client.query(`select pg_advisory_xact_lock(hashtextextended('search index', 0))`);
  for (const extension of EXTENSIONS)
    await client.query(`create extension if not exists ${extension}`).catch(refuse);
  if ((await identify()) === null) await client.query(createTables(set));
  return (await identify())!;
}

function refuse(error: Error): never {
  throw new Error(
    `The search in Postgres needs the extensions ${EXTENSIONS.join(', ')}, which this account cannot create ` +
      `(${error.message}). Let an administrator create them in this database, or set OPENSEARCH_URL.`,
    { cause: error },
  );
}

async function put(
  client: pg.PoolClient,
  set: string,
  given: readonly VersionedDocument[],
): Promise<void> {
  if (given.length === 0) return;
  const newest = new Map<string, VersionedDocument>();
  for (const one of given) {
    const { eventId } = one.document;
    if (one.version >= (newest.get(eventId)?.version ?? 0n)) newest.set(eventId, one);
  }
  const rows = [...newest.values()].map(toRow);
  const documents = [...newest.values()].map(({ document }) => document);
  // A fixed order prevents deadlocks between writers of the same words.
  await client.query(
    `insert into ${wordsTableOf(set)} select word from unnest($1::text[]) word
     where not exists (select from ${wordsTableOf(set)} k where k.word = word.word) on conflict do nothing`,
    [vocabularyOf(documents)],
  );
  const columns = Object.keys(COLUMNS);
  const updates = columns
    .filter((column) => column !== 'event_id')
    .map((column) => `${column} = excluded.${column}`);
  await client.query(
    `insert into ${tableOf(set)} as old (${columns.join(', ')}, location)
     select ${columns.join(', ')}, ll_to_earth(lat, lon)
     from json_to_recordset($1) as row (${columns.map((column) => `${column} ${COLUMNS[column]}`).join(', ')})
     order by event_id
     on conflict (event_id) do update set ${updates.join(', ')}, location = excluded.location
     where old.version < excluded.version`,
    [JSON.stringify(rows)],
  );
}

const COLUMNS: Readonly<Record<string, string>> = {
  ...{
    event_id: 'text',
    version: 'bigint',
    name: 'text',
    performers: 'jsonb',
    venue: 'text',
    city: 'text',
  },
  ...{
    country: 'text',
    category: 'text',
    name_key: 'text',
    city_key: 'text',
    category_key: 'text',
  },
  ...{ lat: 'float8', lon: 'float8', starts_at: 'bigint', local_start: 'bigint', month: 'text' },
  ...{ currency: 'text', prices: 'bigint[]', lowest_price: 'bigint', price_bands: 'text[]' },
  ...{ availability: 'text', words: 'tsvector' },
};

function toRow({ document, version }: VersionedDocument): Record<string, unknown> {
  const {
    eventId,
    location,
    nameKey,
    cityKey,
    categoryKey,
    startsAt,
    localStart,
    prices,
    priceBands,
  } = document;
  const { name, performers, venue, city, country, category, month, currency, availability } =
    document;
  return {
    ...{
      event_id: eventId,
      version: String(version),
      name,
      performers,
      venue,
      city,
      country,
      category,
    },
    ...{
      name_key: nameKey,
      city_key: cityKey,
      category_key: categoryKey,
      lat: location.lat,
      lon: location.lon,
    },
    ...{ starts_at: startsAt, local_start: localStart, month, currency, prices },
    ...{
      lowest_price: prices[0] ?? 0,
      price_bands: priceBands,
      availability,
      words: vectorOf(document),
    },
  };
}

type Query = <Row extends pg.QueryResultRow>(text: string, values?: unknown[]) => Promise<Row[]>;

interface HitRow {
  event_id: string;
  availability: FoundEvents['hits'][number]['availability'];
  starts_at: string;
  key: number | string | null;
  metres: number | null;
}

async function find(
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
  const metres = search.near
    ? `earth_distance(ll_to_earth(${add(search.near.lat)}::float8, ${add(search.near.lon)}::float8), location)`
    : 'null::float8';
  // Ranking by words visits every match, so their number is limited.
  const from =
    search.sort === 'relevance' || (text && search.sort !== 'date')
      ? `(select * from ${tableOf(set)} ${where} limit ${MAX_COUNTED}) matching`
      : `${tableOf(set)} ${where}`;
  const order = key === undefined ? 'starts_at, event_id' : 'key, starts_at, event_id';
  const behind = search.after ? `where ${behindOf(search.after, key !== undefined, add)}` : '';
  const rows = await query<HitRow>(
    `select * from (
       select event_id, availability, starts_at, ${key ?? 'null::int'} as key, ${metres} as metres from ${from}) found
     ${behind} order by ${order} limit ${add(search.limit)}`,
    values,
  );
  return rows.map((row) => ({
    eventId: row.event_id,
    availability: row.availability,
    ...(row.metres !== null && { distanceKm: row.metres / 1_000 }),
    place: {
      ...(row.key !== null && { key: search.sort === 'name' ? row.key : Number(row.key) }),
      ...{ startsAt: Number(row.starts_at), eventId: row.event_id },
    },
  }));
}

function behindOf(
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
       select city, category, month, price_bands, availability from ${tableOf(set)} ${matching(search, text, add)}
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

async function inTransaction<T>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  let client: pg.PoolClient | undefined;
  try {
    client = await pool.connect();
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client?.query('rollback').catch(() => {});
    throw asUnavailable(error);
  } finally {
    client?.release();
  }
}

/** Outages and timeouts are temporary. A rejection because of the statement is a programming error. */
function asUnavailable(error: unknown): Error {
  const { code, message } = error as { code?: string; message: string };
  const away = !(error instanceof pg.DatabaseError) || /^(08|53|57|58)/.test(code ?? '');
  if (!away || error instanceof SearchUnavailable || /extensions/.test(message))
    return error as Error;
  return new SearchUnavailable(`Postgres does not answer the search: ${message}`, { cause: error });
}
