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
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CancelEventCommand } from '../commands/cancel-event.js';
import { ExchangeSeatsCommand } from '../commands/exchange-seats.js';
import { RefundSaleCommand } from '../commands/refund-sale.js';
import { CLOCK, RANDOMNESS } from '../commands/tokens.js';
import { untilVisible } from '../read-models/visible.js';
import { Access } from './access.js';
import { ORGANIZING } from './accounts.js';
import { afterSaleExamples } from './after-sale-examples.js';
import { CancelEventRequest, ExchangeRequest } from './after-sale-requests.js';
import { Answers, REFUSALS, Refuses } from './answers.js';
import { contextOf } from './command-context.js';
import { ASKED_WAIT_MS } from './freshness.js';
import { accepted, Problem } from './problems.js';
import { isId } from './rules.js';
import { CANCELLATION_QUERIES, EVENT_QUERIES } from './tokens.js';
import { bodyAs } from './validate.js';
/** Bytes of a body that names a thousand seats. */ const SEATS_BODY_LIMIT = 256 * 1024;
/** Seconds after which whoever was told to wait asks again. */ const ASK_AGAIN_SECONDS = '1';
export class AfterSaleController {
    commands;
    clock;
    randomness;
    events;
    cancellations;
    constructor(commands, clock, randomness, events, cancellations){
        this.commands = commands;
        this.clock = clock;
        this.randomness = randomness;
        this.events = events;
        this.cancellations = cancellations;
    }
    async refund(request, eventId, reservationId) {
        const context = this.contextOf(request, eventId, reservationId);
        const { reservation, revision, refund } = accepted(await this.commands.execute(new RefundSaleCommand(eventId, reservationId, context)));
        return {
            reservationId,
            status: reservation.status,
            refund,
            revision: Number(revision)
        };
    }
    async exchange(request, reply, eventId, reservationId, { seatIds, payment }) {
        const context = this.contextOf(request, eventId, reservationId);
        const outcome = accepted(await this.commands.execute(new ExchangeSeatsCommand(eventId, reservationId, seatIds, payment?.token, context)));
        if (!outcome.settled) {
            const location = `/v1/events/${eventId}/reservations/${reservationId}`;
            reply.code(202).headers({
                location,
                'retry-after': ASK_AGAIN_SECONDS
            });
            return {
                reservationId,
                status: 'payment-pending'
            };
        }
        const { reservation, revision, refund } = outcome;
        const { status, seatIds: given, total } = reservation;
        return {
            ...{
                reservationId,
                status,
                seatIds: given,
                total,
                revision: Number(revision)
            },
            ...refund && {
                refund
            }
        };
    }
    async cancel(request, reply, eventId, { reason }) {
        const context = this.contextOf(request, eventId);
        accepted(await this.commands.execute(new CancelEventCommand(eventId, reason, context)));
        await untilVisible(()=>this.cancellations.of(eventId), ASKED_WAIT_MS, this.clock);
        reply.header('location', `/v1/events/${eventId}/cancellation`);
        return {
            eventId,
            status: 'cancelled'
        };
    }
    async cancellation(eventId) {
        if (!isId(eventId)) throw new Problem('event-not-found');
        const view = await this.cancellations.of(eventId);
        if (view) return view;
        throw new Problem(await this.events.event(eventId) ? 'event-not-cancelled' : 'event-not-found');
    }
    /** @throws Problem for what cannot be an id */ contextOf(request, eventId, reservationId) {
        if (!isId(eventId)) throw new Problem('event-not-found');
        if (reservationId !== undefined && !isId(reservationId)) throw new Problem('reservation-not-found');
        return contextOf(request, ORGANIZING, this.randomness);
    }
}
_ts_decorate([
    Post('reservations/:reservationId/refund'),
    HttpCode(200),
    Access(ORGANIZING),
    ApiOperation({
        summary: 'Undo a sale: the seats are free again, the money goes back; repeating it is harmless'
    }),
    Answers(200, 'Undone. `due`: the provider has not confirmed the refund yet; it is repeated until it does', afterSaleExamples.refunded),
    Refuses(...REFUSALS.ofAccount, ...REFUSALS.ofCommand, 'event-not-found', 'reservation-not-found', 'reservation-not-confirmed'),
    _ts_param(0, Req()),
    _ts_param(1, Param('eventId')),
    _ts_param(2, Param('reservationId')),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof FastifyRequest === "undefined" ? Object : FastifyRequest,
        String,
        String
    ]),
    _ts_metadata("design:returntype", Promise)
], AfterSaleController.prototype, "refund", null);
_ts_decorate([
    Post('reservations/:reservationId/exchange'),
    HttpCode(200),
    Access(ORGANIZING, {
        bodyLimit: SEATS_BODY_LIMIT
    }),
    ApiOperation({
        summary: 'Give a buyer other seats, all or nothing',
        description: 'What they cost less is paid back; what they cost more is charged to `payment`.'
    }),
    Answers(200, 'Exchanged; again, the same. With `refund` where the new seats cost less', afterSaleExamples.exchanged, {
        optional: [
            'refund'
        ]
    }),
    Answers(202, 'The provider has not answered yet: send the same again', afterSaleExamples.exchangePending, {
        headers: {
            Location: 'Path of the reservation',
            'Retry-After': 'Seconds until it is worth asking'
        }
    }),
    Refuses(...REFUSALS.ofAccount, ...REFUSALS.ofBody, ...REFUSALS.ofCommand, 'event-not-found', 'reservation-not-found', 'reservation-not-confirmed', 'reservation-refunded', 'event-cancelled', 'no-seats-requested', 'seats-repeated', 'seats-unknown', 'too-many-seats', 'seats-unavailable', 'single-seat-left', 'payment-required', 'payment-declined', 'payment-token-unknown', 'payment-under-way', 'payment-attempts-exhausted', 'exchange-refused'),
    _ts_param(0, Req()),
    _ts_param(1, Res({
        passthrough: true
    })),
    _ts_param(2, Param('eventId')),
    _ts_param(3, Param('reservationId')),
    _ts_param(4, Body(bodyAs(ExchangeRequest))),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof FastifyRequest === "undefined" ? Object : FastifyRequest,
        typeof FastifyReply === "undefined" ? Object : FastifyReply,
        String,
        String,
        typeof ExchangeRequest === "undefined" ? Object : ExchangeRequest
    ]),
    _ts_metadata("design:returntype", Promise)
], AfterSaleController.prototype, "exchange", null);
_ts_decorate([
    Post('cancel'),
    HttpCode(202),
    Access(ORGANIZING),
    ApiOperation({
        summary: 'Call the show off: nothing is sold any more, every sale is paid back; repeating it is harmless'
    }),
    Answers(202, 'Cancelled; the refunds are under way', afterSaleExamples.cancelled, {
        headers: {
            Location: 'Where to see how far the refunds have come'
        }
    }),
    Refuses(...REFUSALS.ofAccount, ...REFUSALS.ofBody, ...REFUSALS.ofCommand, 'event-not-found'),
    _ts_param(0, Req()),
    _ts_param(1, Res({
        passthrough: true
    })),
    _ts_param(2, Param('eventId')),
    _ts_param(3, Body(bodyAs(CancelEventRequest))),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof FastifyRequest === "undefined" ? Object : FastifyRequest,
        typeof FastifyReply === "undefined" ? Object : FastifyReply,
        String,
        typeof CancelEventRequest === "undefined" ? Object : CancelEventRequest
    ]),
    _ts_metadata("design:returntype", Promise)
], AfterSaleController.prototype, "cancel", null);
_ts_decorate([
    Get('cancellation'),
    Access(ORGANIZING),
    ApiOperation({
        summary: 'How far the refunds of a cancelled event have come'
    }),
    Answers(200, '`done` once everybody has the money back', afterSaleExamples.cancellation, {
        optional: [
            'finishedAt'
        ]
    }),
    Refuses(...REFUSALS.ofAccount, 'event-not-found', 'event-not-cancelled'),
    _ts_param(0, Param('eventId')),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        String
    ]),
    _ts_metadata("design:returntype", Promise)
], AfterSaleController.prototype, "cancellation", null);
AfterSaleController = _ts_decorate([
    ApiTags('after the sale'),
    Controller('v1/events/:eventId'),
    _ts_param(1, Inject(CLOCK)),
    _ts_param(2, Inject(RANDOMNESS)),
    _ts_param(3, Inject(EVENT_QUERIES)),
    _ts_param(4, Inject(CANCELLATION_QUERIES)),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof CommandBus === "undefined" ? Object : CommandBus,
        typeof Clock === "undefined" ? Object : Clock,
        typeof Randomness === "undefined" ? Object : Randomness,
        typeof EventQueries === "undefined" ? Object : EventQueries,
        typeof CancellationQueries === "undefined" ? Object : CancellationQueries
    ])
], AfterSaleController);

//# sourceMappingURL=after-sale.controller.js.map