import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Inject } from '../../commands/shared/inject.js';
import { CLOCK } from '../../commands/shared/tokens.js';
import type { Clock } from '../../ports/system/clock.js';
import { Answers } from '../openapi/answers.js';
import { ClockAnswer } from './health-answers.js';

/**
 * The server's time, which decides when sales open. Never cached: a page that used the time of a
 * cached answer would open late.
 */
@ApiTags('operation')
@Controller('v1/clock')
export class ClockController {
  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  @Get()
  @ApiOperation({
    summary: 'The time of the server, in milliseconds since the epoch; never cached',
  })
  @Answers(200, 'The time when the server answered', ClockAnswer)
  now(): ClockAnswer {
    return { now: this.clock.now() };
  }
}
