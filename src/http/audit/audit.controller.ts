import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Inject } from '../../commands/shared/inject.js';
import type { History } from '../../audit/history.js';
import type { RefusedAttempts } from '../../audit/refused-attempts.js';
import type { TimeTravel } from '../../audit/time-travel.js';
import type { SeatingPlans } from '../../commands/seating-plan/seating-plans.js';
import { CLOCK, SEATING_PLANS } from '../../commands/shared/tokens.js';
import type { Clock } from '../../ports/system/clock.js';
import type { TicketPrinter } from '../../ports/ticket/ticket-printer.js';
import type { EventQueries } from '../../read-models/event/events-queries.js';
import { Access } from '../account/access.js';
import { Answers } from '../openapi/answers.js';
import { AnswersProblems, PROBLEM_CODES } from '../openapi/problem-answers.js';
import * as tokens from '../platform/tokens.js';
import { Problem } from '../problems/problems.js';
import { queryAs } from '../validation/validate.js';
import { openAuditLookups, type AuditLookups } from './audit-lookups.js';
import { HistoryQuery, readMoment, readRevision } from './audit-requests.js';
import { CustomerHistory, ReservationHistory, SeatHistory } from './history-answers.js';
import { sendHistory, sendReplay, type HistoryReplyParts } from './history-replies.js';
import { DifferenceAnswer, InventoryAnswer } from './inventory-answers.js';
import { differenceAnswer, inventoryAnswer } from './inventory-formats.js';

const AUDITING = ['auditor'] as const;
const HISTORY_CODES = [
  ...PROBLEM_CODES.account,
  'validation-failed',
  'event-not-found',
  'event-store-unavailable',
  'printer-busy',
  'audit-busy',
] as const;
const MOMENT_CODES = [
  ...PROBLEM_CODES.account,
  'validation-failed',
  'event-not-found',
  'moment-before-history',
  'revision-not-reached',
  'event-store-unavailable',
  'audit-busy',
] as const;
const OLDEST_FIRST = 'Oldest first; as `csv` or `pdf` if `format` asks for that';
const ALSO = {
  also: {
    'text/csv':
      'at,kind,sentence,type,stream,revision\r\n2026-01-15T10:00:04.120Z,domain event,…\r\n',
    'application/pdf': '(bytes)',
  },
};
const REPLAY = '{"at":"2026-01-15T10:00:00.412Z","type":"SeatsReserved","revision":1}\n';
const MOMENT = 'A revision of the sale, or a time (ISO 8601)';

/** The history of a sale from its log, for auditors who settle a dispute. */
@ApiTags('audit')
@Controller('v1/audit/events/:eventId')
export class AuditController {
  private readonly lookups: AuditLookups;
  private readonly parts: HistoryReplyParts;

  constructor(
    @Inject(tokens.HISTORY) history: History,
    @Inject(tokens.TIME_TRAVEL) travel: TimeTravel,
    @Inject(tokens.REFUSED_ATTEMPTS) refused: RefusedAttempts,
    @Inject(tokens.TICKET_PRINTER) printer: TicketPrinter,
    @Inject(tokens.EVENT_QUERIES) events: EventQueries,
    @Inject(SEATING_PLANS) plans: SeatingPlans,
    @Inject(CLOCK) clock: Clock,
  ) {
    this.lookups = openAuditLookups({ history, travel, refused, plans });
    this.parts = { printer, events, clock };
  }

  @Get('seats/:seatId')
  @Access(AUDITING)
  @ApiOperation({ summary: 'The history of a seat: every change and every rejected request' })
  @Answers(200, OLDEST_FIRST, SeatHistory, ALSO)
  @AnswersProblems(...HISTORY_CODES, 'seat-not-found')
  async seat(
    @Res() reply: FastifyReply,
    @Param('eventId') eventId: string,
    @Param('seatId') seatId: string,
    @Query(queryAs(HistoryQuery)) { format = 'json' }: HistoryQuery,
  ): Promise<void> {
    const found = await this.lookups.ofSeat(eventId, seatId);
    await sendHistory(reply, format, { eventId, about: { seatId }, ...found }, this.parts);
  }

