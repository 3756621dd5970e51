import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Inject } from '../../commands/shared/inject.js';
import { ChangeEventCommand } from '../../commands/event/change-event.js';
import { derivedId, type CommandContext } from '../../commands/shared/context.js';
import { ScheduleEventCommand, type EventToSchedule } from '../../commands/event/schedule-event.js';
import { CLOCK, RANDOMNESS } from '../../commands/shared/tokens.js';
import type { PriceOfCategory } from '../../domain/seat-inventory/events.js';
import type { Clock } from '../../ports/system/clock.js';
import type { Randomness } from '../../ports/system/randomness.js';
import type { EventQueries, EventView } from '../../read-models/event/events-queries.js';
import type { LiveSeatStatus } from '../../read-models/seat-inventory/live-seat-status.js';
import { untilVisible } from '../../read-models/tables/visible.js';
import { Access } from '../account/access.js';
import { ORGANIZING } from '../account/accounts.js';
import { Answers } from '../openapi/answers.js';
import { AnswersProblems, PROBLEM_CODES } from '../openapi/problem-answers.js';
import { CALENDAR_TYPE, eventCalendar } from './calendars.js';
import { contextOf } from '../platform/command-context.js';
import { AnswersEvent, ExistingEvent, ScheduledEvent } from './event-answers.js';
import { eventJsonLd } from './event-json-ld.js';
import { EventRequest, PriceRequest } from './event-requests.js';
import { untilShown } from './event-shown.js';
import { ASKED_WAIT_MS, readAtLeast, type Freshness } from '../platform/freshness.js';
import type { EventLayouts } from '../seating-plan/event-layouts.js';
import type { ProblemCode } from '../problems/problem-table.js';
import { accepted, Problem } from '../problems/problems.js';
import { CALENDAR, JSON_LD, originOf, representationFor } from '../platform/representations.js';
import { isId } from '../validation/rules.js';
import type { HttpSettings } from '../platform/http-settings.js';
import {
  EVENT_QUERIES,
  FRESHNESS,
  EVENT_LAYOUTS,
  HTTP_SETTINGS,
  LIVE_SEAT_STATUS,
} from '../platform/tokens.js';
import { bodyAs, invalid, type FieldError } from '../validation/validate.js';

/** Bytes of an event with all its prices and a long description. */
const EVENT_BODY_LIMIT = 256 * 1024;

/** RFC 7240: whoever sends many does not ask to see each of them at once. */
const DOES_NOT_WAIT = /\bwait=0\b/;

const START_IS_PAST: FieldError = {
  path: '/startsAt',
  message: 'must be in the future: an event that has begun cannot be scheduled',
};

@ApiTags('events')
@Controller('v1/events')
export class EventsController {
  constructor(
    private readonly commands: CommandBus,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(RANDOMNESS) private readonly randomness: Randomness,
    @Inject(EVENT_QUERIES) private readonly events: EventQueries,
    @Inject(FRESHNESS) private readonly freshness: Freshness,
    @Inject(LIVE_SEAT_STATUS) private readonly live: LiveSeatStatus,
    @Inject(EVENT_LAYOUTS) private readonly layouts: EventLayouts,
    @Inject(HTTP_SETTINGS) private readonly settings: HttpSettings,
  ) {}

  @Post()
  @HttpCode(201)
  @Access(ORGANIZING, { bodyLimit: EVENT_BODY_LIMIT })
  @ApiOperation({ summary: 'Put a show on sale at a venue' })
  @Answers(201, 'On sale, from `onSaleAt` on', ScheduledEvent, {
    headers: { Location: 'Path of the event' },
  })
  @Answers(200, 'Yours with this `externalId` already: as asked for now', ExistingEvent)
  @AnswersProblems(
    ...PROBLEM_CODES.account,
    ...PROBLEM_CODES.body,
    ...PROBLEM_CODES.command,
    'event-fixed',
    'inventory-already-open',
    'event-cancelled',
    'sales-closed',
    'start-in-the-past',
    'on-sale-after-start',
    'venue-not-found',
    'prices-repeated',
    'prices-of-unknown-category',
    'prices-missing',
    'currencies-mixed',
    'amount-not-chargeable',
    'event-store-unavailable',
    'outcome-unknown',
  )
  async schedule(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body(bodyAs(EventRequest)) body: EventRequest,
  ): Promise<ScheduledEvent | ExistingEvent> {
    const context = contextOf(request, ORGANIZING, this.randomness);
    const { externalId } = body;
    const own = externalId && derivedId('event of an organiser', context.actor.id, externalId);
    const scheduled = await this.commands.execute(
      new ScheduleEventCommand(toSchedule(body), context, own || undefined),
    );
    if (!scheduled.accepted && scheduled.rejection.code === 'start-in-the-past')
      throw invalid([START_IS_PAST]);
    const outcome = accepted(scheduled);
    const { eventId, seatCount, revision, existed } = outcome;
    const waits = !DOES_NOT_WAIT.test(String(request.headers.prefer ?? ''));
    const changed = existed ? await this.bringUpToDate(eventId, body, context, waits) : true;
    if (waits) await untilVisible(() => this.events.event(eventId), ASKED_WAIT_MS, this.clock);
    reply.header('location', `/v1/events/${eventId}`).code(existed ? 200 : 201);
    return { eventId, seatCount, revision: Number(revision), ...(own && { changed }) };
  }

