import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Inject } from '../../commands/shared/inject.js';
import type { LiveSeatStatus } from '../../read-models/seat-inventory/live-seat-status.js';
import type { SeatStatusSnapshot } from '../../read-models/seat-inventory/seat-status-board.js';
import { Answers } from '../openapi/answers.js';
import { AnswersProblems } from '../openapi/problem-answers.js';
import { FOR_A_SECOND, FOR_A_YEAR, FOR_AN_HOUR } from '../platform/caching.js';
import { matches } from '../platform/etags.js';
import { readAtLeast, type Freshness } from '../platform/freshness.js';
import type { Halls } from '../seating-plan/halls.js';
import { SeatingMapAnswer, SeatingPlanAnswer, SeatStatusAnswer } from './seat-answers.js';
import { Problem } from '../problems/problems.js';
import { isId } from '../validation/rules.js';
import type { SeatingDocuments } from '../seating-plan/seating-documents.js';
import { FRESHNESS, HALLS, LIVE_SEAT_STATUS, SEATING_DOCUMENTS } from '../platform/tokens.js';

const JSON_TYPE = 'application/json; charset=utf-8';
/** For a client to take the whole of a large answer: a stadium's map, not zipped, at a megabit a second. Milliseconds. */
const TAKEN_MS = 120_000;

/** The seats of one event: what never changes, what always changes, and both in one. */
@ApiTags('seats')
@Controller('v1/events/:eventId')
export class SeatsController {
  constructor(
    @Inject(LIVE_SEAT_STATUS) private readonly live: LiveSeatStatus,
    @Inject(FRESHNESS) private readonly freshness: Freshness,
    @Inject(HALLS) private readonly halls: Halls,
    @Inject(SEATING_DOCUMENTS) private readonly documents: SeatingDocuments,
  ) {}

  @Get('seating-plan')
  @ApiOperation({
    summary: 'The static layout, in columns',
    description: 'Seats stand in plan order.',
  })
  @ApiQuery({
    name: 'v',
    required: false,
    schema: { type: 'string' },
    description: '`seatingPlanHash` of the event; another says that the caller knows another plan',
  })
  @Answers(200, 'The layout', SeatingPlanAnswer, {
    headers: { ETag: 'Strong', 'Cache-Control': FOR_A_YEAR },
  })
  @Answers(304, 'Not changed')
  @AnswersProblems('event-not-found')
  async seatingPlan(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('eventId') eventId: string,
    @Query('v') version?: unknown,
  ): Promise<void> {
    const hall = isId(eventId) ? await this.halls.of(eventId) : undefined;
    if (!hall) throw new Problem('event-not-found');
    const { hash } = hall.layout;
    const zips = takesGzip(request);
    const [plainTag, zippedTag] = [`"${hash}"`, `"${hash}.gz"`];
    reply.headers({
      etag: zips ? zippedTag : plainTag,
      'cache-control': version === undefined || version === hash ? FOR_A_YEAR : FOR_AN_HOUR,
      vary: 'accept-encoding',
    });
    if (matches(request.headers['if-none-match'], plainTag, zippedTag))
      return void reply.code(304).send();
    reply.header('content-type', JSON_TYPE);
    const { documents } = this;
    sendLarge(reply, zips, await (zips ? documents.zipped(hash) : documents.plain(hash)));
  }

  @Get('seating-map')
  @ApiOperation({ summary: 'Layout, prices and status together' })
  @ApiQuery({
    name: 'atLeast',
    required: false,
    schema: { type: 'integer' },
    description: 'A revision to wait for',
  })
  @Answers(200, 'Every seat, in plan order', SeatingMapAnswer, { headers: { ETag: 'Strong' } })
  @Answers(304, 'Not changed')
  @AnswersProblems('validation-failed', 'event-not-found', 'read-model-behind')
  async seatingMap(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('eventId') eventId: string,
    @Query('atLeast') atLeast?: unknown,
  ): Promise<void> {
    const board = await this.boardOf(eventId, atLeast);
    const hall = await this.halls.of(eventId);
    if (!hall) throw new Problem('event-not-found');
    const zips = takesGzip(request);
    const tags = (revision: number) => [`"${revision}"`, `"${revision}.gz"`] as const;
    reply.headers({
      etag: tags(board.revision)[zips ? 1 : 0],
      'cache-control': FOR_A_SECOND,
      vary: 'accept-encoding',
    });
    if (matches(request.headers['if-none-match'], ...tags(board.revision)))
      return void reply.code(304).send();
    const { revision, body } = await this.documents.map(hall, board, zips);
    reply.headers({ etag: tags(revision)[zips ? 1 : 0], 'content-type': JSON_TYPE });
    sendLarge(reply, zips, body);
  }

  @Get('seat-status')
  @ApiOperation({
    summary: 'One letter per seat, in plan order',
    description: 'a, r, s, b: available, reserved, sold, blocked.',
  })
  @ApiQuery({
    name: 'atLeast',
    required: false,
    schema: { type: 'integer' },
    description: 'A revision to wait for',
  })
  @Answers(200, 'The status', SeatStatusAnswer, {
    headers: { ETag: 'The revision', 'Cache-Control': FOR_A_SECOND },
  })
  @Answers(304, 'Not changed')
  @AnswersProblems('validation-failed', 'event-not-found', 'read-model-behind')
  async seatStatus(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('eventId') eventId: string,
    @Query('atLeast') atLeast?: unknown,
  ): Promise<void> {
    const board = await this.boardOf(eventId, atLeast);
    reply.headers({ etag: board.etag, 'cache-control': FOR_A_SECOND });
    if (matches(request.headers['if-none-match'], board.etag)) return void reply.code(304).send();
    reply.header('content-type', JSON_TYPE).send(board.json);
  }

  private async boardOf(eventId: string, atLeast: unknown): Promise<SeatStatusSnapshot> {
    if (!isId(eventId)) throw new Problem('event-not-found');
    const revision = await this.freshness.wait(eventId, readAtLeast(atLeast));
    const board = await this.live.board(eventId, revision);
    if (!board) throw new Problem('event-not-found');
    return board;
  }
}

const takesGzip = ({ headers }: FastifyRequest): boolean =>
  /\bgzip\b/.test(headers['accept-encoding'] ?? '');

/** Megabytes that a client may leave untaken only so long. */
function sendLarge(reply: FastifyReply, zipped: boolean, body: Buffer): void {
  const late = setTimeout(() => reply.raw.destroy(), TAKEN_MS);
  reply.raw.once('close', () => clearTimeout(late));
  if (zipped) reply.header('content-encoding', 'gzip');
  reply.send(body);
}
