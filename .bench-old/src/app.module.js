function _ts_decorate(decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") {
        r = Reflect.decorate(decorators, target, key, desc);
    } else {
        for(var i = decorators.length - 1; i >= 0; i--){
            if (d = decorators[i]) {
                r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
            }
        }
    }
    return c > 3 && r && Object.defineProperty(target, key, r), r;
}
import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { AdvancePaymentHandler } from './commands/advance-payment.js';
import { BlockSeatsHandler } from './commands/block-seats.js';
import { CancelEventHandler } from './commands/cancel-event.js';
import { CheckInTicketHandler } from './commands/check-in-ticket.js';
import { CloseSalesHandler } from './commands/close-sales.js';
import { ConfirmReservationHandler } from './commands/confirm-reservation.js';
import { ExchangeSeatsHandler } from './commands/exchange-seats.js';
import { ExpireReservationsHandler } from './commands/expire-reservations.js';
import { FinishCancellationHandler } from './commands/finish-cancellation.js';
import { PayReservationHandler } from './commands/pay-reservation.js';
import { RecordPaymentNoticeHandler } from './commands/record-payment-notice.js';
import { RefundReservationHandler } from './commands/refund-reservation.js';
import { RefundSaleHandler } from './commands/refund-sale.js';
import { RegisterVenueHandler } from './commands/register-venue.js';
import { ReleaseReservationHandler } from './commands/release-reservation.js';
import { ReserveSeatsHandler } from './commands/reserve-seats.js';
import { ScheduleEventHandler } from './commands/schedule-event.js';
import { UnblockSeatsHandler } from './commands/unblock-seats.js';
import { UndoSalesHandler } from './commands/undo-sales.js';
const COMMAND_HANDLERS = [
    AdvancePaymentHandler,
    BlockSeatsHandler,
    CancelEventHandler,
    CheckInTicketHandler,
    CloseSalesHandler,
    ConfirmReservationHandler,
    ExchangeSeatsHandler,
    ExpireReservationsHandler,
    FinishCancellationHandler,
    PayReservationHandler,
    RecordPaymentNoticeHandler,
    RefundReservationHandler,
    RefundSaleHandler,
    RegisterVenueHandler,
    ReleaseReservationHandler,
    ReserveSeatsHandler,
    ScheduleEventHandler,
    UnblockSeatsHandler,
    UndoSalesHandler
];
/** Every port, bound to its adapter, for whoever asks by token. */ let PortsModule = class PortsModule {
};
PortsModule = _ts_decorate([
    Module({})
], PortsModule);
export class AppModule {
    /** @param bindings what `boxoffice.ts` has opened, by injection token */ static with(bindings, ...imports) {
        const providers = [
            ...bindings
        ].map(([provide, useValue])=>({
                provide,
                useValue
            }));
        const ports = {
            module: PortsModule,
            global: true,
            providers,
            exports: providers
        };
        return {
            module: AppModule,
            imports: [
                CqrsModule.forRoot(),
                ports,
                ...imports
            ],
            providers: COMMAND_HANDLERS
        };
    }
}
AppModule = _ts_decorate([
    Module({})
], AppModule);

//# sourceMappingURL=app.module.js.map