import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { AcceptLogHandler } from '../commands/projection/accept-log.js';
import { AdvancePaymentHandler } from '../commands/payment/advance-payment.js';
import { BlockSeatsHandler } from '../commands/seat-inventory/block-seats.js';
import { CancelEventHandler } from '../commands/event/cancel-event.js';
import { ChangeEventHandler } from '../commands/event/change-event.js';
import { CheckInTicketHandler } from '../commands/ticket/check-in-ticket.js';
import { CloseSalesHandler } from '../commands/seat-inventory/close-sales.js';
import { ConfirmReservationHandler } from '../commands/seat-inventory/confirm-reservation.js';
import { ExchangeSeatsHandler } from '../commands/seat-inventory/exchange-seats.js';
import { ExpireReservationsHandler } from '../commands/seat-inventory/expire-reservations.js';
import { FinishCancellationHandler } from '../commands/event/finish-cancellation.js';
import {
  RebuildProjectionHandler,
  SettleParkedEventHandler,
} from '../commands/projection/operate-projection.js';
import { LiftVoidHandler } from '../commands/ticket/lift-void.js';
import { PayReservationHandler } from '../commands/payment/pay-reservation.js';
import { RecordPaymentNoticeHandler } from '../commands/payment/record-payment-notice.js';
import { RefundReservationHandler } from '../commands/seat-inventory/refund-reservation.js';
import { RefundSaleHandler } from '../commands/payment/refund-sale.js';
import { RegisterVenueHandler } from '../commands/venue/register-venue.js';
import { ReleaseReservationHandler } from '../commands/seat-inventory/release-reservation.js';
import { ReserveSeatsHandler } from '../commands/seat-inventory/reserve-seats.js';
import { ScheduleEventHandler } from '../commands/event/schedule-event.js';
import {
  ConfigureWaitingRoomHandler,
  MoveWaitingRoomHandler,
} from '../commands/waiting-room/steer-waiting-room.js';
import { UnblockSeatsHandler } from '../commands/seat-inventory/unblock-seats.js';
import { UndoSalesHandler } from '../commands/event/undo-sales.js';

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
    const ports: DynamicModule = {
      module: PortsModule,
      global: true,
      providers,
      exports: providers,
    };
    return {
      module: AppModule,
      imports: [CqrsModule.forRoot(), ports, ...imports],
      providers: COMMAND_HANDLERS,
    };
  }
}
