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
import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsObject, IsOptional, Matches, MaxLength, ValidateNested } from 'class-validator';
import { IsLine, MAX_ID_LENGTH, MAX_REASON_LENGTH } from './rules.js';
/** Seats of one request that are looked at; the event's own limit, far below, is the inventory's to enforce. */ const MAX_SEATS_NAMED = 1_000;
const MAX_PAYMENT_TOKEN_LENGTH = 255;
export class PaymentOfDifference {
    token;
}
_ts_decorate([
    Matches(/^[!-~]+$/, {
        message: 'must be visible ASCII characters'
    }),
    MaxLength(MAX_PAYMENT_TOKEN_LENGTH),
    ApiProperty({
        maxLength: MAX_PAYMENT_TOKEN_LENGTH,
        example: 'tok_success'
    }),
    _ts_metadata("design:type", String)
], PaymentOfDifference.prototype, "token", void 0);
export class ExchangeRequest {
    seatIds;
    payment;
}
_ts_decorate([
    IsArray(),
    ArrayMaxSize(MAX_SEATS_NAMED),
    IsLine(MAX_ID_LENGTH, {
        each: true
    }),
    ApiProperty({
        type: [
            String
        ],
        example: [
            'A-1-3',
            'A-1-4'
        ]
    }),
    _ts_metadata("design:type", Array)
], ExchangeRequest.prototype, "seatIds", void 0);
_ts_decorate([
    IsOptional(),
    IsObject(),
    ValidateNested(),
    Type(()=>PaymentOfDifference),
    ApiProperty({
        required: false,
        type: PaymentOfDifference
    }),
    _ts_metadata("design:type", typeof PaymentOfDifference === "undefined" ? Object : PaymentOfDifference)
], ExchangeRequest.prototype, "payment", void 0);
export class CancelEventRequest {
    reason;
}
_ts_decorate([
    IsLine(MAX_REASON_LENGTH),
    ApiProperty({
        maxLength: MAX_REASON_LENGTH,
        example: 'the singer is ill'
    }),
    _ts_metadata("design:type", String)
], CancelEventRequest.prototype, "reason", void 0);

//# sourceMappingURL=after-sale-requests.js.map