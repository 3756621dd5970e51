import type pg from 'pg';
import type { VersionedDocument } from '../../ports/search/search-index.js';
import { createTables, tableOf, vectorOf, vocabularyOf, wordsTableOf } from './postgres-tables.js';

const EXTENSIONS = ['pg_trgm', 'cube', 'earthdistance'];

/** Creates the tables of a set unless they exist, and returns their identity. */
export async function prepareTables(client: pg.PoolClient, set: string): Promise<string> {
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
    await client.query(`create extension if not exists ${extension}`).catch(rejectMissingExtension);
  if ((await identify()) === null) await client.query(createTables(set));
  return (await identify())!;
}

function rejectMissingExtension(error: Error): never {
  throw new Error(
    `The search in Postgres needs the extensions ${EXTENSIONS.join(', ')}, which this account ` +
      `cannot create (${error.message}). Let an administrator create them in this database, ` +
      'or set OPENSEARCH_URL.',
    { cause: error },
  );
}

/** Stores the newest version of each document; a newer stored one stays. */
export async function putDocuments(
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
     where not exists (select from ${wordsTableOf(set)} k where k.word = word.word)
     on conflict do nothing`,
    [vocabularyOf(documents)],
  );
  const columns = Object.keys(COLUMNS);
  const typedColumns = columns.map((column) => `${column} ${COLUMNS[column]}`);
  const updates = columns
    .filter((column) => column !== 'event_id')
    .map((column) => `${column} = excluded.${column}`);
  await client.query(
    `insert into ${tableOf(set)} as old (${columns.join(', ')}, location)
     select ${columns.join(', ')}, ll_to_earth(lat, lon)
     from json_to_recordset($1) as row (${typedColumns.join(', ')})
     order by event_id
     on conflict (event_id) do update set ${updates.join(', ')}, location = excluded.location
     where old.version < excluded.version`,
    [JSON.stringify(rows)],
  );
}

const COLUMNS: Readonly<Record<string, string>> = {
  event_id: 'text',
  version: 'bigint',
  name: 'text',
  performers: 'jsonb',
  venue: 'text',
  city: 'text',
  country: 'text',
  category: 'text',
  name_key: 'text',
  city_key: 'text',
  category_key: 'text',
  lat: 'float8',
  lon: 'float8',
  starts_at: 'bigint',
  local_start: 'bigint',
  month: 'text',
  currency: 'text',
  prices: 'bigint[]',
  lowest_price: 'bigint',
  price_bands: 'text[]',
  availability: 'text',
  words: 'tsvector',
};

function toRow({ document, version }: VersionedDocument): Record<string, unknown> {
  return {
    event_id: document.eventId,
    version: String(version),
    name: document.name,
    performers: document.performers,
    venue: document.venue,
    city: document.city,
    country: document.country,
    category: document.category,
    name_key: document.nameKey,
    city_key: document.cityKey,
    category_key: document.categoryKey,
    lat: document.location.lat,
    lon: document.location.lon,
    starts_at: document.startsAt,
    local_start: document.localStart,
    month: document.month,
    currency: document.currency,
    prices: document.prices,
    lowest_price: document.prices[0] ?? 0,
    price_bands: document.priceBands,
    availability: document.availability,
    words: vectorOf(document),
  };
}
