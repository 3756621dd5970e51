import { ApiProperty } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  MAX_HOLD_SECONDS,
  MAX_SALES_END_MINUTES,
  MIN_HOLD_SECONDS,
} from '../../domain/event/commands.js';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { MAX_PRICE_MINOR } from '../../domain/shared/money.js';
import { MAX_SEATS_PER_CUSTOMER } from '../../domain/seat-inventory/commands.js';
import type { SingleSeatRule } from '../../domain/seat-inventory/events.js';
import {
  inCapitals,
  IsCurrency,
  IsId,
  IsInstant,
  IsLine,
  IsLines,
  IsTimeZoneName,
  MAX_DESCRIPTION_LENGTH,
  MAX_ID_LENGTH,
  MAX_PERFORMERS,
  MAX_PRICES,
  MAX_REASON_LENGTH,
  MayBeLeftOut,
} from '../validation/rules.js';

/** Seats named in one request. The inventory has a lower limit and rejects what exceeds it. */
const MAX_SEATS_NAMED = 5_000;
const SINGLE_SEAT_RULES = ['off', 'lenient', 'strict'] as const;

export class PriceRequest {
  @IsLine()
  @ApiProperty({ description: "One of the plan's categories", example: 'Stalls' })
  category!: string;

  @IsInt()
  @Min(0)
  @Max(MAX_PRICE_MINOR)
  @ApiProperty({ type: 'integer', minimum: 0, maximum: MAX_PRICE_MINOR, example: 4500 })
  amountMinor!: number;

  @IsCurrency()
  @Transform(inCapitals)
  @ApiProperty({ description: 'ISO 4217', example: 'EUR' })
  currency!: string;

  @MayBeLeftOut()
  @IsBoolean()
  @ApiProperty({
    required: false,
    description:
      'Sold only when the seats or the category are named, never as best available of any ' +
      'category. By default true for a category with an accessibility name, such as Wheelchair',
    example: false,
  })
  byRequest?: boolean;
}

export class EventRequest {
  @MayBeLeftOut()
  @IsLine()
  @ApiProperty({
    required: false,
    maxLength: 200,
    example: 'season-26/opening',
    description: 'Your own key: the same key of the same account is the same event',
  })
  externalId?: string;

  @IsLine()
  @ApiProperty({ maxLength: 200, example: 'Mexico v. South Africa' })
  name!: string;

  @IsId()
  @ApiProperty({ maxLength: MAX_ID_LENGTH, example: '1d3a2f6e-7a43-4a52-9f60-2f1d9b0c7a11' })
  venueId!: string;

  @IsInstant()
  @ApiProperty({ format: 'date-time', example: '2036-06-11T19:00:00Z' })
  startsAt!: string;

  @MayBeLeftOut()
  @IsInt()
  @Min(0)
  @Max(MAX_SALES_END_MINUTES)
  @ApiProperty({
    required: false,
    type: 'integer',
    minimum: 0,
    maximum: MAX_SALES_END_MINUTES,
    default: 0,
    example: 30,
    description: 'Minutes after the start when sales end',
  })
  salesEndMinutesAfterStart?: number;

  @MayBeLeftOut()
  @IsTimeZoneName()
  @ApiProperty({
    required: false,
    example: 'America/Mexico_City',
    description: 'IANA name; by default the time zone of the venue',
  })
  timeZone?: string;

  @MayBeLeftOut()
  @IsLine()
  @ApiProperty({ required: false, maxLength: 200, example: 'Football' })
  category?: string;

  @MayBeLeftOut()
  @IsArray()
  @ArrayMaxSize(MAX_PERFORMERS)
  @IsLine(200, { each: true })
  @ApiProperty({
    required: false,
    type: [String],
    maxItems: MAX_PERFORMERS,
    example: ['Mexico', 'South Africa'],
  })
  performers?: string[];

  @MayBeLeftOut()
  @IsLines(MAX_DESCRIPTION_LENGTH)
  @ApiProperty({
    required: false,
    maxLength: MAX_DESCRIPTION_LENGTH,
    example: 'The opening match.',
  })
  description?: string;

  @IsArray()
  @ArrayMaxSize(MAX_PRICES)
  @ValidateNested({ each: true })
  @Type(() => PriceRequest)
  @ApiProperty({
    type: [PriceRequest],
    maxItems: MAX_PRICES,
    description: 'One for each category that has seats',
  })
  prices!: PriceRequest[];

  @MayBeLeftOut()
  @IsInstant()
  @ApiProperty({ required: false, format: 'date-time', example: '2026-01-15T10:00:00Z' })
  onSaleAt?: string;

  @MayBeLeftOut()
  @IsInt()
  @Min(MIN_HOLD_SECONDS)
  @Max(MAX_HOLD_SECONDS)
  @ApiProperty({
    required: false,
    type: 'integer',
    minimum: MIN_HOLD_SECONDS,
    maximum: MAX_HOLD_SECONDS,
    example: 600,
  })
  holdSeconds?: number;

  @MayBeLeftOut()
  @IsInt()
  @Min(1)
  @Max(MAX_SEATS_PER_CUSTOMER)
  @ApiProperty({
    required: false,
    type: 'integer',
    minimum: 1,
    maximum: MAX_SEATS_PER_CUSTOMER,
    example: 10,
  })
  maxSeatsPerCustomer?: number;

  @MayBeLeftOut()
  @IsIn(SINGLE_SEAT_RULES)
  @ApiProperty({ required: false, enum: SINGLE_SEAT_RULES, example: 'lenient' })
  singleSeatRule?: SingleSeatRule;

  @MayBeLeftOut()
  @IsBoolean()
  @ApiProperty({
    required: false,
    default: false,
    example: false,
    description: 'A hold requires an account whose token has a mail address',
  })
  requireContactToHold?: boolean;

  @MayBeLeftOut()
  @IsBoolean()
  @ApiProperty({
    required: false,
    default: false,
    example: false,
    description:
      'A waiting room starts automatically when too many seats are held unpaid or requested',
  })
  autoWaitingRoom?: boolean;
}

export class UnblockRequest {
  @IsArray()
  @ArrayMaxSize(MAX_SEATS_NAMED)
  @IsLine(MAX_ID_LENGTH, { each: true })
  @ApiProperty({ type: [String], example: ['A-1-1', 'A-1-2'] })
  seatIds!: string[];
}

export class BlockRequest extends UnblockRequest {
  @MayBeLeftOut()
  @IsLine(MAX_REASON_LENGTH)
  @ApiProperty({ required: false, maxLength: MAX_REASON_LENGTH, example: 'camera platform' })
  reason?: string;
}

export class CloseSalesRequest {
  @MayBeLeftOut()
  @IsLine(MAX_REASON_LENGTH)
  @ApiProperty({ required: false, maxLength: MAX_REASON_LENGTH, example: 'the show is canceled' })
  reason?: string;
}
