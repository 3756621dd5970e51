import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { AcceptLogHandler } from './commands/accept-log.js';
import { AdvancePaymentHandler } from './commands/advance-payment.js';
import { BlockSeatsHandler } from './commands/block-seats.js';
import { CancelEventHandler } from './commands/cancel-event.js';
import { ChangeEventHandler } from './commands/change-event.js';
import { CheckInTicketHandler } from './commands/check-in-ticket.js';
import { CloseSalesHandler } from './commands/close-sales.js';
import { ConfirmReservationHandler } from './commands/confirm-reservation.js';
import { ExchangeSeatsHandler } from './commands/exchange-seats.js';
import { ExpireReservationsHandler } from './commands/expire-reservations.js';
import { FinishCancellationHandler } from './commands/finish-cancellation.js';
import { RebuildProjectionHandler, SettleParkedEventHandler } from './commands/operate-projection.js';
import { LiftVoidHandler } from './commands/lift-void.js';
import { PayReservationHandler } from './commands/pay-reservation.js';
import { RecordPaymentNoticeHandler } from './commands/record-payment-notice.js';
import { RefundReservationHandler } from './commands/refund-reservation.js';
import { RefundSaleHandler } from './commands/refund-sale.js';
import { RegisterVenueHandler } from './commands/register-venue.js';
import { ReleaseReservationHandler } from './commands/release-reservation.js';
import { ReserveSeatsHandler } from './commands/reserve-seats.js';
import { ScheduleEventHandler } from './commands/schedule-event.js';
import { ConfigureWaitingRoomHandler, MoveWaitingRoomHandler } from './commands/steer-waiting-room.js';
import { UnblockSeatsHandler } from './commands/unblock-seats.js';
import { UndoSalesHandler } from './commands/undo-sales.js';

const COMMAND_HANDLERS: Provider[] = [
  AcceptLogHandler,
  AdvancePaymentHandler,
  BlockSeatsHandler,
  CancelEventHandler,
  ChangeEventHandler,
  CheckInTicketHandler,
  CloseSalesHandler,
  ConfigureWaitingRoomHandler,
  ConfirmReservationHandler,
  ExchangeSeatsHandler,
  ExpireReservationsHandler,
  FinishCancellationHandler,
  LiftVoidHandler,
  MoveWaitingRoomHandler,
  PayReservationHandler,
  RebuildProjectionHandler,
  RecordPaymentNoticeHandler,
  RefundReservationHandler,
  RefundSaleHandler,
  RegisterVenueHandler,
  ReleaseReservationHandler,
  ReserveSeatsHandler,
  ScheduleEventHandler,
  SettleParkedEventHandler,
  UnblockSeatsHandler,
  UndoSalesHandler,
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
