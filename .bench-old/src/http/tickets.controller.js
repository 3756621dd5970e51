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
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CLOCK } from '../commands/tokens.js';
import { placeOf } from '../domain/seating-plan/place.js';
import { untilVisible } from '../read-models/visible.js';
import { Access, accountOf } from './access.js';
import { CUSTOMER } from './accounts.js';
import { Answers, REFUSALS, Refuses } from './answers.js';
import { ASKED_WAIT_MS } from './freshness.js';
import { Problem } from './problems.js';
import { isCursor, isId } from './rules.js';
import { ticketExamples } from './ticket-examples.js';
import { DEFAULT_TICKETS, TicketListQuery } from './ticket-requests.js';
import { printed } from './tickets.js';
import * as tokens from './tokens.js';
import { queryAs } from './validate.js';
const OF_TICKET = [
    ...REFUSALS.ofAccount,
    'ticket-not-found',
    'ticket-refunded',
    'ticket-exchanged',
    'printer-busy'
];
export class TicketsController {
    tickets;
    queries;
    printer;
    reservations;
    events;
    clock;
    constructor(tickets, queries, printer, reservations, events, clock){
        this.tickets = tickets;
        this.queries = queries;
        this.printer = printer;
        this.reservations = reservations;
        this.events = events;
        this.clock = clock;
    }
    async own(request, { eventId, limit = DEFAULT_TICKETS, cursor }) {
        if (cursor !== undefined && !isCursor(cursor)) throw new Problem('cursor-invalid');
        const customerId = accountOf(request).id;
        if (cursor === undefined) await this.purchasesVisible(customerId, eventId);
        const { tickets, next } = await this.queries.ofCustomer(customerId, {
            limit,
            cursor,
            eventId
        });
        return {
            tickets: await Promise.all(tickets.map((ticket)=>this.shown(ticket))),
            next
        };
    }
    /** Whoever has just paid finds the tickets, or learns after a while that they are still being made. */ async purchasesVisible(customerId, eventId) {
        await this.reservations.all(customerId, eventId);
        const complete = async ()=>await this.queries.complete(customerId) || undefined;
        await untilVisible(complete, ASKED_WAIT_MS, this.clock);
    }
    async shown(ticket) {
        const { eventId, reservationId, ticketId, seatId, status, issuedAt, redeemedAt } = ticket;
        const { layout } = await this.tickets.hallOf(eventId);
        const place = placeOf(layout, layout.indexOf.get(seatId));
        const of = {
            eventId,
            reservationId,
            ticketId,
            seatId,
            ...place,
            status,
            issuedAt,
            redeemedAt
        };
        return status === 'valid' ? {
            ...of,
            code: this.tickets.codeOf(ticket)
        } : of;
    }
    async qrSvg(request, reply, eventId, ticketId) {
        const code = await this.codeOf(request, eventId, ticketId);
        const image = await printed(this.printer.qrSvg(code));
        reply.header('content-type', 'image/svg+xml; charset=utf-8').send(image);
    }
    async qrPng(request, reply, eventId, ticketId) {
        const code = await this.codeOf(request, eventId, ticketId);
        const image = await printed(this.printer.qrPng(code));
        reply.header('content-type', 'image/png').send(Buffer.from(image));
    }
    async codeOf(request, eventId, ticketId) {
        if (!isId(eventId) || !isId(ticketId)) throw new Problem('ticket-not-found');
        const ticket = await this.queries.ofOwner(accountOf(request).id, eventId, ticketId);
        if (!ticket) throw new Problem('ticket-not-found');
        if (ticket.status !== 'valid') throw new Problem(`ticket-${ticket.status}`);
        return this.tickets.codeOf(ticket);
    }
    async pdf(request, reply, eventId, reservationId) {
        if (!isId(eventId) || !isId(reservationId)) throw new Problem('reservation-not-found');
        const named = {
            eventId,
            reservationId
        };
        const view = await this.reservations.one(accountOf(request).id, named, undefined);
        if (!view) throw new Problem('reservation-not-found');
        if (view.status === 'refunded') throw new Problem('reservation-refunded');
        if (view.status !== 'confirmed') throw new Problem('reservation-not-confirmed');
        const event = await this.events.event(eventId);
        if (!event) throw new Problem('read-model-behind');
        const document = await printed(this.printer.pdf(await this.tickets.toPrint(view, event)));
        reply.header('content-type', 'application/pdf').header('content-disposition', `inline; filename="tickets-${reservationId}.pdf"`).send(Buffer.from(document));
    }
}
_ts_decorate([
    Get('me/tickets'),
    Access(CUSTOMER),
    ApiOperation({
        summary: 'Your own tickets, newest first',
        description: 'With a `code` while they are valid; those refunded or exchanged stay listed.'
    }),
    Answers(200, 'One page; `next` is null on the last', ticketExamples.ownTickets, {
        nullable: [
            'next',
            'redeemedAt'
        ],
        optional: [
            'code'
        ]
    }),
    Refuses(...REFUSALS.ofAccount, 'validation-failed', 'cursor-invalid', 'read-model-behind'),
    _ts_param(0, Req()),
    _ts_param(1, Query(queryAs(TicketListQuery))),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof FastifyRequest === "undefined" ? Object : FastifyRequest,
        typeof TicketListQuery === "undefined" ? Object : TicketListQuery
    ]),
    _ts_metadata("design:returntype", Promise)
], TicketsController.prototype, "own", null);
_ts_decorate([
    Get('events/:eventId/tickets/:ticketId/qr.svg'),
    Access(CUSTOMER),
    ApiOperation({
        summary: 'QR image of one of your own tickets, to be drawn at any size'
    }),
    Answers(200, 'The image', '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 85 85">…</svg>', {
        mediaType: 'image/svg+xml'
    }),
    Refuses(...OF_TICKET),
    _ts_param(0, Req()),
    _ts_param(1, Res()),
    _ts_param(2, Param('eventId')),
    _ts_param(3, Param('ticketId')),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof FastifyRequest === "undefined" ? Object : FastifyRequest,
        typeof FastifyReply === "undefined" ? Object : FastifyReply,
        String,
        String
    ]),
    _ts_metadata("design:returntype", Promise)
], TicketsController.prototype, "qrSvg", null);
_ts_decorate([
    Get('events/:eventId/tickets/:ticketId/qr.png'),
    Access(CUSTOMER),
    ApiOperation({
        summary: 'QR image of one of your own tickets, in pixels'
    }),
    Answers(200, 'The image', '(bytes)', {
        mediaType: 'image/png'
    }),
    Refuses(...OF_TICKET),
    _ts_param(0, Req()),
    _ts_param(1, Res()),
    _ts_param(2, Param('eventId')),
    _ts_param(3, Param('ticketId')),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof FastifyRequest === "undefined" ? Object : FastifyRequest,
        typeof FastifyReply === "undefined" ? Object : FastifyReply,
        String,
        String
    ]),
    _ts_metadata("design:returntype", Promise)
], TicketsController.prototype, "qrPng", null);
_ts_decorate([
    Get('events/:eventId/reservations/:reservationId/tickets.pdf'),
    Access(CUSTOMER),
    ApiOperation({
        summary: 'All tickets of one of your own reservations, to print: a page each'
    }),
    Answers(200, 'The document', '(bytes)', {
        mediaType: 'application/pdf'
    }),
    Refuses(...REFUSALS.ofAccount, 'reservation-not-found', 'reservation-not-confirmed', 'reservation-refunded', 'read-model-behind', 'printer-busy'),
    _ts_param(0, Req()),
    _ts_param(1, Res()),
    _ts_param(2, Param('eventId')),
    _ts_param(3, Param('reservationId')),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof FastifyRequest === "undefined" ? Object : FastifyRequest,
        typeof FastifyReply === "undefined" ? Object : FastifyReply,
        String,
        String
    ]),
    _ts_metadata("design:returntype", Promise)
], TicketsController.prototype, "pdf", null);
TicketsController = _ts_decorate([
    ApiTags('tickets'),
    Controller('v1'),
    _ts_param(0, Inject(tokens.TICKETS)),
    _ts_param(1, Inject(tokens.TICKET_QUERIES)),
    _ts_param(2, Inject(tokens.TICKET_PRINTER)),
    _ts_param(3, Inject(tokens.FRESH_RESERVATIONS)),
    _ts_param(4, Inject(tokens.EVENT_QUERIES)),
    _ts_param(5, Inject(CLOCK)),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof Tickets === "undefined" ? Object : Tickets,
        typeof TicketQueries === "undefined" ? Object : TicketQueries,
        typeof TicketPrinter === "undefined" ? Object : TicketPrinter,
        typeof FreshReservations === "undefined" ? Object : FreshReservations,
        typeof EventQueries === "undefined" ? Object : EventQueries,
        typeof Clock === "undefined" ? Object : Clock
    ])
], TicketsController);

//# sourceMappingURL=tickets.controller.js.map