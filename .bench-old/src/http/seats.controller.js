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
import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { Answers, Refuses } from './answers.js';
import { matches } from './etags.js';
import { examples } from './examples.js';
import { readAtLeast } from './freshness.js';
import { Problem } from './problems.js';
import { isId } from './rules.js';
import { FRESHNESS, HALLS, LIVE_SEAT_STATUS, SEATING_DOCUMENTS } from './tokens.js';
const JSON_TYPE = 'application/json; charset=utf-8';
const FOR_A_YEAR = 'public, max-age=31536000, immutable';
const FOR_AN_HOUR = 'public, max-age=3600';
const FOR_A_SECOND = 'public, max-age=1, stale-while-revalidate=1';
/** For a client to take the whole of a large answer: a stadium's map, not zipped, at a megabit a second. Milliseconds. */ const TAKEN_MS = 120_000;
export class SeatsController {
    live;
    freshness;
    halls;
    documents;
    constructor(live, freshness, halls, documents){
        this.live = live;
        this.freshness = freshness;
        this.halls = halls;
        this.documents = documents;
    }
    async seatingPlan(request, reply, eventId, version) {
        const hall = isId(eventId) ? await this.halls.of(eventId) : undefined;
        if (!hall) throw new Problem('event-not-found');
        const { hash } = hall.layout;
        const zips = takesGzip(request);
        const [plainTag, zippedTag] = [
            `"${hash}"`,
            `"${hash}.gz"`
        ];
        reply.headers({
            etag: zips ? zippedTag : plainTag,
            'cache-control': version === undefined || version === hash ? FOR_A_YEAR : FOR_AN_HOUR,
            vary: 'accept-encoding'
        });
        if (matches(request.headers['if-none-match'], plainTag, zippedTag)) return void reply.code(304).send();
        reply.header('content-type', JSON_TYPE);
        const { documents } = this;
        sendLarge(reply, zips, await (zips ? documents.zipped(hash) : documents.plain(hash)));
    }
    async seatingMap(request, reply, eventId, atLeast) {
        const board = await this.boardOf(eventId, atLeast);
        const hall = await this.halls.of(eventId);
        if (!hall) throw new Problem('event-not-found');
        const zips = takesGzip(request);
        const tags = (revision)=>[
                `"${revision}"`,
                `"${revision}.gz"`
            ];
        reply.headers({
            etag: tags(board.revision)[zips ? 1 : 0],
            'cache-control': FOR_A_SECOND,
            vary: 'accept-encoding'
        });
        if (matches(request.headers['if-none-match'], ...tags(board.revision))) return void reply.code(304).send();
        const { revision, body } = await this.documents.map(hall, board, zips);
        reply.headers({
            etag: tags(revision)[zips ? 1 : 0],
            'content-type': JSON_TYPE
        });
        sendLarge(reply, zips, body);
    }
    async seatStatus(request, reply, eventId, atLeast) {
        const board = await this.boardOf(eventId, atLeast);
        reply.headers({
            etag: board.etag,
            'cache-control': FOR_A_SECOND
        });
        if (matches(request.headers['if-none-match'], board.etag)) return void reply.code(304).send();
        reply.header('content-type', JSON_TYPE).send(board.json);
    }
    async boardOf(eventId, atLeast) {
        if (!isId(eventId)) throw new Problem('event-not-found');
        const revision = await this.freshness.wait(eventId, readAtLeast(atLeast));
        const board = await this.live.board(eventId, revision);
        if (!board) throw new Problem('event-not-found');
        return board;
    }
}
_ts_decorate([
    Get('seating-plan'),
    ApiOperation({
        summary: 'The static layout, in columns',
        description: 'Seats stand in plan order.'
    }),
    ApiQuery({
        name: 'v',
        required: false,
        schema: {
            type: 'string'
        },
        description: '`seatingPlanHash` of the event; another says that the caller knows another plan'
    }),
    Answers(200, 'The layout', examples.seatingPlan, {
        headers: {
            ETag: 'Strong',
            'Cache-Control': FOR_A_YEAR
        }
    }),
    Answers(304, 'Not changed'),
    Refuses('event-not-found'),
    _ts_param(0, Req()),
    _ts_param(1, Res()),
    _ts_param(2, Param('eventId')),
    _ts_param(3, Query('v')),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof FastifyRequest === "undefined" ? Object : FastifyRequest,
        typeof FastifyReply === "undefined" ? Object : FastifyReply,
        String,
        Object
    ]),
    _ts_metadata("design:returntype", Promise)
], SeatsController.prototype, "seatingPlan", null);
_ts_decorate([
    Get('seating-map'),
    ApiOperation({
        summary: 'Layout, prices and status together'
    }),
    ApiQuery({
        name: 'atLeast',
        required: false,
        schema: {
            type: 'integer'
        },
        description: 'A revision to wait for'
    }),
    Answers(200, 'Every seat, in plan order', examples.seatingMap, {
        headers: {
            ETag: 'Strong'
        }
    }),
    Answers(304, 'Not changed'),
    Refuses('validation-failed', 'event-not-found', 'read-model-behind'),
    _ts_param(0, Req()),
    _ts_param(1, Res()),
    _ts_param(2, Param('eventId')),
    _ts_param(3, Query('atLeast')),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof FastifyRequest === "undefined" ? Object : FastifyRequest,
        typeof FastifyReply === "undefined" ? Object : FastifyReply,
        String,
        Object
    ]),
    _ts_metadata("design:returntype", Promise)
], SeatsController.prototype, "seatingMap", null);
_ts_decorate([
    Get('seat-status'),
    ApiOperation({
        summary: 'One letter per seat, in plan order',
        description: 'a, r, s, b: available, reserved, sold, blocked.'
    }),
    ApiQuery({
        name: 'atLeast',
        required: false,
        schema: {
            type: 'integer'
        },
        description: 'A revision to wait for'
    }),
    Answers(200, 'The status', examples.seatStatus, {
        headers: {
            ETag: 'The revision',
            'Cache-Control': FOR_A_SECOND
        }
    }),
    Answers(304, 'Not changed'),
    Refuses('validation-failed', 'event-not-found', 'read-model-behind'),
    _ts_param(0, Req()),
    _ts_param(1, Res()),
    _ts_param(2, Param('eventId')),
    _ts_param(3, Query('atLeast')),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof FastifyRequest === "undefined" ? Object : FastifyRequest,
        typeof FastifyReply === "undefined" ? Object : FastifyReply,
        String,
        Object
    ]),
    _ts_metadata("design:returntype", Promise)
], SeatsController.prototype, "seatStatus", null);
SeatsController = _ts_decorate([
    ApiTags('seats'),
    Controller('v1/events/:eventId'),
    _ts_param(0, Inject(LIVE_SEAT_STATUS)),
    _ts_param(1, Inject(FRESHNESS)),
    _ts_param(2, Inject(HALLS)),
    _ts_param(3, Inject(SEATING_DOCUMENTS)),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof LiveSeatStatus === "undefined" ? Object : LiveSeatStatus,
        typeof Freshness === "undefined" ? Object : Freshness,
        typeof Halls === "undefined" ? Object : Halls,
        typeof SeatingDocuments === "undefined" ? Object : SeatingDocuments
    ])
], SeatsController);
const takesGzip = ({ headers })=>/\bgzip\b/.test(headers['accept-encoding'] ?? '');
/** Megabytes that a client may leave untaken only so long. */ function sendLarge(reply, zipped, body) {
    const late = setTimeout(()=>reply.raw.destroy(), TAKEN_MS);
    reply.raw.once('close', ()=>clearTimeout(late));
    if (zipped) reply.header('content-encoding', 'gzip');
    reply.send(body);
}

//# sourceMappingURL=seats.controller.js.map