import { Module } from '@nestjs/common';
import { DATABASE, POOL } from '../adapters/postgres/tokens.js';
import { SnapshotsModule } from '../adapters/seat-inventory/snapshots.module.js';
import { openInventoryWriters } from '../commands/seat-inventory/writer/inventory-writers.js';
import { openSeatingPlans } from '../commands/seating-plan/seating-plans.js';
import { INVENTORY_WRITERS, SEATING_PLANS } from '../commands/shared/tokens.js';
import { CONFIG } from '../config/token.js';
import { provide } from '../ports/shared/provide.js';
import { CLOCK, EVENT_STORE, LOG, RANDOMNESS, SNAPSHOTS } from '../ports/shared/tokens.js';
import { LOG_GUARD } from '../projections/tokens.js';
import { openLiveSeatStatus } from '../read-models/seat-inventory/live-seat-status.js';
import { LIVE_SEAT_STATUS } from '../read-models/shared/tokens.js';
import { ReadModelsModule } from './read-models.module.js';

/**
 * The one writer of each inventory, the seating plans, and the seat status that follows the writer.
 */
@Module({
  imports: [ReadModelsModule, SnapshotsModule],
  providers: [
    provide(SEATING_PLANS, { inject: [EVENT_STORE], useFactory: (log) => openSeatingPlans(log) }),
    provide(INVENTORY_WRITERS, {
      inject: [EVENT_STORE, SNAPSHOTS, SEATING_PLANS, LOG_GUARD, CONFIG, CLOCK, RANDOMNESS, LOG],
      useFactory: (eventStore, snapshots, plans, guard, config, clock, randomness, { warn }) => {
        const writers = openInventoryWriters({
          eventStore,
          snapshots,
          plans,
          clock,
          randomness,
          limits: { maxMailbox: config.writerMaxMailbox, maxBatch: config.writerMaxBatch },
          warn,
        });
        guard.onAccepted(() => writers.dropAll());
        return writers;
      },
      onApplicationShutdown: (writers) => writers.close(),
    }),
    provide(LIVE_SEAT_STATUS, {
      inject: [DATABASE, POOL, SEATING_PLANS, CLOCK, LOG],
      useFactory: ({ url }, db, plans, clock, { warn }) =>
        openLiveSeatStatus({
          connectionString: url,
          db,
          layoutOf: async (hash) => (await plans.load(hash)).layout,
          clock,
          warn,
        }),
      onApplicationShutdown: (live) => live.close(),
    }),
  ],
  exports: [SEATING_PLANS, INVENTORY_WRITERS, LIVE_SEAT_STATUS, ReadModelsModule],
})
export class InventoryWriterModule {}
