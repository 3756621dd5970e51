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
import { IsDefined, IsNumber, IsOptional, Max, Min, ValidateNested } from 'class-validator';
import { seatingPlanExample } from './examples.js';
import { IsCountry, IsLine, IsTimeZoneName } from './rules.js';
export class LocationRequest {
    lat;
    lon;
}
_ts_decorate([
    IsNumber(),
    Min(-90),
    Max(90),
    ApiProperty({
        minimum: -90,
        maximum: 90,
        example: 19.303
    }),
    _ts_metadata("design:type", Number)
], LocationRequest.prototype, "lat", void 0);
_ts_decorate([
    IsNumber(),
    Min(-180),
    Max(180),
    ApiProperty({
        minimum: -180,
        maximum: 180,
        example: -99.1506
    }),
    _ts_metadata("design:type", Number)
], LocationRequest.prototype, "lon", void 0);
/** All of a venue but its plan, which is large and has an importer of its own. */ export class VenueRequest {
    name;
    city;
    country;
    location;
    timeZone;
}
_ts_decorate([
    IsLine(),
    ApiProperty({
        maxLength: 200,
        example: 'Estadio Azteca'
    }),
    _ts_metadata("design:type", String)
], VenueRequest.prototype, "name", void 0);
_ts_decorate([
    IsLine(),
    ApiProperty({
        maxLength: 200,
        example: 'Mexico City'
    }),
    _ts_metadata("design:type", String)
], VenueRequest.prototype, "city", void 0);
_ts_decorate([
    IsCountry(),
    ApiProperty({
        description: 'ISO 3166-1 alpha-2',
        example: 'MX'
    }),
    _ts_metadata("design:type", String)
], VenueRequest.prototype, "country", void 0);
_ts_decorate([
    IsDefined(),
    ValidateNested(),
    Type(()=>LocationRequest),
    ApiProperty(),
    _ts_metadata("design:type", typeof LocationRequest === "undefined" ? Object : LocationRequest)
], VenueRequest.prototype, "location", void 0);
_ts_decorate([
    IsOptional(),
    IsTimeZoneName(),
    ApiProperty({
        required: false,
        description: 'IANA name; UTC unless told',
        example: 'America/Mexico_City'
    }),
    _ts_metadata("design:type", String)
], VenueRequest.prototype, "timeZone", void 0);
/** As documented: the plan is checked by the importer. */ export class VenueWithPlan extends VenueRequest {
    seatingPlan;
}
_ts_decorate([
    ApiProperty({
        type: 'object',
        additionalProperties: true,
        description: "pretix's public seating-plan JSON",
        example: seatingPlanExample
    }),
    _ts_metadata("design:type", Object)
], VenueWithPlan.prototype, "seatingPlan", void 0);

//# sourceMappingURL=venue-requests.js.map