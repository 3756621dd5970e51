import { Module } from '@nestjs/common';
import { SEATING_PLANS } from '../../commands/shared/tokens.js';
import { InventoryWriterModule } from '../../features/inventory-writer.module.js';
import { provide } from '../../ports/shared/provide.js';
import { EVENT_QUERIES } from '../../read-models/shared/tokens.js';
import { EVENT_LAYOUTS, SEATING_DOCUMENTS } from '../platform/tokens.js';
import { openEventLayouts } from './event-layouts.js';
import { openSeatingDocuments } from './seating-documents.js';

@Module({
  imports: [InventoryWriterModule],
  providers: [
    provide(EVENT_LAYOUTS, {
      inject: [EVENT_QUERIES, SEATING_PLANS],
      useFactory: (events, plans) => openEventLayouts(events, plans),
    }),
    provide(SEATING_DOCUMENTS, {
      inject: [SEATING_PLANS],
      useFactory: (plans) => openSeatingDocuments(plans),
    }),
  ],
  exports: [EVENT_LAYOUTS, SEATING_DOCUMENTS],
})
export class SeatingPlanHttpModule {}
