import { Module } from '@nestjs/common';
import { DATABASE, POOL } from '../adapters/postgres/tokens.js';
import { SearchIndexModule } from '../adapters/search/search-index.module.js';
import type pg from 'pg';
import { provide } from '../ports/shared/provide.js';
import { token } from '../ports/shared/token.js';
import { CLOCK, LOG, SEARCH_INDEX } from '../ports/shared/tokens.js';
import { startSearchIndexing } from '../processes/search/search-indexing.js';
import { background } from '../processes/shared/background.js';
import { openEventSearch } from '../read-models/search/event-search.js';
import { searchChanges } from '../read-models/search/search-changes.js';
import {
  ADVISORY_LOCKS,
  EVENT_QUERIES,
  EVENT_SEARCHING,
  SEARCH_CURSOR_KEY,
} from '../read-models/shared/tokens.js';
import { openQueryPool } from '../read-models/tables/query-pool.js';
import { ReadModelsModule } from './read-models.module.js';

/**
 * Connections for indexing, which runs its queries one after another, apart from those of sales.
 */
const INDEXING_CONNECTIONS = 1;

const INDEXING_POOL = token<pg.Pool>('IndexingPool');

const indexing = background('SearchIndexing', {
  inject: [SEARCH_INDEX, INDEXING_POOL, ADVISORY_LOCKS, CLOCK, LOG],
  start: (index, pool, locks, clock, { log, warn }) =>
    startSearchIndexing({
      index,
      changes: searchChanges(pool),
      withLock: (work) => locks.withAdvisoryLock(`search-indexing-${index.engine}`, work),
      clock,
      log,
      warn,
    }),
});

/** Finds events, and keeps the search index up to date. */
@Module({
  imports: [ReadModelsModule, SearchIndexModule],
  providers: [
    provide(INDEXING_POOL, {
      inject: [DATABASE, LOG],
      useFactory: ({ url }, { warn }) =>
        openQueryPool({ connectionString: url, max: INDEXING_CONNECTIONS, warn }),
      onApplicationShutdown: (pool) => pool.end(),
    }),
    provide(SEARCH_CURSOR_KEY, {
      inject: [POOL],
      useFactory: async (pool) => {
        const { rows } = await pool.query<{ key: string }>('select key from search_cursor_key');
        return rows[0]!.key;
      },
    }),
    provide(EVENT_SEARCHING, {
      inject: [SEARCH_INDEX, EVENT_QUERIES, CLOCK],
      useFactory: openEventSearch,
    }),
    indexing,
  ],
  exports: [EVENT_SEARCHING, SEARCH_CURSOR_KEY],
})
export class SearchModule {}
