import { Readable } from 'node:stream';
import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Inject } from '../../commands/shared/inject.js';
import type { Entry, History, Story } from '../../audit/history.js';
import type { RefusedAttempt, RefusedAttempts } from '../../audit/refused-attempts.js';
import type { Moment, TimeTravel } from '../../audit/time-travel.js';
import type { SeatingPlans } from '../../commands/seating-plan/seating-plans.js';
import { CLOCK, SEATING_PLANS } from '../../commands/shared/tokens.js';
import type { Clock } from '../../ports/system/clock.js';
import type { TicketPrinter } from '../../ports/ticket/ticket-printer.js';
import type { EventQueries } from '../../read-models/event/events-queries.js';
import { Access, accountOf } from '../account/access.js';
import { Answers } from '../openapi/answers.js';
import { AnswersProblems, PROBLEM_CODES } from '../openapi/problem-answers.js';
import {
  differenceAnswer,
  stateAnswer,
  storyAnswer,
  storyCsv,
  storyReport,
  type Told,
} from './audit-answers.js';
import { CustomerHistory, ReservationHistory, SeatHistory } from './history-answers.js';
import { DifferenceAnswer, InventoryAnswer } from './inventory-answers.js';
import { momentIn, revisionIn, StoryQuery, type Asked, type Format } from './audit-requests.js';
import { openGate } from '../platform/gate.js';
import { Problem } from '../problems/problems.js';
import { isId } from '../validation/rules.js';
import { printed } from '../ticket/tickets.js';
import * as tokens from '../platform/tokens.js';
import { queryAs } from '../validation/validate.js';

const AUDITING = ['auditor'] as const;
/** Looks into the past at once, on this node; and those that may wait. A shop sells in the same process. */
const LOOKS = { atOnce: 2, mayWait: 8 };
const REPLAYS = { atOnce: 4, mayWait: 0 };

const OF_STORY = [
  ...PROBLEM_CODES.account,
  'validation-failed',
  'event-not-found',
  'event-store-unavailable',
  'printer-busy',
  'audit-busy',
] as const;
const OF_MOMENT = [
  ...PROBLEM_CODES.account,
  'validation-failed',
  'event-not-found',
  'moment-before-history',
  'revision-not-reached',
  'event-store-unavailable',
  'audit-busy',
] as const;
const ALSO = {
  also: {
    'text/csv':
      'at,kind,sentence,type,stream,revision\r\n2026-01-15T10:00:04.120Z,domain event,…\r\n',
    'application/pdf': '(bytes)',
  },
};
const REPLAY = '{"at":"2026-01-15T10:00:00.412Z","type":"SeatsReserved","revision":1}\n';
const MOMENT = 'A revision of the sale, or a time (ISO 8601)';

/** What happened to a sale, as its log tells it: for whoever has to settle a dispute. */
@ApiTags('audit')
@Controller('v1/audit/events/:eventId')
export class AuditController {
  private readonly looks = openGate(LOOKS.atOnce, LOOKS.mayWait);
  private readonly replays = openGate(REPLAYS.atOnce, REPLAYS.mayWait);

