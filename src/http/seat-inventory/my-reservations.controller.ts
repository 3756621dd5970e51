import { Controller, Get, Query, Req } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Inject } from '../../commands/shared/inject.js';
import { CLOCK } from '../../commands/shared/tokens.js';
import type { Clock } from '../../ports/system/clock.js';
import { Access, accountOf } from '../account/access.js';
import { CUSTOMER } from '../account/accounts.js';
import { Answers } from '../openapi/answers.js';
import { AnswersProblems, PROBLEM_CODES } from '../openapi/problem-answers.js';
import type { FreshReservations } from './fresh-reservations.js';
import { AT_LEAST_OF_EVENT, AtLeast, readAtLeastOf } from '../platform/freshness.js';
import { OwnReservations, reservationAnswer } from './reservation-answers.js';
import { isId } from '../validation/rules.js';
import { FRESH_RESERVATIONS } from '../platform/tokens.js';
import { invalid } from '../validation/validate.js';

@ApiTags('reservations')
@Controller('v1/me')
export class MyReservationsController {
  constructor(
    @Inject(FRESH_RESERVATIONS) private readonly reservations: FreshReservations,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('reservations')
  @Access(CUSTOMER)
  @ApiOperation({ summary: 'List your own reservations, newest first' })
  @ApiQuery({
    name: 'eventId',
    required: false,
    schema: { type: 'string' },
    description: 'Lists only reservations of this event',
  })
  @AtLeast(AT_LEAST_OF_EVENT)
  @Answers(200, 'The newest reservations, at most 200', OwnReservations)
  @AnswersProblems(
    ...PROBLEM_CODES.account,
    'validation-failed',
    'event-not-found',
    'read-model-behind',
  )
  async own(
    @Req() request: FastifyRequest,
    @Query('eventId') eventId?: unknown,
    @Query('atLeast') atLeast?: unknown,
  ): Promise<OwnReservations> {
    if (eventId !== undefined && !isId(eventId)) {
      throw invalid([{ path: 'eventId', message: 'must be the id of one event' }]);
    }
    const revision = readAtLeastOf(eventId, atLeast);
    if (eventId !== undefined && revision !== undefined) {
      await this.reservations.waitFor(accountOf(request).id, eventId, revision);
    }
    const views = await this.reservations.list(accountOf(request).id, eventId);
    const now = this.clock.now();
    return { reservations: views.map((view) => reservationAnswer(view, now)) };
  }
}