  @Get('reservations/:reservationId')
  @Access(AUDITING)
  @ApiOperation({
    summary: 'The history of a reservation: its seats, payments, tickets and check-ins',
  })
  @Answers(200, OLDEST_FIRST, ReservationHistory, ALSO)
  @AnswersProblems(...HISTORY_CODES, 'reservation-not-found')
  async reservation(
    @Res() reply: FastifyReply,
    @Param('eventId') eventId: string,
    @Param('reservationId') reservationId: string,
    @Query(queryAs(HistoryQuery)) { format = 'json' }: HistoryQuery,
  ): Promise<void> {
    const found = await this.lookups.ofReservation(eventId, reservationId);
    await sendHistory(reply, format, { eventId, about: { reservationId }, ...found }, this.parts);
  }

  @Get('customers/:customerId')
  @Access(AUDITING)
  @ApiOperation({ summary: 'The history of a customer at one event, with rejected requests' })
  @Answers(200, OLDEST_FIRST, CustomerHistory, ALSO)
  @AnswersProblems(...HISTORY_CODES)
  async customer(
    @Res() reply: FastifyReply,
    @Param('eventId') eventId: string,
    @Param('customerId') customerId: string,
    @Query(queryAs(HistoryQuery)) { format = 'json' }: HistoryQuery,
  ): Promise<void> {
    const found = await this.lookups.ofCustomer(eventId, customerId);
    await sendHistory(reply, format, { eventId, about: { customerId }, ...found }, this.parts);
  }

  @Get('state')
  @Access(AUDITING)
  @ApiOperation({ summary: 'The seat inventory as it was at a moment' })
  @ApiQuery({ name: 'at', schema: { type: 'string' }, description: MOMENT })
  @ApiQuery({ name: 'holders', required: false, schema: { type: 'string', enum: ['true'] } })
  @Answers(200, 'Seats in plan order, one letter each: a, r, s, b', InventoryAnswer)
  @AnswersProblems(...MOMENT_CODES)
  async state(
    @Param('eventId') eventId: string,
    @Query('at') at?: unknown,
    @Query('holders') holders?: unknown,
  ): Promise<InventoryAnswer> {
    const moment = await this.lookups.at(eventId, readMoment('at', at));
    return inventoryAnswer(eventId, moment, holders === 'true');
  }

  @Get('diff')
  @Access(AUDITING)
  @ApiOperation({ summary: 'The seats that differ between two moments' })
  @ApiQuery({ name: 'from', schema: { type: 'string' }, description: MOMENT })
  @ApiQuery({ name: 'to', schema: { type: 'string' }, description: MOMENT })
  @Answers(200, 'In plan order', DifferenceAnswer)
  @AnswersProblems(...MOMENT_CODES, 'range-reversed')
  async difference(
    @Param('eventId') eventId: string,
    @Query('from') from?: unknown,
    @Query('to') to?: unknown,
  ): Promise<DifferenceAnswer> {
    const moments = [readMoment('from', from), readMoment('to', to)] as const;
    return differenceAnswer(eventId, await this.lookups.between(eventId, ...moments));
  }

  @Get('replay')
  @Access(AUDITING)
  @ApiOperation({
    summary: 'The domain events of a sale in order',
    description: 'One JSON document per line; server-sent events for `Accept: text/event-stream`.',
  })
  @ApiQuery({
    name: 'from',
    required: false,
    schema: { type: 'integer' },
    description: 'First revision',
  })
  @ApiQuery({
    name: 'to',
    required: false,
    schema: { type: 'integer' },
    description: 'Last revision',
  })
  @Answers(200, 'Up to the current end of the log', REPLAY, {
    mediaType: 'application/x-ndjson',
    also: { 'text/event-stream': `id: 1\nevent: SeatsReserved\ndata: {"revision":1}\n\n` },
  })
  @AnswersProblems(
    ...PROBLEM_CODES.account,
    'validation-failed',
    'range-reversed',
    'event-not-found',
    'revision-not-reached',
    'event-store-unavailable',
    'audit-busy',
  )
  async replay(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('eventId') eventId: string,
    @Query('from') from?: unknown,
    @Query('to') to?: unknown,
  ): Promise<void> {
    const first = readRevision('from', from, 0n);
    const last = readRevision('to', to, BigInt(Number.MAX_SAFE_INTEGER));
    if (first > last) throw new Problem('range-reversed');
    await sendReplay(request, reply, await this.lookups.replay(eventId, first, last));
  }
}
