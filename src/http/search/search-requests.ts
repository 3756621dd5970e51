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
/** Half-way round the world. */
const MAX_RADIUS_KM = 20_038;
/** Characters of a search text. */
const MAX_SEARCH_LENGTH = 200;
const MAX_CURSOR_LENGTH = 1_000;
const MAX_SUGGESTIONS = 20;
export const DEFAULT_SUGGESTIONS = 10;

/** A search box that is empty, or holds blanks, asks for everything. */
const BlankIsNothing = () =>
  Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? value.trim() || undefined : value,
  );

const TIME =
  'A time with Z or an offset; or a day or a time without one, which is that at the venue';

export class EventSearchQuery {
  @BlankIsNothing()
  @MayBeLeftOut()
  @IsLine(MAX_SEARCH_LENGTH)
  @ApiProperty({
    required: false,
    maxLength: MAX_SEARCH_LENGTH,
    description:
      'Words of name, performers, venue, city, date or description; the last may be unfinished',
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
    description: `Latest start; of a day, its end. ${TIME}`,
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
    description: 'Kilometres around `near`, as the crow flies',
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
    description: 'Some seats cost at least this, in minor units',
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
    description: 'And at most this; without a `currency`, of whatever currency',
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
      'Unless told, relevance with `q`, else distance with `near`, else date. distance: from `near`; price: the lowest of each',
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
  @ApiProperty({ required: false, description: '`next` of the page before' })
  cursor?: string;
}

export class SuggestQuery {
  @BlankIsNothing()
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
