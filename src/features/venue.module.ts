import { Module } from '@nestjs/common';
import { VenueReaderModule } from '../adapters/venue/venue-reader.module.js';
import { RegisterVenueHandler } from '../commands/venue/register-venue.js';
import { InventoryWriterModule } from './inventory-writer.module.js';

/** Registers venues. */
@Module({
  imports: [InventoryWriterModule, VenueReaderModule],
  providers: [RegisterVenueHandler],
  exports: [InventoryWriterModule, VenueReaderModule],
})
export class VenueModule {}
