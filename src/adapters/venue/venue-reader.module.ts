import { Module } from '@nestjs/common';
import { provide } from '../../ports/shared/provide.js';
import { VENUE_READER } from '../../ports/shared/tokens.js';
import { openVenueReader } from './reader.js';

/** Reads large seating plans in a thread of its own. */
@Module({
  providers: [
    provide(VENUE_READER, {
      inject: [],
      useFactory: () => openVenueReader(),
      onApplicationShutdown: (reader) => reader.close(),
    }),
  ],
  exports: [VENUE_READER],
})
export class VenueReaderModule {}