  /** All of it as it is asked for: what is left out is taken away. */
  private async bringUpToDate(
    eventId: string,
    body: EventRequest,
    context: CommandContext,
    waits: boolean,
  ): Promise<boolean> {
    const { name, startsAt, timeZone, category, performers, description, onSaleAt, ...rules } =
      toSchedule(body);
    const changes = {
      salesEndMinutesAfterStart: rules.salesEndMinutesAfterStart ?? 0,
      ...{ name, startsAt, performers: performers ?? [], timeZone: timeZone ?? null },
      ...{
        category: category ?? null,
        description: description ?? null,
        onSaleAt: onSaleAt ?? null,
      },
      requireContactToHold: rules.requireContactToHold ?? false,
      autoWaitingRoom: rules.autoWaitingRoom ?? false,
    };
    const ofChange = { ...context, commandId: derivedId(context.commandId, 'change') };
    const command = new ChangeEventCommand(eventId, changes, ofChange);
    const { written } = accepted(await this.commands.execute(command));
    if (written && waits) await untilShown(this.events, this.clock, eventId, changes);
    return written;
  }

  @Get(':eventId')
  @ApiOperation({ summary: 'One event with venue, prices and how many seats are left' })
  @ApiQuery({
    name: 'atLeast',
    required: false,
    schema: { type: 'integer' },
    description: 'A revision to wait for',
  })
  @AnswersEvent()
  @AnswersProblems('validation-failed', 'event-not-found', 'read-model-behind')
  async event(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('eventId') eventId: string,
    @Query('atLeast') atLeast?: unknown,
  ): Promise<object | string> {
    const event = await this.shown(eventId, atLeast);
    const type = representationFor(request);
    reply.header('vary', 'accept');
    if (type === 'application/json') return event;
    const origin = originOf(request, this.settings.publicUrl);
    if (type === CALENDAR) {
      reply.header('content-type', CALENDAR_TYPE);
      return eventCalendar(event, origin);
    }
    const [hall, board] = await Promise.all([this.layouts.of(eventId), this.live.board(eventId)]);
    if (!hall || !board) throw new Problem('read-model-behind');
    reply.header('content-type', `${JSON_LD}; charset=utf-8`);
    const now = this.clock.now();
    return eventJsonLd({ event, layout: hall.layout, board, origin, now });
  }

  private async shown(eventId: string, atLeast: unknown): Promise<EventView> {
    if (!isId(eventId)) throw new Problem('event-not-found');
    const revision = readAtLeast(atLeast);
    await this.freshness.wait(eventId, revision);
    const find = () => this.events.event(eventId);
    if (revision === undefined) return (await find()) ?? refuse('event-not-found');
    // Its seats are there, so it exists; its name may take a little longer.
    return (await untilVisible(find, ASKED_WAIT_MS, this.clock)) ?? refuse('read-model-behind');
  }
}

function refuse(code: ProblemCode): never {
  throw new Problem(code);
}

/** Times in UTC from here on, and nothing in place of what was left out. */
function toSchedule(body: EventRequest): EventToSchedule {
  const { name, venueId, category, performers, description, prices, holdSeconds, onSaleAt } = body;
  return {
    ...{
      name,
      venueId,
      holdSeconds: holdSeconds ?? undefined,
      singleSeatRule: body.singleSeatRule ?? undefined,
    },
    startsAt: new Date(body.startsAt).toISOString(),
    salesEndMinutesAfterStart: body.salesEndMinutesAfterStart ?? undefined,
    timeZone: body.timeZone ?? undefined,
    category: category ?? undefined,
    performers: performers ?? undefined,
    description: description ?? undefined,
    prices: prices.map(toPrice),
    onSaleAt: onSaleAt ? new Date(onSaleAt).toISOString() : undefined,
    maxSeatsPerCustomer: body.maxSeatsPerCustomer ?? undefined,
    requireContactToHold: body.requireContactToHold ?? undefined,
    autoWaitingRoom: body.autoWaitingRoom ?? undefined,
  };
}

function toPrice({ category, amountMinor, currency, byRequest }: PriceRequest): PriceOfCategory {
  return { category, amountMinor, currency, byRequest: byRequest ?? undefined };
}
