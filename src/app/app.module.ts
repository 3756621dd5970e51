import { Module, type DynamicModule } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { PostgresModule } from '../adapters/postgres/postgres.module.js';
import { SystemModule } from '../adapters/system/system.module.js';
import type { SandboxWaits } from '../demo/payment-sandbox/sandbox-tokens.js';
import { AuditModule } from '../features/audit.module.js';
import { EventModule } from '../features/event.module.js';
import { PaymentModule } from '../features/payment.module.js';
import { ProjectionModule } from '../features/projection.module.js';
import { SearchModule } from '../features/search.module.js';
import { SeatInventoryModule } from '../features/seat-inventory.module.js';
import { TicketModule } from '../features/ticket.module.js';
import { VenueModule } from '../features/venue.module.js';
import { WaitingRoomModule } from '../features/waiting-room.module.js';
import { HttpModule } from '../http/platform/http.module.js';
import type { ProcessWaits } from '../processes/shared/tokens.js';
import { HttpSettingsModule } from './http-settings.module.js';
import { paymentProvider } from './payment-provider.js';
import { SettingsModule, type Settings } from './settings.module.js';

/**
 * Other waits than in production, for tests that have to see what comes after them. Milliseconds.
 */
export interface Waits extends ProcessWaits {
  /** Settings for a payment sandbox in this process. */
  readonly sandbox?: Partial<SandboxWaits>;
}

/** The whole service. */
@Module({
  imports: [
    SystemModule,
    PostgresModule,
    HttpSettingsModule,
    ProjectionModule,
    SeatInventoryModule,
    EventModule,
    VenueModule,
    PaymentModule,
    TicketModule,
    WaitingRoomModule,
    SearchModule,
    AuditModule,
    HttpModule,
  ],
})
export class AppModule {
  static with(settings: Settings & { readonly waits?: Waits }): DynamicModule {
    return {
      module: AppModule,
      imports: [
        CqrsModule.forRoot(),
        SettingsModule.with(settings),
        paymentProvider(settings.config, settings.waits?.sandbox),
      ],
    };
  }
}
