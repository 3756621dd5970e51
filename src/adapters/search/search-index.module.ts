import { Module } from '@nestjs/common';
import { CONFIG } from '../../config/token.js';
import { provide } from '../../ports/shared/provide.js';
import { CLOCK, LOG, SEARCH_INDEX } from '../../ports/shared/tokens.js';
import type { SearchIndex } from '../../ports/search/search-index.js';
import type { Clock } from '../../ports/system/clock.js';
import { DATABASE } from '../postgres/tokens.js';
import { openPostgresSearch } from './postgres.js';

/** The OpenSearch that `OPENSEARCH_URL` names, or the search in Postgres. */
@Module({
  providers: [
    provide(SEARCH_INDEX, {
      inject: [CONFIG, DATABASE, CLOCK, LOG],
      useFactory: ({ openSearchUrl, openSearchAlias }, { url }, clock, { warn }) =>
        openSearchUrl === undefined
          ? openPostgresSearch({ connectionString: url, warn })
          : openNode(openSearchUrl, openSearchAlias, clock),
      onApplicationShutdown: (index) => index.close(),
    }),
  ],
  exports: [SEARCH_INDEX],
})
export class SearchIndexModule {}

async function openNode(url: string, alias: string, clock: Clock): Promise<SearchIndex> {
  // Its library is large: only a shop that uses it loads it.
  const { openOpenSearch } = await import('./opensearch.js');
  return openOpenSearch({ url, alias, clock });
}
