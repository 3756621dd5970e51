import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsString, Max, MaxLength, Min } from 'class-validator';
import { AT_LEAST_OF_EVENT } from '../platform/freshness.js';
import { IsId, IsLine, MayBeLeftOut } from '../validation/rules.js';
import { CODE_EXAMPLE } from './ticket-answers.js';

/** Maximum of tickets on one page. */
const MAX_PAGE = 200;
export const DEFAULT_TICKETS = 50;
/**
 * A code has about 400 characters. A longer text up to this limit is rejected as an invalid code.
 */
const MAX_CODE_LENGTH = 4_096;
const MAX_CURSOR_LENGTH = 400;

export class CheckInRequest {
  @IsString()
  @MaxLength(MAX_CODE_LENGTH)
  @ApiProperty({
    maxLength: MAX_CODE_LENGTH,
    description: 'The code as read from the ticket',
    example: CODE_EXAMPLE,
  })
  code!: string;
}

export class TicketListQuery {
  @MayBeLeftOut()
  @IsId()
  @ApiProperty({ required: false, description: 'Lists only tickets of this event' })
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
  @ApiProperty({ required: false, description: '`next` of the previous page' })
  cursor?: string;

  @MayBeLeftOut()
  @ApiProperty({ required: false, type: 'integer', minimum: 0, description: AT_LEAST_OF_EVENT })
  atLeast?: unknown;
}
