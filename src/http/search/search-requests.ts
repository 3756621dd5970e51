import { ApiProperty } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { IsIn, IsInt, IsNumber, IsPositive, Max, Min } from 'class-validator';
import { MAX_PRICE_MINOR } from '../../domain/shared/money.js';
import { AVAILABILITIES, type Availability } from '../../domain/search/document.js';
import { SEARCH_SORTS, type SearchSort } from '../../ports/search/search-index.js';
import {
  inCapitals,
  IsCountry,
  IsCurrency,
  IsLine,
  IsPlace,
  IsTimeBound,
  MayBeLeftOut,
} from '../validation/rules.js';

/** Events of one page. */
const MAX_PAGE = 100;
export const DEFAULT_PAGE = 20;
export const DEFAULT_RADIUS_KM = 50;
/** Half the circumference of the earth. */
const MAX_RADIUS_KM = 20_038;
/** Characters of a search text. */
const MAX_SEARCH_LENGTH = 200;
const MAX_CURSOR_LENGTH = 1_000;
const MAX_SUGGESTIONS = 20;
export const DEFAULT_SUGGESTIONS = 10;

/** Reads a blank text as missing: an empty search box searches for everything. */
const BlankAsMissing = () =>
  Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? value.trim() || undefined : value,
  );

const TIME =
  'A time with Z or an offset, or a day or a time without offset, which is local time at the venue';

export class EventSearchQuery {
  @BlankAsMissing()
  @MayBeLeftOut()
  @IsLine(MAX_SEARCH_LENGTH)
  @ApiProperty({
    required: false,
    maxLength: MAX_SEARCH_LENGTH,
    description:
      'Words of name, performers, venue, city, date or description; the last may be incomplete',
    example: 'final july',
  })
  q?: string;

  @MayBeLeftOut()
  @IsLine()
  @ApiProperty({ required: false, example: 'Mexico City' })
  city?: string;

  @MayBeLeftOut()
  @IsCountry()
  @Transform(inCapitals)
  @ApiProperty({ required: false, description: 'ISO 3166-1 alpha-2', example: 'MX' })
  country?: string;

  @MayBeLeftOut()
  @IsLine()
  @ApiProperty({ required: false, example: 'Football' })
  category?: string;

  @MayBeLeftOut()
  @IsTimeBound()
  @ApiProperty({ required: false, description: `Earliest start. ${TIME}`, example: '2026-06-11' })
  from?: string;

  @MayBeLeftOut()
  @IsTimeBound()
  @ApiProperty({
    required: false,
    description: `Latest start; a day counts to its end. ${TIME}`,
    example: '2026-07-19T20:00:00Z',
  })
  to?: string;

  @MayBeLeftOut()
  @IsPlace()
  @ApiProperty({
    required: false,
    example: '48.85,2.35',
    description: 'Latitude and longitude, in degrees',
  })
  near?: string;

  @MayBeLeftOut()
  @Type(() => Number)
  @IsNumber()
  @IsPositive()
  @Max(MAX_RADIUS_KM)
  @ApiProperty({
    required: false,
    type: 'number',
    maximum: MAX_RADIUS_KM,
    default: DEFAULT_RADIUS_KM,
    description: 'Radius around `near` in kilometers',
  })
  radiusKm?: number;

  @MayBeLeftOut()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(MAX_PRICE_MINOR)
  @ApiProperty({
    required: false,
    type: 'integer',
    minimum: 0,
    maximum: MAX_PRICE_MINOR,
    description: 'At least one price is this or higher, in minor units',
  })
  minPrice?: number;

  @MayBeLeftOut()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(MAX_PRICE_MINOR)
  @ApiProperty({
    required: false,
    type: 'integer',
    minimum: 0,
    maximum: MAX_PRICE_MINOR,
    description: 'And at most this; in any currency unless `currency` is set',
  })
  maxPrice?: number;

  @MayBeLeftOut()
  @IsCurrency()
  @Transform(inCapitals)
  @ApiProperty({ required: false, description: 'ISO 4217', example: 'MXN' })
  currency?: string;

  @MayBeLeftOut()
  @IsIn(AVAILABILITIES)
  @ApiProperty({ required: false, enum: AVAILABILITIES })
  availability?: Availability;

  @MayBeLeftOut()
  @IsIn(SEARCH_SORTS)
  @ApiProperty({
    required: false,
    enum: SEARCH_SORTS,
    description:
      'By default relevance with `q`, else distance with `near`, else date. distance: ' +
      'from `near`; price: by the lowest price',
  })
  sort?: SearchSort;

  @MayBeLeftOut()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(MAX_PAGE)
  @ApiProperty({
    required: false,
    type: 'integer',
    minimum: 1,
    maximum: MAX_PAGE,
    default: DEFAULT_PAGE,
  })
  limit?: number;

  @MayBeLeftOut()
  @IsLine(MAX_CURSOR_LENGTH)
  @ApiProperty({ required: false, description: '`next` of the previous page' })
  cursor?: string;
}

export class SuggestQuery {
  @BlankAsMissing()
  @MayBeLeftOut()
  @IsLine(MAX_SEARCH_LENGTH)
  @ApiProperty({ required: false, maxLength: MAX_SEARCH_LENGTH, example: 'mex' })
  q?: string;

  @MayBeLeftOut()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(MAX_SUGGESTIONS)
  @ApiProperty({
    required: false,
    type: 'integer',
    minimum: 1,
    maximum: MAX_SUGGESTIONS,
    default: DEFAULT_SUGGESTIONS,
  })
  limit?: number;
}
