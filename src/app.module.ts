import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { BlockSeatsHandler } from './commands/block-seats.js';
import { CloseSalesHandler } from './commands/close-sales.js';
import { ConfirmReservationHandler } from './commands/confirm-reservation.js';
import { ExpireReservationsHandler } from './commands/expire-reservations.js';
import { PayReservationHandler } from './commands/pay-reservation.js';
import { RefundReservationHandler } from './commands/refund-reservation.js';
import { RegisterVenueHandler } from './commands/register-venue.js';
import { ReinstateReservationHandler } from './commands/reinstate-reservation.js';
import { ReleaseReservationHandler } from './commands/release-reservation.js';
import { ReserveSeatsHandler } from './commands/reserve-seats.js';
import { ScheduleEventHandler } from './commands/schedule-event.js';
import { StartPaymentHandler } from './commands/start-payment.js';
import { UnblockSeatsHandler } from './commands/unblock-seats.js';

const COMMAND_HANDLERS: Provider[] = [
  BlockSeatsHandler,
  CloseSalesHandler,
  ConfirmReservationHandler,
  ExpireReservationsHandler,
  PayReservationHandler,
  RefundReservationHandler,
  RegisterVenueHandler,
  ReinstateReservationHandler,
  ReleaseReservationHandler,
  ReserveSeatsHandler,
  ScheduleEventHandler,
  StartPaymentHandler,
  UnblockSeatsHandler,
];

/** Every port, bound to its adapter, for whoever asks by token. */
@Module({})
class PortsModule {}

/** The command side; with `HttpModule` beside it, the whole service. */
@Module({})
export class AppModule {
  /** @param bindings what `boxoffice.ts` has opened, by injection token */
  static with(
    bindings: ReadonlyMap<symbol, unknown>,
    ...imports: NonNullable<DynamicModule['imports']>
  ): DynamicModule {
    const providers = [...bindings].map(([provide, useValue]) => ({ provide, useValue }));
    const ports: DynamicModule = { module: PortsModule, global: true, providers, exports: providers };
    return {
      module: AppModule,
      imports: [CqrsModule.forRoot(), ports, ...imports],
      providers: COMMAND_HANDLERS,
    };
  }
}
