import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsObject,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { IsLine, MAX_ID_LENGTH, MAX_REASON_LENGTH, MayBeLeftOut } from '../validation/rules.js';

/**
 * Maximum of seats in a request. The event's own limit is far lower and is enforced by the
 * inventory.
 */
const MAX_SEATS_NAMED = 1_000;
const MAX_PAYMENT_TOKEN_LENGTH = 255;

export class PaymentOfDifference {
  @Matches(/^[!-~]+$/, { message: 'must be visible ASCII characters' })
  @MaxLength(MAX_PAYMENT_TOKEN_LENGTH)
  @ApiProperty({ maxLength: MAX_PAYMENT_TOKEN_LENGTH, example: 'tok_success' })
  token!: string;
}

const FORCE = 'Proceed even if a ticket that becomes void was checked in';

export class RefundRequest {
  @MayBeLeftOut()
  @IsBoolean()
  @ApiProperty({ required: false, default: false, description: FORCE, example: false })
  force?: boolean;
}

export class ExchangeRequest {
  @IsArray()
  @ArrayMaxSize(MAX_SEATS_NAMED)
  @IsLine(MAX_ID_LENGTH, { each: true })
  @ApiProperty({ type: [String], example: ['A-1-3', 'A-1-4'] })
  seatIds!: string[];

  @MayBeLeftOut()
  @IsObject()
  @ValidateNested()
  @Type(() => PaymentOfDifference)
  @ApiProperty({ required: false, type: PaymentOfDifference })
  payment?: PaymentOfDifference;

  @MayBeLeftOut()
  @IsBoolean()
  @ApiProperty({ required: false, default: false, description: FORCE, example: false })
  force?: boolean;
}

export class CancelEventRequest {
  @IsLine(MAX_REASON_LENGTH)
  @ApiProperty({ maxLength: MAX_REASON_LENGTH, example: 'the singer is ill' })
  reason!: string;
}
