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
import { Transform, Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsBoolean, IsIn, IsInt, IsNumber, IsOptional, IsPositive, Max, Min, ValidateNested } from 'class-validator';
import { MAX_HOLD_SECONDS, MIN_HOLD_SECONDS } from '../domain/event/decide.js';
import { MAX_PRICE_MINOR } from '../domain/money.js';
import { MAX_SEATS_PER_CUSTOMER } from '../domain/seat-inventory/commands.js';
import { IsCurrency, IsId, IsInstant, IsLine, IsLines, IsPlace, MAX_DESCRIPTION_LENGTH, MAX_ID_LENGTH, MAX_PERFORMERS, MAX_PRICES, MAX_REASON_LENGTH } from './rules.js';
/** Events of one page. */ const MAX_PAGE = 100;
export const DEFAULT_PAGE = 20;
export const DEFAULT_RADIUS_KM = 50;
/** Half-way round the world. */ const MAX_RADIUS_KM = 20_038;
const EVENT_SORTS = [
    'date',
    'name',
    'distance',
    'relevance'
];
/** Characters of a search text and of a cursor. */ const MAX_SEARCH_LENGTH = 200;
/** Seats named in one request; more than a command takes is the inventory's to refuse. */ const MAX_SEATS_NAMED = 5_000;
const SINGLE_SEAT_RULES = [
    'off',
    'lenient',
    'strict'
];
export class PriceRequest {
    category;
    amountMinor;
    currency;
    byRequest;
}
_ts_decorate([
    IsLine(),
    ApiProperty({
        description: "One of the plan's categories",
        example: 'Stalls'
    }),
    _ts_metadata("design:type", String)
], PriceRequest.prototype, "category", void 0);
_ts_decorate([
    IsInt(),
    Min(0),
    Max(MAX_PRICE_MINOR),
    ApiProperty({
        type: 'integer',
        minimum: 0,
        maximum: MAX_PRICE_MINOR,
        example: 4500
    }),
    _ts_metadata("design:type", Number)
], PriceRequest.prototype, "amountMinor", void 0);
_ts_decorate([
    IsCurrency(),
    ApiProperty({
        description: 'ISO 4217',
        example: 'EUR'
    }),
    _ts_metadata("design:type", String)
], PriceRequest.prototype, "currency", void 0);
_ts_decorate([
    IsOptional(),
    IsBoolean(),
    ApiProperty({
        required: false,
        description: 'Sold when its seats or the category are named, never as best available of any category',
        example: false
    }),
    _ts_metadata("design:type", Boolean)
], PriceRequest.prototype, "byRequest", void 0);
export class EventRequest {
    name;
    venueId;
    startsAt;
    category;
    performers;
    description;
    prices;
    onSaleAt;
    holdSeconds;
    maxSeatsPerCustomer;
    singleSeatRule;
}
_ts_decorate([
    IsLine(),
    ApiProperty({
        maxLength: 200,
        example: 'Mexico v. South Africa'
    }),
    _ts_metadata("design:type", String)
], EventRequest.prototype, "name", void 0);
_ts_decorate([
    IsId(),
    ApiProperty({
        maxLength: MAX_ID_LENGTH,
        example: '1d3a2f6e-7a43-4a52-9f60-2f1d9b0c7a11'
    }),
    _ts_metadata("design:type", String)
], EventRequest.prototype, "venueId", void 0);
_ts_decorate([
    IsInstant(),
    ApiProperty({
        format: 'date-time',
        example: '2026-06-11T19:00:00Z'
    }),
    _ts_metadata("design:type", String)
], EventRequest.prototype, "startsAt", void 0);
_ts_decorate([
    IsOptional(),
    IsLine(),
    ApiProperty({
        required: false,
        maxLength: 200,
        example: 'Football'
    }),
    _ts_metadata("design:type", String)
], EventRequest.prototype, "category", void 0);
_ts_decorate([
    IsOptional(),
    IsArray(),
    ArrayMaxSize(MAX_PERFORMERS),
    IsLine(200, {
        each: true
    }),
    ApiProperty({
        required: false,
        type: [
            String
        ],
        maxItems: MAX_PERFORMERS,
        example: [
            'Mexico',
            'South Africa'
        ]
    }),
    _ts_metadata("design:type", Array)
], EventRequest.prototype, "performers", void 0);
_ts_decorate([
    IsOptional(),
    IsLines(MAX_DESCRIPTION_LENGTH),
    ApiProperty({
        required: false,
        maxLength: MAX_DESCRIPTION_LENGTH,
        example: 'The opening match.'
    }),
    _ts_metadata("design:type", String)
], EventRequest.prototype, "description", void 0);
_ts_decorate([
    IsArray(),
    ArrayMaxSize(MAX_PRICES),
    ValidateNested({
        each: true
    }),
    Type(()=>PriceRequest),
    ApiProperty({
        type: [
            PriceRequest
        ],
        maxItems: MAX_PRICES,
        description: 'One for each category that has seats'
    }),
    _ts_metadata("design:type", Array)
], EventRequest.prototype, "prices", void 0);
_ts_decorate([
    IsOptional(),
    IsInstant(),
    ApiProperty({
        required: false,
        format: 'date-time',
        example: '2026-01-15T10:00:00Z'
    }),
    _ts_metadata("design:type", String)
], EventRequest.prototype, "onSaleAt", void 0);
_ts_decorate([
    IsOptional(),
    IsInt(),
    Min(MIN_HOLD_SECONDS),
    Max(MAX_HOLD_SECONDS),
    ApiProperty({
        required: false,
        type: 'integer',
        minimum: MIN_HOLD_SECONDS,
        maximum: MAX_HOLD_SECONDS,
        example: 600
    }),
    _ts_metadata("design:type", Number)
], EventRequest.prototype, "holdSeconds", void 0);
_ts_decorate([
    IsOptional(),
    IsInt(),
    Min(1),
    Max(MAX_SEATS_PER_CUSTOMER),
    ApiProperty({
        required: false,
        type: 'integer',
        minimum: 1,
        maximum: MAX_SEATS_PER_CUSTOMER,
        example: 10
    }),
    _ts_metadata("design:type", Number)
], EventRequest.prototype, "maxSeatsPerCustomer", void 0);
_ts_decorate([
    IsOptional(),
    IsIn(SINGLE_SEAT_RULES),
    ApiProperty({
        required: false,
        enum: SINGLE_SEAT_RULES,
        example: 'lenient'
    }),
    _ts_metadata("design:type", typeof SingleSeatRule === "undefined" ? Object : SingleSeatRule)
], EventRequest.prototype, "singleSeatRule", void 0);
/** A search box that is empty, or holds blanks, asks for everything. */ const BlankIsNothing = ()=>Transform(({ value })=>typeof value === 'string' ? value.trim() || undefined : value);
export class EventListQuery {
    q;
    city;
    category;
    from;
    to;
    near;
    radiusKm;
    sort;
    limit;
    cursor;
}
_ts_decorate([
    BlankIsNothing(),
    IsOptional(),
    IsLine(MAX_SEARCH_LENGTH),
    ApiProperty({
        required: false,
        description: 'Words that all occur in name, performers, venue or city'
    }),
    _ts_metadata("design:type", String)
], EventListQuery.prototype, "q", void 0);
_ts_decorate([
    IsOptional(),
    IsLine(),
    ApiProperty({
        required: false,
        example: 'Mexico City'
    }),
    _ts_metadata("design:type", String)
], EventListQuery.prototype, "city", void 0);
_ts_decorate([
    IsOptional(),
    IsLine(),
    ApiProperty({
        required: false,
        example: 'Football'
    }),
    _ts_metadata("design:type", String)
], EventListQuery.prototype, "category", void 0);
_ts_decorate([
    IsOptional(),
    IsInstant(),
    ApiProperty({
        required: false,
        format: 'date-time',
        description: 'Earliest start'
    }),
    _ts_metadata("design:type", String)
], EventListQuery.prototype, "from", void 0);
_ts_decorate([
    IsOptional(),
    IsInstant(),
    ApiProperty({
        required: false,
        format: 'date-time',
        description: 'Latest start'
    }),
    _ts_metadata("design:type", String)
], EventListQuery.prototype, "to", void 0);
_ts_decorate([
    IsOptional(),
    IsPlace(),
    ApiProperty({
        required: false,
        example: '48.85,2.35',
        description: 'Latitude and longitude, in degrees'
    }),
    _ts_metadata("design:type", String)
], EventListQuery.prototype, "near", void 0);
_ts_decorate([
    IsOptional(),
    Type(()=>Number),
    IsNumber(),
    IsPositive(),
    Max(MAX_RADIUS_KM),
    ApiProperty({
        required: false,
        type: 'number',
        maximum: MAX_RADIUS_KM,
        default: DEFAULT_RADIUS_KM,
        description: 'Kilometres around `near`, as the crow flies'
    }),
    _ts_metadata("design:type", Number)
], EventListQuery.prototype, "radiusKm", void 0);
_ts_decorate([
    IsOptional(),
    IsIn(EVENT_SORTS),
    ApiProperty({
        required: false,
        enum: EVENT_SORTS,
        default: 'date',
        description: 'distance: from `near`; relevance: by the words of `q` that the name has'
    }),
    _ts_metadata("design:type", typeof EventSort === "undefined" ? Object : EventSort)
], EventListQuery.prototype, "sort", void 0);
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
        default: DEFAULT_PAGE
    }),
    _ts_metadata("design:type", Number)
], EventListQuery.prototype, "limit", void 0);
_ts_decorate([
    IsOptional(),
    IsLine(MAX_SEARCH_LENGTH),
    ApiProperty({
        required: false,
        description: '`next` of the page before'
    }),
    _ts_metadata("design:type", String)
], EventListQuery.prototype, "cursor", void 0);
export class UnblockRequest {
    seatIds;
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
            'A-1-1',
            'A-1-2'
        ]
    }),
    _ts_metadata("design:type", Array)
], UnblockRequest.prototype, "seatIds", void 0);
export class BlockRequest extends UnblockRequest {
    reason;
}
_ts_decorate([
    IsOptional(),
    IsLine(MAX_REASON_LENGTH),
    ApiProperty({
        required: false,
        maxLength: MAX_REASON_LENGTH,
        example: 'camera platform'
    }),
    _ts_metadata("design:type", String)
], BlockRequest.prototype, "reason", void 0);
export class CloseSalesRequest {
    reason;
}
_ts_decorate([
    IsOptional(),
    IsLine(MAX_REASON_LENGTH),
    ApiProperty({
        required: false,
        maxLength: MAX_REASON_LENGTH,
        example: 'the show is cancelled'
    }),
    _ts_metadata("design:type", String)
], CloseSalesRequest.prototype, "reason", void 0);

//# sourceMappingURL=event-requests.js.map