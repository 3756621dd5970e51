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
function _ts_metadata(metadataKey, metadataValue) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") {
        return Reflect.metadata(metadataKey, metadataValue);
    }
}
function _ts_param(paramIndex, decorator) {
    return function(target, key) {
        decorator(target, key, paramIndex);
    };
}
import { Inject } from '@nestjs/common';
import { Command, CommandHandler } from '@nestjs/cqrs';
import { derivedId } from './context.js';
import { payBackInTime, refundOfSale } from './refund-progress.js';
import { CLOCK, INVENTORY_WRITERS, PAYMENTS, SETTLEMENT } from './tokens.js';
/** The organiser undoes a sale: the seats are anybody's again, and the money goes back. */ export class RefundSaleCommand extends Command {
    eventId;
    reservationId;
    context;
    constructor(eventId, reservationId, context){
        super(), this.eventId = eventId, this.reservationId = reservationId, this.context = context;
    }
}
export class RefundSaleHandler {
    writers;
    payments;
    settlement;
    clock;
    constructor(writers, payments, settlement, clock){
        this.writers = writers;
        this.payments = payments;
        this.settlement = settlement;
        this.clock = clock;
    }
    async execute({ eventId, reservationId, context }) {
        const undone = await this.writers.execute(eventId, {
            type: 'RefundReservation',
            ...{
                reservationId,
                customerId: null,
                reason: 'refunded-by-organizer',
                now: this.clock.now()
            }
        }, {
            ...context,
            commandId: derivedId(context.commandId, 'refund')
        });
        if (!undone.accepted) return undone;
        const { payments, settlement, clock } = this;
        const payment = await payBackInTime({
            payments,
            settlement,
            clock
        }, reservationId, context);
        const { revision } = undone;
        const reservation = undone.reservation;
        return {
            accepted: true,
            reservation,
            revision,
            refund: refundOfSale(reservation, payment)
        };
    }
}
RefundSaleHandler = _ts_decorate([
    CommandHandler(RefundSaleCommand),
    _ts_param(0, Inject(INVENTORY_WRITERS)),
    _ts_param(1, Inject(PAYMENTS)),
    _ts_param(2, Inject(SETTLEMENT)),
    _ts_param(3, Inject(CLOCK)),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof InventoryWriters === "undefined" ? Object : InventoryWriters,
        typeof Payments === "undefined" ? Object : Payments,
        typeof Settlement === "undefined" ? Object : Settlement,
        typeof Clock === "undefined" ? Object : Clock
    ])
], RefundSaleHandler);

//# sourceMappingURL=refund-sale.js.map