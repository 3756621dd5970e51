import { SearchUnavailable, type SearchIndex } from '../../ports/search/search-index.js';
import {
  openSearchConnection,
  type PostgresSearchOptions,
  type Query,
} from './postgres-connection.js';
import { prepareTables, putDocuments } from './postgres-documents.js';
import { expandText, findEvents, suggestEvents } from './postgres-find.js';
import { tableOf, wordsTableOf } from './postgres-tables.js';

/** Time for which a node caches the serving set. Milliseconds. */
const SERVING_FOR_MS = 500;
/** SQLSTATE of a missing table: the set was removed meanwhile. */
const NO_TABLE = '42P01';
const SET = /^[a-z0-9_]{1,20}$/;

/**
 * Opens the search in Postgres: words by `tsvector`, misspellings by `pg_trgm`, distances by
 * `earthdistance`.
 */
export function openPostgresSearch(options: PostgresSearchOptions): SearchIndex {
  const { query, inTransaction, close } = openSearchConnection(options);
  const servingSet = openServingSet(query);
  return {
    engine: 'postgres',
    prepare: (set) => inTransaction((client) => prepareTables(client, checked(set))),
    put: (set, documents) =>
      inTransaction((client) => putDocuments(client, checked(set), documents)),
    serving: servingSet.read,
    serve: async (set) => servingSet.replace(checked(set)),
    sets: async () => {
      const rows = await query<{ name: string }>(
        `select relname as name from pg_class
         where relkind = 'r' and relname like 'event\\_search\\_%' and pg_table_is_visible(oid)`,
      );
      const sets = rows.map(({ name }) => name.slice(tableOf('').length));
      return sets.filter((set) => !set.startsWith('words_'));
    },
    remove: async (set) => {
      await query(`drop table if exists ${tableOf(checked(set))}, ${wordsTableOf(set)}`);
    },
    search: (search) =>
      servingSet.ask(async (set) => {
        const text = search.text && (await expandText(query, set, search.text, search.closeness));
        return findEvents(query, set, search, text);
      }),
    suggest: (soughtText, closeness, limit, notOver) =>
      servingSet.ask(async (set) => {
        const text = await expandText(query, set, soughtText, closeness);
        return suggestEvents(query, set, { text, limit, notOver });
      }),
    ping: async () => void (await query('select 1')),
    close,
  };
}

function checked(set: string): string {
  if (!SET.test(set)) throw new Error(`${JSON.stringify(set)} is not the name of an index.`);
  return set;
}

/** The set that searches use, as the database names it, cached for a short time. */
function openServingSet(query: Query) {
  let cached: { set: string; until: number } | undefined;
  const read = async (): Promise<string | undefined> => {
    const [row] = await query<{ index_set: string }>('select index_set from search_index_serving');
    return row?.index_set;
  };
  return {
    read,
    async replace(set: string): Promise<void> {
      await query(
        `insert into search_index_serving (index_set) values ($1)
         on conflict (only_one) do update set index_set = excluded.index_set`,
        [set],
      );
      cached = undefined;
    },
    /** Queries the serving set; retries once when it was removed meanwhile. */
    async ask<Answer>(search: (set: string) => Promise<Answer>): Promise<Answer> {
      for (let first = true; ; first = false) {
        if (!cached || cached.until < Date.now() || !first) {
          const set = await read();
          if (set === undefined)
            throw new SearchUnavailable('The search index does not exist yet.');
          cached = { set, until: Date.now() + SERVING_FOR_MS };
        }
        try {
          return await search(cached.set);
        } catch (error) {
          if (!first || (error as { code?: string }).code !== NO_TABLE) throw error;
        }
      }
    },
  };
}
