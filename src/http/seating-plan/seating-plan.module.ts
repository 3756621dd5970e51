import { Module } from '@nestjs/common';
import { SEATING_PLANS } from '../../commands/shared/tokens.js';
import { InventoryWriterModule } from '../../features/inventory-writer.module.js';
import { provide } from '../../ports/shared/provide.js';
import { EVENT_QUERIES } from '../../read-models/shared/tokens.js';
import { HALLS, SEATING_DOCUMENTS } from '../platform/tokens.js';
import { openHalls } from './halls.js';
import { openSeatingDocuments } from './seating-documents.js';

@Module({
  imports: [InventoryWriterModule],
  providers: [
    provide(HALLS, {
      inject: [EVENT_QUERIES, SEATING_PLANS],
      useFactory: (events, plans) => openHalls(events, plans),
    }),
    provide(SEATING_DOCUMENTS, {
      inject: [SEATING_PLANS],
      useFactory: (plans) => openSeatingDocuments(plans),
    }),
  ],
  exports: [HALLS, SEATING_DOCUMENTS],
})
export class SeatingPlanHttpModule {}
