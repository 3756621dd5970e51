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
import { Body, Controller, Get, Header, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CheckInTicketCommand } from '../commands/check-in-ticket.js';
import { RANDOMNESS, TICKET_SIGNER } from '../commands/tokens.js';
import { placeOf } from '../domain/seating-plan/place.js';
import { Access } from './access.js';
import { ORGANIZING } from './accounts.js';
import { Answers, REFUSALS, Refuses } from './answers.js';
import { contextOf } from './command-context.js';
import { accepted, Problem } from './problems.js';
import { isId } from './rules.js';
import { ticketExamples } from './ticket-examples.js';
import { CheckInRequest } from './ticket-requests.js';
import { TICKETS } from './tokens.js';
import { bodyAs } from './validate.js';
/** A scanner may work with old keys for so long: a new key is in the set before it signs. */ const FOR_AN_HOUR = 'public, max-age=3600';
export class CheckInsController {
    commands;
    randomness;
    signer;
    tickets;
    constructor(commands, randomness, signer, tickets){
        this.commands = commands;
        this.randomness = randomness;
        this.signer = signer;
        this.tickets = tickets;
    }
    async checkIn(request, eventId, { code }) {
        if (!isId(eventId)) throw new Problem('event-not-found');
        const context = contextOf(request, ORGANIZING, this.randomness);
        const { redeemed } = accepted(await this.commands.execute(new CheckInTicketCommand(eventId, code, context)));
        const { ticketId, seatId, redeemedAt } = redeemed;
        const { layout } = await this.tickets.hallOf(eventId);
        const { section, row, number } = placeOf(layout, layout.indexOf.get(seatId));
        return {
            ticketId,
            seatId,
            section,
            row,
            number,
            redeemedAt
        };
    }
    keys() {
        return {
            keys: this.signer.publicKeys
        };
    }
}
_ts_decorate([
    Post('v1/events/:eventId/check-ins'),
    HttpCode(200),
    Access(ORGANIZING),
    ApiOperation({
        summary: 'Let the bearer of a ticket in, once',
        description: 'Of two doors that read the same ticket at the same moment, one is refused.'
    }),
    Answers(200, 'Let in', ticketExamples.checkedIn),
    Refuses(...REFUSALS.ofAccount, ...REFUSALS.ofBody, 'event-store-unavailable', 'outcome-unknown', 'event-not-found', 'ticket-code-invalid', 'ticket-key-unknown', 'ticket-wrong-event', 'ticket-not-found', 'ticket-refunded', 'ticket-exchanged', 'ticket-already-redeemed', 'read-model-behind'),
    _ts_param(0, Req()),
    _ts_param(1, Param('eventId')),
    _ts_param(2, Body(bodyAs(CheckInRequest))),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof FastifyRequest === "undefined" ? Object : FastifyRequest,
        String,
        typeof CheckInRequest === "undefined" ? Object : CheckInRequest
    ]),
    _ts_metadata("design:returntype", Promise)
], CheckInsController.prototype, "checkIn", null);
_ts_decorate([
    Get('.well-known/jwks.json'),
    Header('cache-control', FOR_AN_HOUR),
    ApiOperation({
        summary: 'Public keys of the codes on tickets',
        description: 'With them a scanner tells genuine tickets without asking anybody: see docs/tickets.md.'
    }),
    Answers(200, 'A JWK set; the first key signs', ticketExamples.jwks, {
        headers: {
            'Cache-Control': FOR_AN_HOUR
        }
    }),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", []),
    _ts_metadata("design:returntype", Object)
], CheckInsController.prototype, "keys", null);
CheckInsController = _ts_decorate([
    ApiTags('tickets'),
    Controller(),
    _ts_param(1, Inject(RANDOMNESS)),
    _ts_param(2, Inject(TICKET_SIGNER)),
    _ts_param(3, Inject(TICKETS)),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof CommandBus === "undefined" ? Object : CommandBus,
        typeof Randomness === "undefined" ? Object : Randomness,
        typeof TicketSigner === "undefined" ? Object : TicketSigner,
        typeof Tickets === "undefined" ? Object : Tickets
    ])
], CheckInsController);

//# sourceMappingURL=check-ins.controller.js.map