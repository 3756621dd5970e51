import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean } from 'class-validator';
import { IsLine, MAX_REASON_LENGTH, MayBeLeftOut } from '../validation/rules.js';

export class RebuildRequest {
  @MayBeLeftOut()
  @IsBoolean()
  @ApiProperty({
    required: false,
    default: false,
    example: false,
    description: 'Switch to the new tables even if they differ from the live ones',
  })
  acceptDifference?: boolean;
}

export class SkipRequest {
  @IsLine(MAX_REASON_LENGTH)
  @ApiProperty({ maxLength: MAX_REASON_LENGTH, example: 'written by a test, never sold' })
  reason!: string;
}
