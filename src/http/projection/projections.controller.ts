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

/** Who may look, and who may do something. */
const LOOKING: readonly Role[] = ['operator', 'auditor'];
const OPERATING: readonly Role[] = ['operator'];
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
const STARTED = { headers: { Location: 'Where the progress is shown' } };
const OF_LOG = ['too-many-conflicts', 'event-store-unavailable', 'outcome-unknown'] as const;

/** How the read models stand; what an operator does about them. */
@ApiTags('projections')
@Controller('v1/ops/projections')
export class ProjectionsController {
  constructor(
    private readonly commands: CommandBus,
    @Inject(RANDOMNESS) private readonly randomness: Randomness,
    @Inject(PROJECTION_OPERATIONS) private readonly operations: ProjectionOperations,
  ) {}

  @Get()
  @Access(LOOKING)
  @ApiOperation({ summary: 'Every projection: its lag, what it has parked, its last rebuild' })
  @Answers(200, 'All of them', ProjectionsAnswer)
  @AnswersProblems(...PROBLEM_CODES.account)
  async list(): Promise<ProjectionsAnswer> {
    return { projections: await this.operations.list() };
  }

  @Get(':name/rebuild')
  @Access(LOOKING)
  @ApiOperation({ summary: 'The progress of its last rebuild, under way or over' })
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
    summary: 'Build its tables again beside those that serve, compare them, and switch',
    description:
      'Where old and new differ it waits with the phase `differs`, unless `acceptDifference`.',
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
  @ApiOperation({ summary: 'Cancel the rebuild under way; what it has built is dropped' })
  @Answers(202, 'It ends soon', RebuildProgress, STARTED)
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
  @ApiOperation({ summary: 'Let a rebuild go on and switch although old and new differ' })
  @Answers(202, 'It goes on', RebuildProgress, STARTED)
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
    summary: 'Bring the tables that served before up to date, and let them serve again',
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
  @Access(LOOKING)
  @ApiOperation({
    summary: 'Domain events that it could not apply, with the error and all that is recorded',
  })
  @Answers(200, 'The longest parked first, 200 at most', ParkedEventsAnswer)
  @AnswersProblems(...PROBLEM_CODES.account, 'projection-unknown')
  async parked(@Param('name') name: string): Promise<ParkedEventsAnswer> {
    const parked = await this.operations.parked(name);
    if (!parked) throw new Problem('projection-unknown');
    return { parked };
  }

  @Post(':name/parked/:id/retry')
  @HttpCode(200)
  @Access(OPERATING)
  @ApiOperation({ summary: 'Try it again, and then what waits behind it, in order' })
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
      'Leave it out for a reason, now and in every rebuild, and apply what waits behind it, in order',
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
