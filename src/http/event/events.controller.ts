import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Inject } from '../../commands/shared/inject.js';
import { CLOCK, RANDOMNESS } from '../../commands/shared/tokens.js';
import type { Clock } from '../../ports/system/clock.js';
import type { Randomness } from '../../ports/system/randomness.js';
import type { EventQueries } from '../../read-models/event/events-queries.js';
import type { LiveSeatStatus } from '../../read-models/seat-inventory/live-seat-status.js';
import { Access } from '../account/access.js';
import { ORGANIZING } from '../account/accounts.js';
import { Answers } from '../openapi/answers.js';
import { AnswersProblems, PROBLEM_CODES } from '../openapi/problem-answers.js';
import { contextOf } from '../platform/command-context.js';
import type { Freshness } from '../platform/freshness.js';
import type { EventLayouts } from '../seating-plan/event-layouts.js';
import type { HttpSettings } from '../platform/http-settings.js';
import { originOf, representationFor } from '../platform/representations.js';
import {
  EVENT_QUERIES,
  FRESHNESS,
  EVENT_LAYOUTS,
  HTTP_SETTINGS,
  LIVE_SEAT_STATUS,
} from '../platform/tokens.js';
import { bodyAs } from '../validation/validate.js';
import { AnswersEvent, ExistingEvent, ScheduledEvent } from './event-answers.js';
import { EventRequest } from './event-requests.js';
import { scheduleEvent } from './schedule-event.js';
import { findEvent, representEvent } from './shown-event.js';

/** Limit for an event with all its prices and a long description. Bytes. */
const EVENT_BODY_LIMIT = 256 * 1024;

/** RFC 7240: a client that sends many events need not wait for each of them. */
const DOES_NOT_WAIT = /\bwait=0\b/;

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
  @ApiOperation({ summary: 'Schedule an event at a venue and put its seats on sale' })
  @Answers(201, 'Scheduled; on sale from `onSaleAt`', ScheduledEvent, {
    headers: { Location: 'Path of the event' },
  })
  @Answers(200, 'The event with this `externalId` exists and is as requested', ExistingEvent)
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
    const waits = !DOES_NOT_WAIT.test(String(request.headers.prefer ?? ''));
    const context = contextOf(request, ORGANIZING, this.randomness);
    const { existed, event } = await scheduleEvent(this.parts(), body, { context, waits });
    reply.header('location', `/v1/events/${event.eventId}`).code(existed ? 200 : 201);
    return event;
  }

  @Get(':eventId')
  @ApiOperation({ summary: 'One event with venue, prices and availability' })
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
    const event = await findEvent(this.parts(), eventId, atLeast);
    const origin = originOf(request, this.settings.publicUrl);
    const mediaType = representationFor(request);
    const { contentType, body } = await representEvent(this.parts(), event, mediaType, origin);
    reply.header('vary', 'accept').header('content-type', contentType);
    return body;
  }

  private parts() {
    const { commands, events, freshness, live, layouts, clock } = this;
    return { commands, events, freshness, live, layouts, clock };
  }
}
