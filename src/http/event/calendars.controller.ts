import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Inject } from '../../commands/shared/inject.js';
import { CLOCK } from '../../commands/shared/tokens.js';
import type { Clock } from '../../ports/system/clock.js';
import type { EventQueries } from '../../read-models/event/events-queries.js';
import type { ReservationQueries } from '../../read-models/seat-inventory/reservations-queries.js';
import type { TicketQueries } from '../../read-models/ticket/tickets-queries.js';
import { Access, accountOf } from '../account/access.js';
import { CUSTOMER } from '../account/accounts.js';
import { Answers } from '../openapi/answers.js';
import { AnswersProblems, PROBLEM_CODES } from '../openapi/problem-answers.js';
import { CALENDAR_TYPE, eventCalendar, ticketsCalendar } from './calendars.js';
import { calendarExample } from './event-answers.js';
import { findPurchases, MAX_TICKETS } from './tickets-calendar.js';
import type { FreshReservations } from '../seat-inventory/fresh-reservations.js';
import {
  AT_LEAST_OF_EVENT,
  AtLeast,
  readAtLeast,
  readAtLeastOf,
  type Freshness,
} from '../platform/freshness.js';
import { Problem } from '../problems/problems.js';
import { CALENDAR, originOf } from '../platform/representations.js';
import { isId } from '../validation/rules.js';
import type { Tickets } from '../ticket/tickets.js';
import type { HttpSettings } from '../platform/http-settings.js';
import * as tokens from '../platform/tokens.js';
import { invalid } from '../validation/validate.js';

/** iCalendar files, for calendars outside the shop. */
@ApiTags('calendars')
@Controller('v1')
export class CalendarsController {
  constructor(
    @Inject(tokens.EVENT_QUERIES) readonly events: EventQueries,
    @Inject(tokens.TICKET_QUERIES) readonly queries: TicketQueries,
    @Inject(tokens.TICKETS) readonly tickets: Tickets,
    @Inject(tokens.RESERVATION_QUERIES) readonly bought: ReservationQueries,
    @Inject(tokens.FRESH_RESERVATIONS) readonly reservations: FreshReservations,
    @Inject(tokens.FRESHNESS) private readonly freshness: Freshness,
    @Inject(tokens.HTTP_SETTINGS) private readonly settings: HttpSettings,
    @Inject(CLOCK) readonly clock: Clock,
  ) {}

  @Get('events/:eventId/calendar.ics')
  @ApiOperation({ summary: 'The event as an iCalendar file, also when it is canceled' })
  @Answers(200, 'The file', calendarExample, { mediaType: CALENDAR })
  @AtLeast()
  @AnswersProblems('validation-failed', 'event-not-found', 'read-model-behind')
  async event(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('eventId') eventId: string,
    @Query('atLeast') atLeast?: unknown,
  ): Promise<void> {
    const revision = readAtLeast(atLeast);
    if (isId(eventId) && revision !== undefined) await this.freshness.wait(eventId, revision);
    const event = isId(eventId) ? await this.events.event(eventId) : undefined;
    if (!event) throw new Problem('event-not-found');
    const origin = originOf(request, this.settings.publicUrl);
    send(reply, 'event.ics', eventCalendar(event, origin));
  }

  @Get('me/tickets.ics')
  @Access(CUSTOMER)
  @ApiOperation({
    summary: 'Your own tickets as an iCalendar file with an entry for each reservation',
    description:
      `The newest ${MAX_TICKETS} tickets. ` + 'The entry of a refunded reservation is canceled.',
  })
  @Answers(200, 'The file', calendarExample, { mediaType: CALENDAR })
  @ApiQuery({
    name: 'eventId',
    required: false,
    schema: { type: 'string' },
    description: 'Only of this event',
  })
  @AtLeast(AT_LEAST_OF_EVENT)
  @AnswersProblems(
    ...PROBLEM_CODES.account,
    'validation-failed',
    'event-not-found',
    'read-model-behind',
  )
  async own(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Query('eventId') eventId?: unknown,
    @Query('atLeast') atLeast?: unknown,
  ): Promise<void> {
    if (eventId !== undefined && !isId(eventId)) {
      throw invalid([{ path: 'eventId', message: 'must be the id of one event' }]);
    }
    const purchases = await findPurchases(this, {
      customerId: accountOf(request).id,
      eventId,
      atLeast: readAtLeastOf(eventId, atLeast),
    });
    const origin = originOf(request, this.settings.publicUrl);
    send(reply, 'tickets.ics', ticketsCalendar(purchases, origin));
  }
}

function send(reply: FastifyReply, name: string, calendar: string): void {
  reply
    .header('content-type', CALENDAR_TYPE)
    .header('content-disposition', `inline; filename="${name}"`)
    .send(calendar);
}
