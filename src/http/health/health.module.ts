import { Module } from '@nestjs/common';
import { REFUSED_ATTEMPTS } from '../../audit/tokens.js';
import { INVENTORY_WRITERS } from '../../commands/shared/tokens.js';
import { AuditModule } from '../../features/audit.module.js';
import { InventoryWriterModule } from '../../features/inventory-writer.module.js';
import { ReadinessModule } from '../../features/readiness.module.js';
import { provide } from '../../ports/shared/provide.js';
import { CLOCK, EVENT_STORE, SUBSCRIPTION_STATS } from '../../ports/shared/tokens.js';
import { PAYMENT_QUERIES, UNMATCHED_NOTICES } from '../../read-models/shared/tokens.js';
import { UNRESOLVED_AFTER_MS } from '../payment/payments.controller.js';
import { LOG_STATE, METRICS, PROJECTION_LAGS, SEAT_STATUS_STREAMS } from '../platform/tokens.js';
import { SeatInventoryHttpModule } from '../seat-inventory/seat-inventory.module.js';
import { ClockController } from './clock.controller.js';
import { HealthController } from './health.controller.js';
import { openMetrics } from './metrics.js';

@Module({
  imports: [ReadinessModule, InventoryWriterModule, AuditModule, SeatInventoryHttpModule],
  controllers: [ClockController, HealthController],
  providers: [
    provide(METRICS, {
      inject: [
        INVENTORY_WRITERS,
        PROJECTION_LAGS,
        SEAT_STATUS_STREAMS,
        PAYMENT_QUERIES,
        UNMATCHED_NOTICES,
        REFUSED_ATTEMPTS,
        LOG_STATE,
        CLOCK,
        SUBSCRIPTION_STATS,
        EVENT_STORE,
      ],
      useFactory: (
        writers,
        lags,
        streams,
        payments,
        unmatched,
        refused,
        log,
        clock,
        subscriptions,
        eventStore,
      ) =>
        openMetrics({
          writers,
          lags,
          streams,
          subscriptions,
          log,
          unresolvedPayments: () => payments.countUnresolved(clock.now() - UNRESOLVED_AFTER_MS),
          unmatchedNotices: () => unmatched.countOpen(),
          droppedAttempts: () => refused.dropped(),
          logCondition: () => eventStore.condition(),
        }),
    }),
  ],
  exports: [METRICS],
})
export class HealthHttpModule {}
