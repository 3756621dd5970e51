import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsBoolean, IsInt, Max, Min } from 'class-validator';
import { MAX_SALES_END_MINUTES, type EventChanges } from '../../domain/event/commands.js';
import {
  IsInstant,
  IsLine,
  IsLines,
  IsTimeZoneName,
  MAX_DESCRIPTION_LENGTH,
  MAX_PERFORMERS,
  MayBeLeftOut,
  MayBeNull,
} from '../validation/rules.js';

/** Fields that are missing stay unchanged; null removes a value. */
export class EventChangeRequest {
  @MayBeLeftOut()
  @IsLine()
  @ApiProperty({ required: false, maxLength: 200, example: 'Mexico v. South Africa' })
  name?: string;

  @MayBeLeftOut()
  @IsInstant()
  @ApiProperty({ required: false, format: 'date-time', example: '2036-06-12T19:00:00Z' })
  startsAt?: string;

  @MayBeLeftOut()
  @IsInt()
  @Min(0)
  @Max(MAX_SALES_END_MINUTES)
  @ApiProperty({
    required: false,
    type: 'integer',
    minimum: 0,
    maximum: MAX_SALES_END_MINUTES,
    example: 30,
    description: 'Minutes after the start when sales end',
  })
  salesEndMinutesAfterStart?: number;

  @MayBeNull()
  @IsTimeZoneName()
  @ApiProperty({
    required: false,
    nullable: true,
    type: String,
    example: 'America/Mexico_City',
    description: 'IANA name; null: the time zone of the venue',
  })
  timeZone?: string | null;

  @MayBeNull()
  @IsLine()
  @ApiProperty({
    required: false,
    nullable: true,
    type: String,
    maxLength: 200,
    example: 'Football',
  })
  category?: string | null;

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

  @MayBeNull()
  @IsLines(MAX_DESCRIPTION_LENGTH)
  @ApiProperty({
    required: false,
    nullable: true,
    type: String,
    maxLength: MAX_DESCRIPTION_LENGTH,
    example: 'The opening match.',
  })
  description?: string | null;

  @MayBeNull()
  @IsInstant()
  @ApiProperty({
    required: false,
    nullable: true,
    type: String,
    format: 'date-time',
    example: '2026-01-15T10:00:00Z',
    description: 'null: on sale at once',
  })
  onSaleAt?: string | null;

  @MayBeLeftOut()
  @IsBoolean()
  @ApiProperty({
    required: false,
    example: false,
    description: 'A hold requires an account whose token has a mail address',
  })
  requireContactToHold?: boolean;

  @MayBeLeftOut()
  @IsBoolean()
  @ApiProperty({
    required: false,
    example: false,
    description:
      'A waiting room starts automatically when too many seats are held unpaid or requested',
  })
  autoWaitingRoom?: boolean;
}

/** Returns the changes with times in UTC and without missing fields. */
export function toChanges({ startsAt, onSaleAt, ...others }: EventChangeRequest): EventChanges {
  const given = Object.entries({
    ...others,
    startsAt: startsAt && new Date(startsAt).toISOString(),
    onSaleAt: onSaleAt && new Date(onSaleAt).toISOString(),
  });
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}
