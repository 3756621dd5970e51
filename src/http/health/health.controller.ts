import { Controller, Get, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Inject } from '../../commands/shared/inject.js';
import { CLOCK } from '../../commands/shared/tokens.js';
import type { Clock } from '../../ports/system/clock.js';
import { Answers } from '../openapi/answers.js';
import { AnswersProblems } from '../openapi/problem-answers.js';
import { examples } from '../openapi/examples.js';
import type { Metrics } from './metrics.js';
import { Problem } from '../problems/problems.js';
import type { SeatStatusStreams } from '../seat-inventory/seat-status-streams.js';
import {
  METRICS,
  READINESS_CHECKS,
  SEAT_STATUS_STREAMS,
  type ReadinessCheck,
  type ReadinessState,
} from '../platform/tokens.js';

/** For one check to answer. Milliseconds. */
const CHECK_MS = 2_000;
const OK: ReadinessState = { state: 'ok', isReady: true };
const FAILED: ReadinessState = { state: 'failed', isReady: false };

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
  @Answers(200, 'It runs', examples.live)
  health(): object {
    return this.live();
  }

  @Get('health/live')
  @ApiOperation({ summary: 'The process runs' })
  @Answers(200, 'It does', examples.live)
  live(): object {
    return { status: 'ok' };
  }

  @Get('health/ready')
  @ApiOperation({ summary: 'This node can serve' })
  @Answers(200, 'It can; `checks` says how each of its services is', examples.ready, {
    maps: ['checks', 'causes'],
    optional: ['causes'],
  })
  @AnswersProblems('not-ready', 'shutting-down')
  async ready(): Promise<object> {
    if (this.streams.isClosing) throw new Problem('shutting-down');
    const results = await Promise.all(
      this.checks.map(async (check) => ({ ...check, outcome: await this.outcomeOf(check) })),
    );
    const checks = Object.fromEntries(results.map(({ name, outcome }) => [name, outcome.state]));
    const explained = results.filter(({ outcome }) => outcome.cause !== undefined);
    const causes = Object.fromEntries(explained.map(({ name, outcome }) => [name, outcome.cause]));
    const answer = { checks, ...(explained.length > 0 ? { causes } : {}) };
    if (results.some(({ outcome, optional }) => !outcome.isReady && !optional))
      throw new Problem('not-ready', answer);
    return { status: 'ready', ...answer };
  }

  @Get('metrics')
  @ApiOperation({ summary: 'Prometheus metrics' })
  @Answers(200, 'Prometheus text', 'boxoffice_inventory_commands_total 12\n', {
    mediaType: 'text/plain',
  })
  async prometheus(@Res() reply: FastifyReply): Promise<void> {
    reply.header('content-type', this.metrics.contentType).send(await this.metrics.text());
  }

  /** Why a check fails is for the log, not for whoever asks. */
  private async outcomeOf(readiness: ReadinessCheck): Promise<ReadinessState> {
    const answered = new AbortController();
    const passed = readiness.check().then(
      (state) => state ?? OK,
      () => FAILED,
    );
    const late = this.clock.sleep(CHECK_MS, answered.signal).then(() => FAILED);
    const outcome = await Promise.race([passed, late]);
    answered.abort();
    return outcome;
  }
}
