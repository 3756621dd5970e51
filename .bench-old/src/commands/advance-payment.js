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
import { SETTLEMENT } from './tokens.js';
/** Do what is left to do for the money of a reservation. */ export class AdvancePaymentCommand extends Command {
    reservationId;
    silentSince;
    context;
    constructor(reservationId, /** Charges requested later than this are left to whoever made them. Milliseconds since the epoch. */ silentSince, context){
        super(), this.reservationId = reservationId, this.silentSince = silentSince, this.context = context;
    }
}
export class AdvancePaymentHandler {
    settlement;
    constructor(settlement){
        this.settlement = settlement;
    }
    execute({ reservationId, silentSince, context }) {
        return this.settlement.advance(reservationId, silentSince, context);
    }
}
AdvancePaymentHandler = _ts_decorate([
    CommandHandler(AdvancePaymentCommand),
    _ts_param(0, Inject(SETTLEMENT)),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof Settlement === "undefined" ? Object : Settlement
    ])
], AdvancePaymentHandler);

//# sourceMappingURL=advance-payment.js.map