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
import { PAYMENTS, SETTLEMENT } from './tokens.js';
/** The provider tells on its own account, its signature checked. */ export class RecordPaymentNoticeCommand extends Command {
    notice;
    context;
    constructor(notice, context){
        super(), this.notice = notice, this.context = context;
    }
}
export class RecordPaymentNoticeHandler {
    payments;
    settlement;
    constructor(payments, settlement){
        this.payments = payments;
        this.settlement = settlement;
    }
    async execute({ notice, context }) {
        const { about, charge, noticeId } = notice;
        if (!about) return {
            accepted: true
        };
        const payment = await this.payments.load(about.reservationId);
        if (!payment || payment.eventId !== about.eventId) {
            return {
                accepted: false,
                rejection: {
                    code: 'payment-unknown'
                }
            };
        }
        const settled = await this.settlement.heard(payment, about.attempt, charge, {
            by: 'notice',
            noticeId
        }, context);
        return settled.accepted ? {
            accepted: true
        } : settled;
    }
}
RecordPaymentNoticeHandler = _ts_decorate([
    CommandHandler(RecordPaymentNoticeCommand),
    _ts_param(0, Inject(PAYMENTS)),
    _ts_param(1, Inject(SETTLEMENT)),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof Payments === "undefined" ? Object : Payments,
        typeof Settlement === "undefined" ? Object : Settlement
    ])
], RecordPaymentNoticeHandler);

//# sourceMappingURL=record-payment-notice.js.map