import { Body, Controller, HttpCode, Param, Patch, Req } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Inject } from '../../commands/shared/inject.js';
import { ChangeEventCommand } from '../../commands/event/change-event.js';
import { CLOCK, RANDOMNESS } from '../../commands/shared/tokens.js';
import type { Clock } from '../../ports/system/clock.js';
import type { Randomness } from '../../ports/system/randomness.js';
import type { EventQueries } from '../../read-models/event/events-queries.js';
import { Access } from '../account/access.js';
import { ORGANIZING } from '../account/accounts.js';
import { Answers } from '../openapi/answers.js';
import { AnswersProblems, PROBLEM_CODES } from '../openapi/problem-answers.js';
import { contextOf } from '../platform/command-context.js';
import { EventChangeRequest, toChanges } from './event-change-request.js';
import { untilShown } from './event-shown.js';
import { ChangedEvent } from './event-answers.js';
import { accepted, Problem } from '../problems/problems.js';
import { isId } from '../validation/rules.js';
import { EVENT_QUERIES } from '../platform/tokens.js';
import { bodyAs, invalid } from '../validation/validate.js';

/** Limit for a body with a long description. Bytes. */
const CHANGE_BODY_LIMIT = 256 * 1024;

/** Changes of an announced event. */
@ApiTags('events')
@Controller('v1/events/:eventId')
export class CatalogueController {
  constructor(
    private readonly commands: CommandBus,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(RANDOMNESS) private readonly randomness: Randomness,
    @Inject(EVENT_QUERIES) private readonly events: EventQueries,
  ) {}

  @Patch()
  @HttpCode(200)
  @Access(ORGANIZING, { bodyLimit: CHANGE_BODY_LIMIT })
  @ApiOperation({
    summary: 'Change an event: name, description, start, opening of the sale',
    description: 'Fields that are missing stay unchanged. Repeating the request changes nothing.',
  })
  @Answers(200, 'The event is as requested; `changed` is false if it already was', ChangedEvent)
  @AnswersProblems(
    ...PROBLEM_CODES.account,
    ...PROBLEM_CODES.body,
    ...PROBLEM_CODES.command,
    'event-not-found',
    'event-cancelled',
    'sales-closed',
    'start-in-the-past',
    'on-sale-after-start',
  )
  async change(
    @Req() request: FastifyRequest,
    @Param('eventId') eventId: string,
    @Body(bodyAs(EventChangeRequest)) body: EventChangeRequest,
  ): Promise<ChangedEvent> {
    if (!isId(eventId)) throw new Problem('event-not-found');
    const changes = toChanges(body);
    if (Object.keys(changes).length === 0) {
      throw invalid([{ path: '', message: 'must name at least one field to change' }]);
    }
    const context = contextOf(request, ORGANIZING, this.randomness);
    const command = new ChangeEventCommand(eventId, changes, context);
    const { written, revision } = accepted(await this.commands.execute(command));
    if (written) await untilShown(this.events, this.clock, eventId, changes);
    return {
      eventId,
      changed: written,
      ...(revision !== undefined && { revision: Number(revision) }),
    };
  }
}
