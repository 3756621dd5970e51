import type pg from 'pg';
import { openPostgresSearch } from '../adapters/search/postgres.js';
import { systemClock } from '../adapters/system/clock.js';
import type { Config } from '../config/config.js';
import { searchCursors } from '../http/search/search-cursors.js';
import * as httpTokens from '../http/platform/tokens.js';
import type { SearchIndex } from '../ports/search/search-index.js';
import { startSearchIndexing } from '../processes/search/search-indexing.js';
import { openEventSearch } from '../read-models/search/event-search.js';
import { eventQueries } from '../read-models/event/events-queries.js';
import { openQueryPool } from '../read-models/tables/query-pool.js';
import { searchChanges } from '../read-models/search/search-changes.js';
import type { AdvisoryLocks } from '../read-models/tables/advisory-lock.js';

/** What finds events, and keeps what it finds them in up to date. */
export interface Searching {
  readonly index: SearchIndex;
  /** What the routes of the search ask for, by injection token. */
  readonly bindings: readonly (readonly [symbol, unknown])[];
  close(): Promise<void>;
}

export interface SearchingParts {
  readonly databaseUrl: string;
  readonly pool: pg.Pool;
  readonly turns: AdvisoryLocks;
  readonly warn: (message: string) => void;
  /** Of what goes as it should. */
  readonly log?: (message: string) => void;
}

/** Connections for indexing, which runs its queries one after another. */
const INDEXING_CONNECTIONS = 1;

export async function openSearching(
  { openSearchUrl, openSearchAlias }: Config,
  { databaseUrl, pool, turns, log, warn }: SearchingParts,
): Promise<Searching> {
  const index = openSearchUrl
    ? await openSearchNode(openSearchUrl, openSearchAlias)
    : openPostgresSearch({ connectionString: databaseUrl, log: warn });
  const { rows } = await pool.query<{ key: string }>('select key from search_cursor_key');
  // Apart from the connections that sales are asked on.
  const own = openQueryPool({
    connectionString: databaseUrl,
    max: INDEXING_CONNECTIONS,
    warn,
  });
  const indexing = startSearchIndexing({
    ...{ index, clock: systemClock, log, warn },
    changes: searchChanges(own),
    withLock: (work) => turns.withAdvisoryLock(`search-indexing-${index.engine}`, work),
  });
  return {
    index,
    bindings: [
      [httpTokens.EVENT_SEARCHING, openEventSearch(index, eventQueries(pool), systemClock)],
      [httpTokens.SEARCH_CURSORS, searchCursors(rows[0]!.key)],
    ],
    close: async () => {
      await indexing.stop();
      await own.end();
      await index.close();
    },
  };
}

async function openSearchNode(url: string, alias: string): Promise<SearchIndex> {
  // Its library is large: only a shop that uses it loads it.
  const { openOpenSearch } = await import('../adapters/search/opensearch.js');
  return openOpenSearch({ url, alias, clock: systemClock });
}
