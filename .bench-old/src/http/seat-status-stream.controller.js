function _ts_decorate(decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") {
        r = Reflect.decorate(decorators, target, key, desc);
    } else {
        for(var i = decorators.length - 1; i >= 0; i--){
            if (d = decorators[i]) {
                r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
            }
        }
    }
    return c > 3 && r && Object.defineProperty(target, key, r), r;
}
function _ts_metadata(metadataKey, metadataValue) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") {
        return Reflect.metadata(metadataKey, metadataValue);
    }
}
function _ts_param(paramIndex, decorator) {
    return function(target, key) {
        decorator(target, key, paramIndex);
    };
}
import { Controller, Get, Inject, Logger, Param, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Answers, Refuses } from './answers.js';
import { examples } from './examples.js';
import { Problem } from './problems.js';
import { isId } from './rules.js';
import { SAFE_HEADERS } from './safe-headers.js';
import { LIVE_SEAT_STATUS, SEAT_STATUS_STREAMS } from './tokens.js';
import { invalid } from './validate.js';
const REVISION = /^\d{1,15}$/;
const STREAM_HEADERS = {
    ...SAFE_HEADERS,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    connection: 'close'
};
export class SeatStatusStreamController {
    live;
    streams;
    logger = new Logger('SeatStatusStream');
    constructor(live, streams){
        this.live = live;
        this.streams = streams;
    }
    async stream(request, reply, eventId) {
        const after = readLastEventId(request.headers['last-event-id']);
        if (this.streams.isClosing) throw new Problem('shutting-down');
        if (!this.streams.admit(reply.raw, request.ip)) throw new Problem('too-many-streams');
        // Known before the headers go out: what a client reads once it is connected cannot be older than its first change.
        const board = isId(eventId) ? await this.live.board(eventId, after) : undefined;
        if (!board) throw new Problem('event-not-found');
        reply.hijack();
        reply.raw.writeHead(200, STREAM_HEADERS);
        if (request.method === 'HEAD') return void reply.raw.end();
        reply.raw.flushHeaders();
        // A revision that is not there yet is of another log, or of one that was restored: its feed would be silent.
        const begin = Math.min(after ?? board.revision, board.revision);
        this.streams.serve(reply.raw, eventId, begin).catch((error)=>{
            this.logger.warn(`feed of ${eventId} ended: ${error.message}`);
            reply.raw.destroy();
        });
    }
}
_ts_decorate([
    Get('stream'),
    ApiOperation({
        summary: 'Changes of seats as they happen, as server-sent events',
        description: 'The id of an event is the revision; a comment is sent every 15 s.'
    }),
    ApiHeader({
        name: 'Last-Event-ID',
        required: false,
        description: 'The revision after which to go on'
    }),
    Answers(200, 'Until the client leaves', examples.seatStatusStream, {
        mediaType: 'text/event-stream'
    }),
    Refuses('validation-failed', 'event-not-found', 'too-many-streams', 'shutting-down'),
    _ts_param(0, Req()),
    _ts_param(1, Res()),
    _ts_param(2, Param('eventId')),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof FastifyRequest === "undefined" ? Object : FastifyRequest,
        typeof FastifyReply === "undefined" ? Object : FastifyReply,
        String
    ]),
    _ts_metadata("design:returntype", Promise)
], SeatStatusStreamController.prototype, "stream", null);
SeatStatusStreamController = _ts_decorate([
    ApiTags('seats'),
    Controller('v1/events/:eventId/seat-status'),
    _ts_param(0, Inject(LIVE_SEAT_STATUS)),
    _ts_param(1, Inject(SEAT_STATUS_STREAMS)),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof LiveSeatStatus === "undefined" ? Object : LiveSeatStatus,
        typeof SeatStatusStreams === "undefined" ? Object : SeatStatusStreams
    ])
], SeatStatusStreamController);
/** @throws Problem `validation-failed` */ function readLastEventId(header) {
    if (header === undefined || header === '') return undefined;
    if (typeof header === 'string' && REVISION.test(header)) return Number(header);
    throw invalid([
        {
            path: 'Last-Event-ID',
            message: 'must be a revision: a whole number from 0'
        }
    ]);
}

//# sourceMappingURL=seat-status-stream.controller.js.map