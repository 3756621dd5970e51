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
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { IsId, IsLine } from './rules.js';
import { codeExample } from './ticket-examples.js';
/** Tickets of one page. */ const MAX_PAGE = 200;
export const DEFAULT_TICKETS = 50;
/** A code has about 400 characters; what is longer is none, and is told so by its own reason up to here. */ const MAX_CODE_LENGTH = 4_096;
const MAX_CURSOR_LENGTH = 400;
export class CheckInRequest {
    code;
}
_ts_decorate([
    IsString(),
    MaxLength(MAX_CODE_LENGTH),
    ApiProperty({
        maxLength: MAX_CODE_LENGTH,
        description: 'As read from the ticket',
        example: codeExample
    }),
    _ts_metadata("design:type", String)
], CheckInRequest.prototype, "code", void 0);
export class TicketListQuery {
    eventId;
    limit;
    cursor;
}
_ts_decorate([
    IsOptional(),
    IsId(),
    ApiProperty({
        required: false,
        description: 'Only of this event'
    }),
    _ts_metadata("design:type", String)
], TicketListQuery.prototype, "eventId", void 0);
_ts_decorate([
    IsOptional(),
    Type(()=>Number),
    IsInt(),
    Min(1),
    Max(MAX_PAGE),
    ApiProperty({
        required: false,
        type: 'integer',
        minimum: 1,
        maximum: MAX_PAGE,
        default: DEFAULT_TICKETS
    }),
    _ts_metadata("design:type", Number)
], TicketListQuery.prototype, "limit", void 0);
_ts_decorate([
    IsOptional(),
    IsLine(MAX_CURSOR_LENGTH),
    ApiProperty({
        required: false,
        description: '`next` of the page before'
    }),
    _ts_metadata("design:type", String)
], TicketListQuery.prototype, "cursor", void 0);

//# sourceMappingURL=ticket-requests.js.map