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
import type { EventLayouts } from '../seating-plan/event-layouts.js';
import { SeatingMapAnswer, SeatingPlanAnswer, SeatStatusAnswer } from './seat-answers.js';
import { Problem } from '../problems/problems.js';
import { isId } from '../validation/rules.js';
import type { SeatingDocuments } from '../seating-plan/seating-documents.js';
import {
  FRESHNESS,
  EVENT_LAYOUTS,
  LIVE_SEAT_STATUS,
  SEATING_DOCUMENTS,
} from '../platform/tokens.js';

const JSON_TYPE = 'application/json; charset=utf-8';
/**
 * Maximum time to send a large answer: enough for a stadium's map without gzip at 1 Mbit/s.
 * Milliseconds.
 */
const MAX_SEND_MS = 120_000;

/** The seats of one event: the static layout, the changing status, and both together. */
@ApiTags('seats')
@Controller('v1/events/:eventId')
export class SeatsController {
  constructor(
    @Inject(LIVE_SEAT_STATUS) private readonly live: LiveSeatStatus,
    @Inject(FRESHNESS) private readonly freshness: Freshness,
    @Inject(EVENT_LAYOUTS) private readonly layouts: EventLayouts,
    @Inject(SEATING_DOCUMENTS) private readonly documents: SeatingDocuments,
  ) {}

  @Get('seating-plan')
  @ApiOperation({
    summary: 'Get the static layout, in columns',
    description: 'Seats are in plan order.',
  })
  @ApiQuery({
    name: 'v',
    required: false,
    schema: { type: 'string' },
    description:
      '`seatingPlanHash` of the event. With another value the answer is cached for an hour only.',
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
    const layout = isId(eventId) ? await this.layouts.of(eventId) : undefined;
    if (!layout) throw new Problem('event-not-found');
    const { hash } = layout.layout;
    const zips = takesGzip(request);
    const cacheControl = version === undefined || version === hash ? FOR_A_YEAR : FOR_AN_HOUR;
    setHeaders(reply, hash, zips, cacheControl);
    if (matches(request.headers['if-none-match'], ...tagsOf(hash)))
      return void reply.code(304).send();
    const { documents } = this;
    sendLarge(reply, zips, await (zips ? documents.zipped(hash) : documents.plain(hash)));
  }

  @Get('seating-map')
  @ApiOperation({ summary: 'Get layout, prices and status together' })
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
    const layout = await this.layouts.of(eventId);
    if (!layout) throw new Problem('event-not-found');
    const zips = takesGzip(request);
    setHeaders(reply, board.revision, zips, FOR_A_SECOND);
    if (matches(request.headers['if-none-match'], ...tagsOf(board.revision)))
      return void reply.code(304).send();
    const { revision, body } = await this.documents.map(layout, board, zips);
    setHeaders(reply, revision, zips, FOR_A_SECOND);
    sendLarge(reply, zips, body);
  }

  @Get('seat-status')
  @ApiOperation({
    summary: 'Get the status as one letter per seat, in plan order',
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

/** Entity tags of a plain and of a zipped body. */
const tagsOf = (version: string | number) => [`"${version}"`, `"${version}.gz"`] as const;

function setHeaders(
  reply: FastifyReply,
  version: string | number,
  zips: boolean,
  cacheControl: string,
): void {
  const etag = tagsOf(version)[zips ? 1 : 0];
  reply.headers({ etag, 'cache-control': cacheControl, vary: 'accept-encoding' });
}

/** Sends a large body; drops a client that does not read it in time. */
function sendLarge(reply: FastifyReply, zipped: boolean, body: Buffer): void {
  const late = setTimeout(() => reply.raw.destroy(), MAX_SEND_MS);
  reply.raw.once('close', () => clearTimeout(late));
  reply.header('content-type', JSON_TYPE);
  if (zipped) reply.header('content-encoding', 'gzip');
  reply.send(body);
}
