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
import { Controller, Delete, Get, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { RouteSchema } from '@nestjs/platform-fastify';
import { ApiBody, ApiHeader, ApiOperation, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import { PayReservationCommand } from '../commands/pay-reservation.js';
import { ReleaseReservationCommand } from '../commands/release-reservation.js';
import { ReserveSeatsCommand } from '../commands/reserve-seats.js';
import { CLOCK, RANDOMNESS } from '../commands/tokens.js';
import { Access, accountOf } from './access.js';
import { CUSTOMER, ROLES } from './accounts.js';
import { Answers, REFUSALS, Refuses } from './answers.js';
import { contextOf } from './command-context.js';
import { examples } from './examples.js';
import { readAtLeast } from './freshness.js';
import { sendProblem } from './problem-replies.js';
import { accepted, Problem } from './problems.js';
import { heldAnswer, reservationAnswer } from './reservation-answers.js';
import { confirmSchema, reserveSchema } from './reservation-schemas.js';
import { isId } from './rules.js';
import { CONTACTS, FRESH_RESERVATIONS, PAYMENT_QUERIES, TICKETS } from './tokens.js';
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;
const JSON_TYPE = 'application/json; charset=utf-8';
export class ReservationsController {
    commands;
    clock;
    randomness;
    payments;
    reservations;
    tickets;
    contacts;
    constructor(commands, clock, randomness, payments, reservations, tickets, contacts){
        this.commands = commands;
        this.clock = clock;
        this.randomness = randomness;
        this.payments = payments;
        this.reservations = reservations;
        this.tickets = tickets;
        this.contacts = contacts;
    }
    async reserve(request, reply) {
        const key = request.headers['idempotency-key'];
        if (key === undefined || key === '') return void sendProblem(request, reply, 'idempotency-key-missing');
        if (typeof key !== 'string' || !IDEMPOTENCY_KEY.test(key)) {
            return void sendProblem(request, reply, 'idempotency-key-invalid');
        }
        const { eventId } = request.params;
        if (!isId(eventId)) return void sendProblem(request, reply, 'event-not-found');
        const context = contextOf(request, CUSTOMER, this.randomness);
        const command = new ReserveSeatsCommand(eventId, accountOf(request).id, key, request.body, context);
        const outcome = await this.commands.execute(command);
        if (!outcome.accepted) {
            const { code, ...members } = outcome.rejection;
            return void sendProblem(request, reply, code, members);
        }
        const reservation = outcome.reservation;
        if (outcome.written) this.remember(eventId, reservation, outcome.revision);
        else reply.header('idempotency-replayed', 'true');
        reply.code(201).header('content-type', JSON_TYPE).header('location', `/v1/events/${eventId}/reservations/${reservation.id}`).send(JSON.stringify(heldAnswer(eventId, reservation, outcome.revision, this.clock.now())));
    }
    async confirm(request, reply) {
        const { eventId, reservationId } = request.params;
        if (!isId(eventId)) return void sendProblem(request, reply, 'event-not-found');
        if (!isId(reservationId)) return void sendProblem(request, reply, 'reservation-not-found');
        const context = contextOf(request, CUSTOMER, this.randomness);
        const { payment, email = accountOf(request).email } = request.body;
        const { id: customerId } = accountOf(request);
        // First, so that the mail finds it, whoever settles the payment.
        if (email !== undefined) await this.contacts.remember(customerId, email);
        const outcome = await this.commands.execute(new PayReservationCommand(eventId, reservationId, customerId, payment.token, context));
        if (!outcome.accepted) {
            const { code, ...members } = outcome.rejection;
            return void sendProblem(request, reply, code, members);
        }
        if (!outcome.settled) return void answerPending(reply, eventId, reservationId);
        const { reservation, revision } = outcome;
        this.remember(eventId, reservation, revision);
        const { status, total } = reservation;
        const tickets = await this.tickets.sold(eventId, reservation);
        const answer = {
            reservationId,
            status,
            tickets,
            total,
            revision: Number(revision)
        };
        reply.code(200).header('content-type', JSON_TYPE).send(JSON.stringify(answer));
    }
    remember(eventId, { id, customerId }, revision) {
        this.reservations.remember(customerId, {
            eventId,
            reservationId: id,
            revision: Number(revision)
        });
    }
    async reservation(request, eventId, reservationId, atLeast) {
        if (!isId(eventId) || !isId(reservationId)) throw new Problem('reservation-not-found');
        const customerId = accountOf(request).id;
        const view = await this.reservations.one(customerId, {
            eventId,
            reservationId
        }, readAtLeast(atLeast));
        if (!view) throw new Problem('reservation-not-found');
        const answer = reservationAnswer(view, this.clock.now());
        if (view.status !== 'confirmed') return {
            ...answer,
            ...await this.paymentOf(view)
        };
        return {
            ...answer,
            tickets: await this.tickets.of(view)
        };
    }
    /** What became of the last try to pay, for who was told to wait; nothing before the first. */ async paymentOf({ eventId, reservationId }) {
        const payment = await this.payments.of(eventId, reservationId);
        if (!payment) return {};
        const { status, failure } = payment;
        return {
            payment: {
                status,
                ...failure !== null && {
                    reason: failure
                }
            }
        };
    }
    async release(request, eventId, reservationId) {
        if (!isId(eventId) || !isId(reservationId)) throw new Problem('reservation-not-found');
        const context = contextOf(request, CUSTOMER, this.randomness);
        const { written, reservation, revision } = accepted(await this.commands.execute(new ReleaseReservationCommand(eventId, reservationId, accountOf(request).id, context)));
        if (written) this.remember(eventId, reservation, revision);
    }
}
_ts_decorate([
    Post(),
    Access(CUSTOMER),
    RouteSchema(reserveSchema),
    ApiOperation({
        summary: 'Hold seats by name, or the best that are free'
    }),
    ApiParam({
        name: 'eventId'
    }),
    ApiHeader({
        name: 'Idempotency-Key',
        required: true,
        description: '1 to 255 visible ASCII characters'
    }),
    ApiBody({
        schema: reserveSchema.body,
        examples: {
            named: {
                value: examples.reserveSeats
            },
            bestAvailable: {
                value: examples.reserveBest
            }
        }
    }),
    Answers(201, 'Held; again for the same key, as it stands now', examples.held, {
        headers: {
            Location: 'Path of the reservation',
            'Idempotency-Replayed': '`true` when this key had been answered before'
        }
    }),
    Refuses(...REFUSALS.ofAccount, ...REFUSALS.ofBody, ...REFUSALS.ofCommand, 'idempotency-key-missing', 'idempotency-key-invalid', 'idempotency-key-reused', 'no-seats-requested', 'seats-repeated', 'seats-unknown', 'category-unknown', 'too-many-seats', 'event-not-found', 'sales-closed', 'sales-not-open', 'seats-unavailable', 'single-seat-left'),
    _ts_param(0, Req()),
    _ts_param(1, Res()),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof FastifyRequest === "undefined" ? Object : FastifyRequest,
        typeof FastifyReply === "undefined" ? Object : FastifyReply
    ]),
    _ts_metadata("design:returntype", Promise)
], ReservationsController.prototype, "reserve", null);
_ts_decorate([
    Post(':reservationId/confirm'),
    HttpCode(200),
    Access(CUSTOMER),
    RouteSchema(confirmSchema),
    ApiOperation({
        summary: 'Pay for a held reservation'
    }),
    ApiParam({
        name: 'eventId'
    }),
    ApiParam({
        name: 'reservationId'
    }),
    ApiBody({
        schema: confirmSchema.body,
        examples: {
            card: {
                value: examples.confirm
            }
        }
    }),
    Answers(200, 'Sold; again, the same', examples.confirmed),
    Answers(202, 'The provider has not answered yet: ask for the reservation', examples.paymentPending, {
        headers: {
            Location: 'Path of the reservation',
            'Retry-After': 'Seconds until it is worth asking'
        }
    }),
    Refuses(...REFUSALS.ofAccount, ...REFUSALS.ofBody, ...REFUSALS.ofCommand, 'event-not-found', 'reservation-not-found', 'reservation-expired', 'reservation-released', 'reservation-refunded', 'payment-declined', 'payment-token-unknown', 'payment-under-way', 'payment-attempts-exhausted', 'payment-amount-mismatch', 'payment-refunded', 'read-model-behind'),
    _ts_param(0, Req()),
    _ts_param(1, Res()),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof FastifyRequest === "undefined" ? Object : FastifyRequest,
        typeof FastifyReply === "undefined" ? Object : FastifyReply
    ]),
    _ts_metadata("design:returntype", Promise)
], ReservationsController.prototype, "confirm", null);
_ts_decorate([
    Get(':reservationId'),
    Access(ROLES),
    ApiOperation({
        summary: 'One of your own reservations'
    }),
    ApiQuery({
        name: 'atLeast',
        required: false,
        schema: {
            type: 'integer'
        },
        description: 'A revision to wait for'
    }),
    Answers(200, 'As it stands; with tickets once it is confirmed', examples.reservation, {
        optional: [
            'tickets',
            'payment',
            'reason'
        ]
    }),
    Refuses(...REFUSALS.ofAccount, 'validation-failed', 'reservation-not-found', 'event-not-found', 'read-model-behind'),
    _ts_param(0, Req()),
    _ts_param(1, Param('eventId')),
    _ts_param(2, Param('reservationId')),
    _ts_param(3, Query('atLeast')),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof FastifyRequest === "undefined" ? Object : FastifyRequest,
        String,
        String,
        Object
    ]),
    _ts_metadata("design:returntype", Promise)
], ReservationsController.prototype, "reservation", null);
_ts_decorate([
    Delete(':reservationId'),
    HttpCode(204),
    Access(CUSTOMER),
    ApiOperation({
        summary: 'Give held seats back; repeating it is harmless'
    }),
    Answers(204, 'The seats are free again'),
    Refuses(...REFUSALS.ofAccount, ...REFUSALS.ofCommand, 'event-not-found', 'reservation-not-found', 'reservation-confirmed', 'reservation-refunded'),
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
], ReservationsController.prototype, "release", null);
ReservationsController = _ts_decorate([
    ApiTags('reservations'),
    Controller('v1/events/:eventId/reservations'),
    _ts_param(1, Inject(CLOCK)),
    _ts_param(2, Inject(RANDOMNESS)),
    _ts_param(3, Inject(PAYMENT_QUERIES)),
    _ts_param(4, Inject(FRESH_RESERVATIONS)),
    _ts_param(5, Inject(TICKETS)),
    _ts_param(6, Inject(CONTACTS)),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof CommandBus === "undefined" ? Object : CommandBus,
        typeof Clock === "undefined" ? Object : Clock,
        typeof Randomness === "undefined" ? Object : Randomness,
        typeof PaymentQueries === "undefined" ? Object : PaymentQueries,
        typeof FreshReservations === "undefined" ? Object : FreshReservations,
        typeof Tickets === "undefined" ? Object : Tickets,
        typeof Contacts === "undefined" ? Object : Contacts
    ])
], ReservationsController);
/** Seconds after which a buyer who was told to wait asks again. */ const ASK_AGAIN_SECONDS = 1;
function answerPending(reply, eventId, reservationId) {
    reply.code(202).header('content-type', JSON_TYPE).header('location', `/v1/events/${eventId}/reservations/${reservationId}`).header('retry-after', String(ASK_AGAIN_SECONDS)).send(JSON.stringify({
        reservationId,
        status: 'payment-pending'
    }));
}

//# sourceMappingURL=reservations.controller.js.map