  constructor(
    @Inject(tokens.HISTORY) private readonly history: History,
    @Inject(tokens.TIME_TRAVEL) private readonly travel: TimeTravel,
    @Inject(tokens.REFUSED_ATTEMPTS) private readonly refused: RefusedAttempts,
    @Inject(tokens.TICKET_PRINTER) private readonly printer: TicketPrinter,
    @Inject(tokens.EVENT_QUERIES) private readonly events: EventQueries,
    @Inject(SEATING_PLANS) private readonly plans: SeatingPlans,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('seats/:seatId')
  @Access(AUDITING)
  @ApiOperation({ summary: 'The life of a seat: every change, and every attempt that was refused' })
  @Answers(200, 'Oldest first; as `csv` or `pdf` when asked for', SeatHistory, ALSO)
  @AnswersProblems(...OF_STORY, 'seat-not-found')
  async seat(
    @Res() reply: FastifyReply,
    @Param('eventId') eventId: string,
    @Param('seatId') seatId: string,
    @Query(queryAs(StoryQuery)) { format = 'json' }: StoryQuery,
  ): Promise<void> {
    await this.tell(reply, format, eventId, { seatId }, async () => {
      const { seatingPlanHash } = await this.opened(eventId);
      const { layout } = await this.plans.load(seatingPlanHash);
      if (!layout.indexOf.has(seatId)) throw new Problem('seat-not-found');
      return this.both(this.history.ofSeat(eventId, seatId), this.refused.ofSeat(eventId, seatId));
    });
  }

  @Get('reservations/:reservationId')
  @Access(AUDITING)
  @ApiOperation({
    summary: 'The life of a reservation: its seats, its money, its tickets at the door',
  })
  @Answers(200, 'Oldest first; as `csv` or `pdf` when asked for', ReservationHistory, ALSO)
  @AnswersProblems(...OF_STORY, 'reservation-not-found')
  async reservation(
    @Res() reply: FastifyReply,
    @Param('eventId') eventId: string,
    @Param('reservationId') reservationId: string,
    @Query(queryAs(StoryQuery)) { format = 'json' }: StoryQuery,
  ): Promise<void> {
    await this.tell(reply, format, eventId, { reservationId }, async () => {
      await this.opened(eventId);
      if (!isId(reservationId)) throw new Problem('reservation-not-found');
      const told = await this.both(
        this.history.ofReservation(eventId, reservationId),
        this.refused.ofReservation(eventId, reservationId),
      );
      if (told.entries.length === 0 && told.refused.length === 0)
        throw new Problem('reservation-not-found');
      return told;
    });
  }

  @Get('customers/:customerId')
  @Access(AUDITING)
  @ApiOperation({ summary: 'What a customer has bought of an event, or tried to' })
  @Answers(200, 'Oldest first; as `csv` or `pdf` when asked for', CustomerHistory, ALSO)
  @AnswersProblems(...OF_STORY)
  async customer(
    @Res() reply: FastifyReply,
    @Param('eventId') eventId: string,
    @Param('customerId') customerId: string,
    @Query(queryAs(StoryQuery)) { format = 'json' }: StoryQuery,
  ): Promise<void> {
    await this.tell(reply, format, eventId, { customerId }, async () => {
      await this.opened(eventId);
      // No account has it in its name, and no database takes it in a text.
      if (customerId.includes('\0')) throw new Problem('not-found');
      return this.both(
        this.history.ofCustomer(eventId, customerId),
        this.refused.ofCustomer(eventId, customerId),
      );
    });
  }

  @Get('state')
  @Access(AUDITING)
  @ApiOperation({ summary: 'The inventory as it stood at a moment' })
  @ApiQuery({ name: 'at', schema: { type: 'string' }, description: MOMENT })
  @ApiQuery({ name: 'holders', required: false, schema: { type: 'string', enum: ['true'] } })
  @Answers(200, 'Seats in plan order, one letter each: a, r, s, b', InventoryAnswer)
  @AnswersProblems(...OF_MOMENT)
  async state(
    @Param('eventId') eventId: string,
    @Query('at') at?: unknown,
    @Query('holders') holders?: unknown,
  ): Promise<object> {
    const asked = momentIn('at', at);
    return this.look(async () =>
      stateAnswer(eventId, await this.moment(eventId, asked), holders === 'true'),
    );
  }

  @Get('diff')
  @Access(AUDITING)
  @ApiOperation({ summary: 'Which seats stand differently at two moments' })
  @ApiQuery({ name: 'from', schema: { type: 'string' }, description: MOMENT })
  @ApiQuery({ name: 'to', schema: { type: 'string' }, description: MOMENT })
  @Answers(200, 'In plan order', DifferenceAnswer)
  @AnswersProblems(...OF_MOMENT, 'range-reversed')
  async difference(
    @Param('eventId') eventId: string,
    @Query('from') from?: unknown,
    @Query('to') to?: unknown,
  ): Promise<object> {
    const [earlier, later] = [momentIn('from', from), momentIn('to', to)];
    return this.look(async () => {
      const after = await this.moment(eventId, later);
      const before = await this.moment(eventId, earlier);
      if (before.revision > after.revision) throw new Problem('range-reversed');
      return differenceAnswer(eventId, before, after);
    });
  }

  @Get('replay')
  @Access(AUDITING)
  @ApiOperation({
    summary: 'The domain events of a sale, one after the other',
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
  @Answers(200, 'Up to the end of the log as it stands', REPLAY, {
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
    const first = revisionIn('from', from, 0n);
    const last = revisionIn('to', to, BigInt(Number.MAX_SAFE_INTEGER));
    if (first > last) throw new Problem('range-reversed');
    const leave = await this.replays.enter();
    try {
      const newest = await this.newest(eventId);
      if (first > newest) throw new Problem('revision-not-reached', { newest: Number(newest) });
      const asEvents = request.headers.accept?.includes('text/event-stream') === true;
      const write = asEvents ? asServerSentEvent : asLine;
      const upTo = last < newest ? last : newest;
      const lines = Readable.from(linesOf(this.history.replay(eventId, first, upTo), write));
      // Who went away while the newest was looked up has said so already.
      if (reply.raw.destroyed) return leave();
      reply.raw.once('close', leave);
      await reply
        .header(
          'content-type',
          asEvents ? 'text/event-stream; charset=utf-8' : 'application/x-ndjson',
        )
        .header('x-accel-buffering', 'no')
        .send(lines);
    } catch (error) {
      leave();
      throw error;
    }
  }

  private async look<T>(work: () => Promise<T>): Promise<T> {
    const leave = await this.looks.enter();
    try {
      return await work();
    } finally {
      leave();
    }
  }

  private async tell(
    reply: FastifyReply,
    format: Format,
    eventId: string,
    about: Told['about'],
    find: () => Promise<Omit<Told, 'eventId' | 'about'>>,
  ): Promise<void> {
    const told: Told = { eventId, about, ...(await this.look(find)) };
    const [kind, id] = Object.entries(about)[0]!;
    // Whatever a seat is called, the name of a file is a plain one.
    const file = `${kind.replace(/Id$/, '')}-${id.replace(/[^\w.-]/g, '_')}`;
    if (format === 'csv') {
      reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="${file}.csv"`)
        .send(storyCsv(told));
    } else if (format === 'pdf') {
      const name = (await this.events.event(eventId))?.name ?? 'not shown yet';
      const report = storyReport(told, name, this.clock.now());
      const document = await printed(
        this.printer.report(report, { account: accountOf(reply.request).id }),
      );
      reply
        .header('content-type', 'application/pdf')
        .header('content-disposition', `inline; filename="${file}.pdf"`)
        .send(Buffer.from(document));
    } else reply.send(storyAnswer(told));
  }

  private async both(story: Promise<Story>, refused: Promise<RefusedAttempt[]>) {
    const [told, attempts] = await Promise.all([story, refused]);
    return { ...told, refused: attempts };
  }

  private async opened(eventId: string) {
    const opening = isId(eventId) ? await this.history.opening(eventId) : undefined;
    if (!opening) throw new Problem('event-not-found');
    return opening;
  }

  private async newest(eventId: string): Promise<bigint> {
    const newest = isId(eventId) ? await this.travel.newest(eventId) : undefined;
    if (newest === undefined) throw new Problem('event-not-found');
    return newest;
  }

  private async moment(eventId: string, asked: Asked): Promise<Moment> {
    const newest = await this.newest(eventId);
    const revision =
      'revision' in asked ? asked.revision : await this.travel.revisionAt(eventId, asked.time);
    if (revision === undefined) {
      const { openedAt } = await this.opened(eventId);
      throw new Problem('moment-before-history', { openedAt });
    }
    const moment = revision <= newest ? await this.travel.at(eventId, revision) : undefined;
    if (!moment) throw new Problem('revision-not-reached', { newest: Number(newest) });
    return moment;
  }
}

async function* linesOf(
  entries: AsyncIterable<Entry>,
  write: (entry: Entry) => string,
): AsyncGenerator<string> {
  for await (const entry of entries) yield write(entry);
}

const asLine = (entry: Entry): string => `${JSON.stringify(entry)}\n`;
const asServerSentEvent = (entry: Entry): string =>
  `id: ${entry.revision}\ndata: ${JSON.stringify(entry)}\n\n`;
