import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Inject } from '../../commands/shared/inject.js';
import { CLOCK } from '../../commands/shared/tokens.js';
import type { Clock } from '../../ports/system/clock.js';
import { Answers } from '../openapi/answers.js';
import { ClockAnswer } from './health-answers.js';

/**
 * The time that decides when sales open. Never cached: the `Date` of a cached answer is as old as the answer, and a page that
 * trusted it would open late.
 */
@ApiTags('operation')
@Controller('v1/clock')
export class ClockController {
  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  @Get()
  @ApiOperation({
    summary: 'The time of the server, in milliseconds since the epoch; never cached',
  })
  @Answers(200, 'Half the round trip old when it arrives', ClockAnswer)
  now(): ClockAnswer {
    return { now: this.clock.now() };
  }
}
