import { ApiProperty } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { IsDefined, IsNumber, Max, Min, ValidateNested } from 'class-validator';
import { seatingPlanExample } from './seating-plan-example.js';
import {
  inCapitals,
  IsCountry,
  IsLine,
  IsTimeZoneName,
  MayBeLeftOut,
} from '../validation/rules.js';

export class LocationRequest {
  @IsNumber()
  @Min(-90)
  @Max(90)
  @ApiProperty({ minimum: -90, maximum: 90, example: 19.303 })
  lat!: number;

  @IsNumber()
  @Min(-180)
  @Max(180)
  @ApiProperty({ minimum: -180, maximum: 180, example: -99.1506 })
  lon!: number;
}

/** A venue without its seating plan, which is large and which the importer validates. */
export class VenueRequest {
  @IsLine()
  @ApiProperty({ maxLength: 200, example: 'Estadio Azteca' })
  name!: string;

  @IsLine()
  @ApiProperty({ maxLength: 200, example: 'Mexico City' })
  city!: string;

  @IsCountry()
  @Transform(inCapitals)
  @ApiProperty({ description: 'ISO 3166-1 alpha-2', example: 'MX' })
  country!: string;

  @IsDefined()
  @ValidateNested()
  @Type(() => LocationRequest)
  @ApiProperty()
  location!: LocationRequest;

  @MayBeLeftOut()
  @IsTimeZoneName()
  @ApiProperty({
    required: false,
    description: 'IANA name; UTC by default',
    example: 'America/Mexico_City',
  })
  timeZone?: string;
}

/** The body as documented; the importer validates the seating plan. */
export class VenueWithPlan extends VenueRequest {
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: "pretix's public seating-plan JSON",
    example: seatingPlanExample,
  })
  seatingPlan!: unknown;
}
