import { Controller, Get, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Inject } from '../../commands/shared/inject.js';
import { CLOCK } from '../../commands/shared/tokens.js';
import type { Clock } from '../../ports/system/clock.js';
import { Answers } from '../openapi/answers.js';
import { AnswersProblems } from '../openapi/problem-answers.js';
import { METRICS, READINESS_CHECKS, SEAT_STATUS_STREAMS } from '../platform/tokens.js';
import { Problem } from '../problems/problems.js';
import type { SeatStatusStreams } from '../seat-inventory/seat-status-streams.js';
import { LiveAnswer, ReadyAnswer } from './health-answers.js';
import type { Metrics } from './metrics.js';
import type { ReadinessCheck } from './node-state.js';
import { checkReadiness } from './readiness.js';

@ApiTags('operation')
@Controller()
export class HealthController {
  constructor(
    @Inject(READINESS_CHECKS) private readonly checks: readonly ReadinessCheck[],
    @Inject(SEAT_STATUS_STREAMS) private readonly streams: SeatStatusStreams,
    @Inject(METRICS) private readonly metrics: Metrics,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('health')
  @ApiOperation({ summary: 'The same as /health/live' })
  @Answers(200, 'The process runs', LiveAnswer)
  health(): LiveAnswer {
    return this.live();
  }

  @Get('health/live')
  @ApiOperation({ summary: 'Whether the process runs' })
  @Answers(200, 'The process runs', LiveAnswer)
  live(): LiveAnswer {
    return { status: 'ok' };
  }

  @Get('health/ready')
  @ApiOperation({ summary: 'Whether this node can serve requests' })
  @Answers(200, 'The node is ready; `checks` has the state of each service', ReadyAnswer)
  @AnswersProblems('not-ready', 'shutting-down')
  async ready(): Promise<ReadyAnswer> {
    if (this.streams.isClosing) throw new Problem('shutting-down');
    const { isReady, ...states } = await checkReadiness(this.checks, this.clock);
    if (!isReady) throw new Problem('not-ready', states);
    return { status: 'ready', ...states };
  }

  @Get('metrics')
  @ApiOperation({ summary: 'Prometheus metrics' })
  @Answers(200, 'Prometheus text', 'boxoffice_inventory_commands_total 12\n', {
    mediaType: 'text/plain',
  })
  async prometheus(@Res() reply: FastifyReply): Promise<void> {
    reply.header('content-type', this.metrics.contentType).send(await this.metrics.text());
  }
}
