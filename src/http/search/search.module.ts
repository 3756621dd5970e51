import { Module } from '@nestjs/common';
import { SearchModule } from '../../features/search.module.js';
import { provide } from '../../ports/shared/provide.js';
import { SEARCH_CURSOR_KEY } from '../../read-models/shared/tokens.js';
import { SEARCH_CURSORS } from '../platform/tokens.js';
import { searchCursors } from './search-cursors.js';
import { SearchController } from './search.controller.js';

@Module({
  imports: [SearchModule],
  controllers: [SearchController],
  providers: [
    provide(SEARCH_CURSORS, {
      inject: [SEARCH_CURSOR_KEY],
      useFactory: (key) => searchCursors(key),
    }),
  ],
})
export class SearchHttpModule {}
