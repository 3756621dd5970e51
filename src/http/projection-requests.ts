import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsOptional } from 'class-validator';
import { IsLine, MAX_REASON_LENGTH } from './rules.js';

export class RebuildRequest {
  @IsOptional()
  @IsBoolean()
  @ApiProperty({
    required: false,
    default: false,
    example: false,
    description: 'Switch to the new tables also where they differ from those that serve',
  })
  acceptDifference?: boolean;
}

export class SkipRequest {
  @IsLine(MAX_REASON_LENGTH)
  @ApiProperty({ maxLength: MAX_REASON_LENGTH, example: 'written by a test, never sold' })
  reason!: string;
}
