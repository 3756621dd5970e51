import { Controller, Get, Logger, Param, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Inject } from '../../commands/shared/inject.js';
import type { LiveSeatStatus } from '../../read-models/seat-inventory/live-seat-status.js';
import { Answers } from '../openapi/answers.js';
import { AnswersProblems } from '../openapi/problem-answers.js';
import { Problem } from '../problems/problems.js';
import { isId } from '../validation/rules.js';
import { SAFE_HEADERS } from '../platform/server/safe-headers.js';
import type { SeatStatusStreams } from './seat-status-streams.js';
import { LIVE_SEAT_STATUS, SEAT_STATUS_STREAMS } from '../platform/tokens.js';
import { invalid } from '../validation/validate.js';

const STREAM_EXAMPLE =
  'id: 12\ndata: {"revision":12,"changes":[{"seatId":"A-1-1","status":"reserved"}]}\n\n';
const REVISION = /^\d{1,15}$/;

const STREAM_HEADERS = {
  ...SAFE_HEADERS,
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
  connection: 'close',
};

@ApiTags('seats')
@Controller('v1/events/:eventId/seat-status')
export class SeatStatusStreamController {
  private readonly logger = new Logger('SeatStatusStream');

  constructor(
    @Inject(LIVE_SEAT_STATUS) private readonly live: LiveSeatStatus,
    @Inject(SEAT_STATUS_STREAMS) private readonly streams: SeatStatusStreams,
  ) {}

  @Get('stream')
  @ApiOperation({
    summary: 'Stream changes of the seat status as server-sent events',
    description:
      'The id of an event is the revision; a comment is sent every 15 s. An event of the ' +
      'type `event-changed` means that the ' +
      'organizer has changed or canceled the event: query it again.',
  })
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'The last revision that the client has received',
  })
  @Answers(200, 'Changes until the client disconnects', STREAM_EXAMPLE, {
    mediaType: 'text/event-stream',
  })
  @AnswersProblems('validation-failed', 'event-not-found', 'too-many-streams', 'shutting-down')
  async stream(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('eventId') eventId: string,
  ): Promise<void> {
    const after = readLastEventId(request.headers['last-event-id']);
    if (this.streams.isClosing) throw new Problem('shutting-down');
    if (!this.streams.admit(reply.raw, request.ip)) throw new Problem('too-many-streams');
    // Loaded before the headers are sent: a status that the client reads once connected is not
    // older than its first change.
    const board = isId(eventId) ? await this.live.board(eventId, after) : undefined;
    if (!board) throw new Problem('event-not-found');
    reply.hijack();
    reply.raw.writeHead(200, STREAM_HEADERS);
    if (request.method === 'HEAD') return void reply.raw.end();
    // A revision beyond the board is of another or a restored log; its stream would stay silent.
    this.start(reply, eventId, Math.min(after ?? board.revision, board.revision));
  }

  private start({ raw }: FastifyReply, eventId: string, afterRevision: number): void {
    raw.flushHeaders();
    this.streams.serve(raw, eventId, afterRevision).catch((error: Error) => {
      this.logger.warn(`stream of ${eventId} ended: ${error.message}`);
      raw.destroy();
    });
  }
}

/** Reads the header `Last-Event-ID`. @throws Problem `validation-failed` */
function readLastEventId(header: string | string[] | undefined): number | undefined {
  if (header === undefined || header === '') return undefined;
  if (typeof header === 'string' && REVISION.test(header)) return Number(header);
  throw invalid([{ path: 'Last-Event-ID', message: 'must be a revision: a whole number from 0' }]);
}
