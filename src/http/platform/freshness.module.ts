import { Module } from '@nestjs/common';
import { INVENTORY_WRITERS } from '../../commands/shared/tokens.js';
import { InventoryWriterModule } from '../../features/inventory-writer.module.js';
import { provide } from '../../ports/shared/provide.js';
import { CLOCK } from '../../ports/shared/tokens.js';
import { LIVE_SEAT_STATUS, RESERVATION_QUERIES } from '../../read-models/shared/tokens.js';
import { FreshReservations } from '../seat-inventory/fresh-reservations.js';
import { openFreshness } from './freshness.js';
import { FRESH_RESERVATIONS, FRESHNESS, LOG_STATE } from './tokens.js';

/** Lets a client read what it has just written. */
@Module({
  imports: [InventoryWriterModule],
  providers: [
    provide(FRESHNESS, {
      inject: [LIVE_SEAT_STATUS, INVENTORY_WRITERS],
      useFactory: (live, writers) => openFreshness(live, writers),
    }),
    provide(FRESH_RESERVATIONS, {
      inject: [RESERVATION_QUERIES, FRESHNESS, CLOCK, LOG_STATE],
      useFactory: (queries, freshness, clock, log) => {
        const fresh = new FreshReservations(queries, freshness, clock);
        log.onAccepted(() => fresh.forgetAll());
        return fresh;
      },
    }),
  ],
  exports: [FRESHNESS, FRESH_RESERVATIONS],
})
export class FreshnessModule {}
