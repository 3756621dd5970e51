import { Body, Controller, Delete, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Inject } from '../../commands/shared/inject.js';
import {
  RebuildProjectionCommand,
  SettleParkedEventCommand,
  type RebuildAction,
} from '../../commands/projection/operate-projection.js';
import { PROJECTION_OPERATIONS, RANDOMNESS } from '../../commands/shared/tokens.js';
import type { ProjectionOperations } from '../../ports/projection/projection-operations.js';
import type { Randomness } from '../../ports/system/randomness.js';
import { Access } from '../account/access.js';
import type { Role } from '../account/accounts.js';
import { Answers } from '../openapi/answers.js';
import { AnswersProblems, PROBLEM_CODES } from '../openapi/problem-answers.js';
import { contextOf } from '../platform/command-context.js';
import {
  AppliedAnswer,
  ParkedEventsAnswer,
  ProjectionsAnswer,
  RebuildProgress,
} from './projection-answers.js';
import { RebuildRequest, SkipRequest } from './projection-requests.js';
import { accepted, Problem } from '../problems/problems.js';
import { bodyAs } from '../validation/validate.js';

/** Roles that may read, and roles that may operate. */
const READING: readonly Role[] = ['operator', 'auditor'];
const OPERATING: readonly Role[] = ['operator'];
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
const STARTED = { headers: { Location: 'Where the progress is shown' } };
const OF_LOG = ['too-many-conflicts', 'event-store-unavailable', 'outcome-unknown'] as const;

/** State of the projections, and an operator's actions on them. */
@ApiTags('projections')
@Controller('v1/ops/projections')
export class ProjectionsController {
  constructor(
    private readonly commands: CommandBus,
    @Inject(RANDOMNESS) private readonly randomness: Randomness,
    @Inject(PROJECTION_OPERATIONS) private readonly operations: ProjectionOperations,
  ) {}

  @Get()
  @Access(READING)
  @ApiOperation({ summary: 'All projections with lag, parked domain events and last rebuild' })
  @Answers(200, 'All projections', ProjectionsAnswer)
  @AnswersProblems(...PROBLEM_CODES.account)
  async list(): Promise<ProjectionsAnswer> {
    return { projections: await this.operations.list() };
  }

  @Get(':name/rebuild')
  @Access(READING)
  @ApiOperation({ summary: 'The progress of the last rebuild, also once it is over' })
  @Answers(200, '`rebuild` is null before the first', RebuildProgress)
  @AnswersProblems(...PROBLEM_CODES.account, 'projection-unknown')
  async rebuildOf(@Param('name') name: string): Promise<RebuildProgress> {
    const rebuild = await this.operations.rebuildOf(name);
    if (rebuild === undefined) throw new Problem('projection-unknown');
    return { rebuild };
  }

  @Post(':name/rebuild')
  @HttpCode(202)
  @Access(OPERATING)
  @ApiOperation({
    summary: 'Rebuild the tables of a projection beside the live ones, compare, and switch',
    description:
      'If old and new tables differ, the rebuild waits in the phase `differs` unless ' +
      '`acceptDifference` is set.',
  })
  @Answers(202, 'Started', RebuildProgress, STARTED)
  @AnswersProblems(
    ...PROBLEM_CODES.account,
    ...PROBLEM_CODES.body,
    ...OF_LOG,
    'projection-unknown',
    'rebuild-under-way',
  )
  async rebuild(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('name') name: string,
    @Body(bodyAs(RebuildRequest, {})) { acceptDifference = false }: RebuildRequest,
  ): Promise<RebuildProgress> {
    return this.decide(request, reply, name, { kind: 'rebuild', acceptDifference });
  }

  @Delete(':name/rebuild')
  @HttpCode(202)
  @Access(OPERATING)
  @ApiOperation({ summary: 'Cancel the rebuild in progress and drop its tables' })
  @Answers(202, 'The rebuild ends soon', RebuildProgress, STARTED)
  @AnswersProblems(
    ...PROBLEM_CODES.account,
    ...OF_LOG,
    'projection-unknown',
    'rebuild-not-under-way',
  )
  async cancel(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('name') name: string,
  ): Promise<RebuildProgress> {
    return this.decide(request, reply, name, { kind: 'cancel' });
  }

