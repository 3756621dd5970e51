import { Controller, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Inject } from '../../commands/shared/inject.js';
import { AcceptLogCommand } from '../../commands/projection/accept-log.js';
import { LOG_OPERATIONS, RANDOMNESS } from '../../commands/shared/tokens.js';
import type { LogOperations, LogStatus } from '../../ports/projection/log-operations.js';
import type { Randomness } from '../../ports/system/randomness.js';
import { LOSSES_PAGE } from '../../read-models/projection/log-losses.js';
import { Access } from '../account/access.js';
import type { Role } from '../account/accounts.js';
import { Answers } from '../openapi/answers.js';
import { AnswersProblems, PROBLEM_CODES } from '../openapi/problem-answers.js';
import { readRevision } from '../audit/audit-requests.js';
import { contextOf } from '../platform/command-context.js';
import { LogAnswer, LossesAnswer } from './log-answers.js';
import { accepted } from '../problems/problems.js';

const LOOKING: readonly Role[] = ['operator', 'auditor'];
const OPERATING: readonly Role[] = ['operator'];

/**
 * The log: whether the read models were built from it, and the acceptance of another log by an
 * operator.
 */
@ApiTags('log')
@Controller('v1/ops/log')
export class LogController {
  constructor(
    private readonly commands: CommandBus,
    @Inject(RANDOMNESS) private readonly randomness: Randomness,
    @Inject(LOG_OPERATIONS) private readonly operations: LogOperations,
  ) {}

  @Get()
  @Access(LOOKING)
  @ApiOperation({ summary: 'State of the log and the last acceptance of another log' })
  @Answers(200, 'Compared with the read models for this request', LogAnswer)
  @AnswersProblems(...PROBLEM_CODES.account, 'event-store-unavailable')
  async status(): Promise<LogAnswer> {
    return { log: shown(await this.operations.status()) };
  }

  @Post('accept')
  @HttpCode(202)
  @Access(OPERATING)
  @ApiOperation({
    summary: 'Rebuild every read model from the current log',
    description:
      'Only while the log is `replaced`. `losses` lists reservations and payments that the read ' +
      'models showed and the log lacks.',
  })
  @Answers(202, 'Started, or already in progress', LogAnswer, {
    headers: { Location: 'Where the progress is shown' },
  })
  @AnswersProblems(
    ...PROBLEM_CODES.account,
    'too-many-conflicts',
    'event-store-unavailable',
    'outcome-unknown',
    'log-not-replaced',
  )
  async accept(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<LogAnswer> {
    const context = contextOf(request, OPERATING, this.randomness);
    const { log } = accepted(await this.commands.execute(new AcceptLogCommand(context)));
    reply.header('location', '/v1/ops/log');
    return { log: shown(log) };
  }

  @Get('losses')
  @Access(LOOKING)
  @ApiOperation({
    summary: 'Reservations and payments that the read models showed and an accepted log lacks',
  })
  @ApiQuery({
    name: 'after',
    required: false,
    schema: { type: 'integer' },
    description: 'Number of the last loss of the previous page',
  })
  @Answers(200, `At most ${LOSSES_PAGE}; \`next\` is null on the last page`, LossesAnswer)
  @AnswersProblems(...PROBLEM_CODES.account, 'validation-failed')
  async losses(@Query('after') after?: unknown): Promise<LossesAnswer> {
    const losses = await this.operations.losses(Number(readRevision('after', after, 0n)));
    return { losses, next: losses.length === LOSSES_PAGE ? losses.at(-1)!.number : null };
  }
}

const shown = ({ condition, acceptance, losses }: LogStatus) => ({
  state: condition.state,
  cause: condition.state === 'ok' ? null : condition.cause,
  acceptance,
  losses,
});
