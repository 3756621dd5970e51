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
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { ScheduleEventCommand } from '../commands/schedule-event.js';
import { CLOCK, RANDOMNESS } from '../commands/tokens.js';
import { untilVisible } from '../read-models/visible.js';
import { Access } from './access.js';
import { ORGANIZING } from './accounts.js';
import { Answers, REFUSALS, Refuses } from './answers.js';
import { contextOf } from './command-context.js';
import { DEFAULT_PAGE, DEFAULT_RADIUS_KM, EventListQuery, EventRequest } from './event-requests.js';
import { examples } from './examples.js';
import { ASKED_WAIT_MS, readAtLeast } from './freshness.js';
import { accepted, Problem } from './problems.js';
import { isCursor, isId, placeOf } from './rules.js';
import { EVENT_QUERIES, FRESHNESS } from './tokens.js';
import { bodyAs, invalid, queryAs } from './validate.js';
/** Bytes of an event with all its prices and a long description. */ const EVENT_BODY_LIMIT = 256 * 1024;
/** What an organiser may leave out. */ const NULLABLE = [
    'category',
    'description',
    'onSaleAt'
];
/** Told where it is true. */ const LEFT_OUT = [
    'byRequest'
];
export class EventsController {
    commands;
    clock;
    randomness;
    events;
    freshness;
    constructor(commands, clock, randomness, events, freshness){
        this.commands = commands;
        this.clock = clock;
        this.randomness = randomness;
        this.events = events;
        this.freshness = freshness;
    }
    async schedule(request, reply, body) {
        const context = contextOf(request, ORGANIZING, this.randomness);
        const outcome = accepted(await this.commands.execute(new ScheduleEventCommand(toSchedule(body), context)));
        const { eventId, seatCount, revision } = outcome;
        await untilVisible(()=>this.events.event(eventId), ASKED_WAIT_MS, this.clock);
        reply.header('location', `/v1/events/${eventId}`);
        return {
            eventId,
            seatCount,
            revision: Number(revision)
        };
    }
    list(query) {
        const { q, city, category, from, to, sort, limit = DEFAULT_PAGE, cursor } = query;
        if (cursor !== undefined && !isCursor(cursor)) throw new Problem('cursor-invalid');
        const near = nearOf(query);
        const times = {
            from: instant(from),
            to: instant(to)
        };
        return this.events.list({
            q,
            city,
            category,
            ...times,
            near,
            sort,
            limit,
            cursor
        });
    }
    async event(eventId, atLeast) {
        if (!isId(eventId)) throw new Problem('event-not-found');
        const revision = readAtLeast(atLeast);
        await this.freshness.wait(eventId, revision);
        const find = ()=>this.events.event(eventId);
        if (revision === undefined) return await find() ?? refuse('event-not-found');
        // Its seats are there, so it exists; its name may take a little longer.
        return await untilVisible(find, ASKED_WAIT_MS, this.clock) ?? refuse('read-model-behind');
    }
}
_ts_decorate([
    Post(),
    HttpCode(201),
    Access(ORGANIZING, {
        bodyLimit: EVENT_BODY_LIMIT
    }),
    ApiOperation({
        summary: 'Put a show on sale at a venue'
    }),
    Answers(201, 'On sale, from `onSaleAt` on', examples.eventScheduled, {
        headers: {
            Location: 'Path of the event'
        }
    }),
    Refuses(...REFUSALS.ofAccount, ...REFUSALS.ofBody, 'venue-not-found', 'prices-repeated', 'prices-of-unknown-category', 'prices-missing', 'currencies-mixed', 'event-store-unavailable', 'outcome-unknown'),
    _ts_param(0, Req()),
    _ts_param(1, Res({
        passthrough: true
    })),
    _ts_param(2, Body(bodyAs(EventRequest))),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof FastifyRequest === "undefined" ? Object : FastifyRequest,
        typeof FastifyReply === "undefined" ? Object : FastifyReply,
        typeof EventRequest === "undefined" ? Object : EventRequest
    ]),
    _ts_metadata("design:returntype", Promise)
], EventsController.prototype, "schedule", null);
_ts_decorate([
    Get(),
    ApiOperation({
        summary: 'Events, filtered and sorted'
    }),
    Answers(200, 'One page; `next` is null on the last', examples.events, {
        nullable: [
            'next',
            ...NULLABLE
        ],
        optional: LEFT_OUT
    }),
    Refuses('validation-failed', 'cursor-invalid'),
    _ts_param(0, Query(queryAs(EventListQuery))),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof EventListQuery === "undefined" ? Object : EventListQuery
    ]),
    _ts_metadata("design:returntype", typeof Promise === "undefined" ? Object : Promise)
], EventsController.prototype, "list", null);
_ts_decorate([
    Get(':eventId'),
    ApiOperation({
        summary: 'One event with venue, prices and how many seats are left'
    }),
    ApiQuery({
        name: 'atLeast',
        required: false,
        schema: {
            type: 'integer'
        },
        description: 'A revision to wait for'
    }),
    Answers(200, 'The event', examples.event, {
        nullable: NULLABLE,
        optional: LEFT_OUT
    }),
    Refuses('validation-failed', 'event-not-found', 'read-model-behind'),
    _ts_param(0, Param('eventId')),
    _ts_param(1, Query('atLeast')),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        String,
        Object
    ]),
    _ts_metadata("design:returntype", Promise)
], EventsController.prototype, "event", null);
EventsController = _ts_decorate([
    ApiTags('events'),
    Controller('v1/events'),
    _ts_param(1, Inject(CLOCK)),
    _ts_param(2, Inject(RANDOMNESS)),
    _ts_param(3, Inject(EVENT_QUERIES)),
    _ts_param(4, Inject(FRESHNESS)),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof CommandBus === "undefined" ? Object : CommandBus,
        typeof Clock === "undefined" ? Object : Clock,
        typeof Randomness === "undefined" ? Object : Randomness,
        typeof EventQueries === "undefined" ? Object : EventQueries,
        typeof Freshness === "undefined" ? Object : Freshness
    ])
], EventsController);
/** @throws Problem `validation-failed` when something goes by a place that is not given */ function nearOf({ near, radiusKm, sort }) {
    if (near !== undefined) return {
        ...placeOf(near),
        radiusKm: radiusKm ?? DEFAULT_RADIUS_KM
    };
    if (radiusKm === undefined && sort !== 'distance') return undefined;
    const path = radiusKm === undefined ? 'sort' : 'radiusKm';
    throw invalid([
        {
            path,
            message: 'goes by the place that `near` names: give that too'
        }
    ]);
}
function refuse(code) {
    throw new Problem(code);
}
/** Times in UTC from here on, and nothing in place of what was left out. */ function toSchedule(body) {
    const { name, venueId, category, performers, description, prices, holdSeconds, onSaleAt } = body;
    return {
        ...{
            name,
            venueId,
            holdSeconds: holdSeconds ?? undefined,
            singleSeatRule: body.singleSeatRule ?? undefined
        },
        startsAt: new Date(body.startsAt).toISOString(),
        category: category ?? undefined,
        performers: performers ?? undefined,
        description: description ?? undefined,
        prices: prices.map(toPrice),
        onSaleAt: onSaleAt ? new Date(onSaleAt).toISOString() : undefined,
        maxSeatsPerCustomer: body.maxSeatsPerCustomer ?? undefined
    };
}
function toPrice({ category, amountMinor, currency, byRequest }) {
    return {
        category,
        amountMinor,
        currency,
        ...byRequest && {
            byRequest
        }
    };
}
const instant = (text)=>text === undefined ? undefined : Date.parse(text);

//# sourceMappingURL=events.controller.js.map