  @Post(':name/rebuild/accept')
  @HttpCode(202)
  @Access(OPERATING)
  @ApiOperation({ summary: 'Let a rebuild switch although old and new tables differ' })
  @Answers(202, 'The rebuild continues', RebuildProgress, STARTED)
  @AnswersProblems(
    ...PROBLEM_CODES.account,
    ...OF_LOG,
    'projection-unknown',
    'rebuild-no-difference',
  )
  async accept(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('name') name: string,
  ): Promise<RebuildProgress> {
    return this.decide(request, reply, name, { kind: 'accept-difference' });
  }

  @Post(':name/switch-back')
  @HttpCode(202)
  @Access(OPERATING)
  @ApiOperation({
    summary: 'Bring the previous tables up to date and switch back to them',
  })
  @Answers(202, 'Started', RebuildProgress, STARTED)
  @AnswersProblems(
    ...PROBLEM_CODES.account,
    ...OF_LOG,
    'projection-unknown',
    'rebuild-under-way',
    'nothing-to-switch-back-to',
  )
  async switchBack(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('name') name: string,
  ): Promise<RebuildProgress> {
    return this.decide(request, reply, name, { kind: 'switch-back' });
  }

  @Get(':name/parked')
  @Access(READING)
  @ApiOperation({
    summary: 'Domain events that the projection could not apply, with error and content',
  })
  @Answers(200, 'The longest parked first, at most 200', ParkedEventsAnswer)
  @AnswersProblems(...PROBLEM_CODES.account, 'projection-unknown')
  async parked(@Param('name') name: string): Promise<ParkedEventsAnswer> {
    const parked = await this.operations.parked(name);
    if (!parked) throw new Problem('projection-unknown');
    return { parked };
  }

  @Post(':name/parked/:id/retry')
  @HttpCode(200)
  @Access(OPERATING)
  @ApiOperation({
    summary:
      'Apply a parked domain event again, then those of its stream that wait for it, in order',
  })
  @Answers(200, 'Domain events applied', AppliedAnswer)
  @AnswersProblems(
    ...PROBLEM_CODES.account,
    ...OF_LOG,
    'projection-unknown',
    'rebuild-under-way',
    'parked-event-not-found',
    'parked-event-still-fails',
  )
  async retry(
    @Req() request: FastifyRequest,
    @Param('name') name: string,
    @Param('id') id: string,
  ): Promise<AppliedAnswer> {
    return this.settle(request, name, id, { kind: 'retry' });
  }

  @Post(':name/parked/:id/skip')
  @HttpCode(200)
  @Access(OPERATING)
  @ApiOperation({
    summary:
      'Skip a parked domain event, now and in every rebuild, ' +
      'and apply those that wait for it, in order',
  })
  @Answers(200, 'Domain events applied', AppliedAnswer)
  @AnswersProblems(
    ...PROBLEM_CODES.account,
    ...PROBLEM_CODES.body,
    ...OF_LOG,
    'projection-unknown',
    'rebuild-under-way',
    'parked-event-not-found',
  )
  async skip(
    @Req() request: FastifyRequest,
    @Param('name') name: string,
    @Param('id') id: string,
    @Body(bodyAs(SkipRequest)) { reason }: SkipRequest,
  ): Promise<AppliedAnswer> {
    return this.settle(request, name, id, { kind: 'skip', reason });
  }

  private async decide(
    request: FastifyRequest,
    reply: FastifyReply,
    name: string,
    action: RebuildAction,
  ): Promise<RebuildProgress> {
    const context = contextOf(request, OPERATING, this.randomness);
    const { rebuild } = accepted(
      await this.commands.execute(new RebuildProjectionCommand(name, action, context)),
    );
    reply.header('location', `/v1/ops/projections/${name}/rebuild`);
    return { rebuild };
  }

  private async settle(
    request: FastifyRequest,
    name: string,
    id: string,
    action: SettleParkedEventCommand['action'],
  ): Promise<AppliedAnswer> {
    if (!UUID.test(id)) throw new Problem('parked-event-not-found');
    const context = contextOf(request, OPERATING, this.randomness);
    const { applied } = accepted(
      await this.commands.execute(new SettleParkedEventCommand(name, id, action, context)),
    );
    return { applied };
  }
}
