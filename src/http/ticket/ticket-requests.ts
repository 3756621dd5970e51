import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsString, Max, MaxLength, Min } from 'class-validator';
import { AT_LEAST_OF_EVENT } from '../platform/freshness.js';
import { IsId, IsLine, MayBeLeftOut } from '../validation/rules.js';
import { codeExample } from './ticket-examples.js';

/** Tickets of one page. */
const MAX_PAGE = 200;
export const DEFAULT_TICKETS = 50;
/** A code has about 400 characters; what is longer is none, and is told so by its own reason up to here. */
const MAX_CODE_LENGTH = 4_096;
const MAX_CURSOR_LENGTH = 400;

export class CheckInRequest {
  @IsString()
  @MaxLength(MAX_CODE_LENGTH)
  @ApiProperty({
    maxLength: MAX_CODE_LENGTH,
    description: 'As read from the ticket',
    example: codeExample,
  })
  code!: string;
}

export class TicketListQuery {
  @MayBeLeftOut()
  @IsId()
  @ApiProperty({ required: false, description: 'Only of this event' })
  eventId?: string;

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
    default: DEFAULT_TICKETS,
  })
  limit?: number;

  @MayBeLeftOut()
  @IsLine(MAX_CURSOR_LENGTH)
  @ApiProperty({ required: false, description: '`next` of the page before' })
  cursor?: string;

  @MayBeLeftOut()
  @ApiProperty({ required: false, type: 'integer', minimum: 0, description: AT_LEAST_OF_EVENT })
  atLeast?: unknown;
}
