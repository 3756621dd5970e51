import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Inject } from '../../commands/shared/inject.js';
import { CLOCK } from '../../commands/shared/tokens.js';
import { placeOf, placeText } from '../../domain/seating-plan/place.js';
import type { Clock } from '../../ports/system/clock.js';
import type { EventQueries } from '../../read-models/event/events-queries.js';
import type { ReservationQueries } from '../../read-models/seat-inventory/reservations-queries.js';
import type { TicketQueries, TicketView } from '../../read-models/ticket/tickets-queries.js';
import { untilVisible } from '../../read-models/tables/visible.js';
import { Access, accountOf } from '../account/access.js';
import { CUSTOMER } from '../account/accounts.js';
import { Answers } from '../openapi/answers.js';
import { AnswersProblems, PROBLEM_CODES } from '../openapi/problem-answers.js';
import { CALENDAR_TYPE, eventCalendar, ticketsCalendar, type Purchase } from './calendars.js';
import { calendarExample } from './event-answers.js';
import type { FreshReservations } from '../seat-inventory/fresh-reservations.js';
import {
  ASKED_WAIT_MS,
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

/** Tickets of one calendar, newest first; older ones are long past. */
const MAX_TICKETS = 1_000;
/** Asked for at once. */
const PAGE = 200;

/** iCalendar, for whoever keeps appointments elsewhere. */
@ApiTags('calendars')
@Controller('v1')
export class CalendarsController {
  constructor(
    @Inject(tokens.EVENT_QUERIES) private readonly events: EventQueries,
    @Inject(tokens.TICKET_QUERIES) private readonly queries: TicketQueries,
    @Inject(tokens.TICKETS) private readonly tickets: Tickets,
    @Inject(tokens.RESERVATION_QUERIES) private readonly bought: ReservationQueries,
    @Inject(tokens.FRESH_RESERVATIONS) private readonly reservations: FreshReservations,
    @Inject(tokens.FRESHNESS) private readonly freshness: Freshness,
    @Inject(tokens.HTTP_SETTINGS) private readonly settings: HttpSettings,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('events/:eventId/calendar.ics')
  @ApiOperation({ summary: 'The event as an iCalendar file, also when it is cancelled' })
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
    summary: 'Your own tickets as an iCalendar file: an entry for each reservation',
    description: `The newest ${MAX_TICKETS} tickets. What was given back is in it as cancelled.`,
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
    const customerId = accountOf(request).id;
    const revision = readAtLeastOf(eventId, atLeast);
    if (eventId !== undefined) await this.reservations.waitFor(customerId, eventId, revision);
    await this.reservations.list(customerId, eventId);
    const complete = async () => (await this.queries.complete(customerId)) || undefined;
    await untilVisible(complete, ASKED_WAIT_MS, this.clock);
    const byReservation = new Map<string, TicketView[]>();
    for await (const ticket of this.ticketsOf(customerId, eventId)) {
      const known = byReservation.get(ticket.reservationId);
      if (known) known.push(ticket);
      else byReservation.set(ticket.reservationId, [ticket]);
    }
    const purchases = await Promise.all(
      [...byReservation.values()].map((own) => this.purchase(own)),
    );
    const origin = originOf(request, this.settings.publicUrl);
    send(reply, 'tickets.ics', ticketsCalendar(purchases, origin));
  }

  private async *ticketsOf(customerId: string, eventId?: string): AsyncGenerator<TicketView> {
    let cursor: string | undefined;
    for (let given = 0; given < MAX_TICKETS; given += PAGE) {
      const { tickets, next } = await this.queries.ofCustomer(customerId, {
        limit: PAGE,
        cursor,
        eventId,
      });
      yield* tickets;
      if (next === null) return;
      cursor = next;
    }
  }

  private async purchase(tickets: readonly TicketView[]): Promise<Purchase> {
    const { eventId, reservationId } = tickets[0]!;
    const { layout } = await this.tickets.layoutOf(eventId);
    const [event, reservation] = await Promise.all([
      this.events.event(eventId),
      this.bought.reservation(eventId, reservationId),
    ]);
    if (!event || !reservation) throw new Problem('read-model-behind');
    const seats = tickets
      .filter(({ status }) => status === 'valid')
      .map(({ seatId }) => layout.indexOf.get(seatId)!)
      .sort((one, other) => one - other)
      .map((seat) => placeText(placeOf(layout, seat)));
    return {
      event,
      reservationId,
      seats,
      revision: reservation.revision,
      changedAt: changedAt(tickets),
    };
  }
}

const changedAt = (tickets: readonly TicketView[]): string =>
  tickets
    .flatMap(({ issuedAt, endedAt }) => [issuedAt, ...(endedAt === null ? [] : [endedAt])])
    .sort()
    .at(-1)!;

function send(reply: FastifyReply, name: string, calendar: string): void {
  reply
    .header('content-type', CALENDAR_TYPE)
    .header('content-disposition', `inline; filename="${name}"`)
    .send(calendar);
}
