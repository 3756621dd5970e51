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
import { Body, Controller, Delete, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { BlockSeatsCommand } from '../commands/block-seats.js';
import { CloseSalesCommand } from '../commands/close-sales.js';
import { RANDOMNESS } from '../commands/tokens.js';
import { UnblockSeatsCommand } from '../commands/unblock-seats.js';
import { Access } from './access.js';
import { ORGANIZING } from './accounts.js';
import { Answers, REFUSALS, Refuses } from './answers.js';
import { contextOf } from './command-context.js';
import { BlockRequest, CloseSalesRequest, UnblockRequest } from './event-requests.js';
import { examples } from './examples.js';
import { accepted, Problem } from './problems.js';
import { isId } from './rules.js';
import { bodyAs } from './validate.js';
/** Bytes of a body that names a thousand seats. */ const SEATS_BODY_LIMIT = 256 * 1024;
const OF_SEATS = [
    ...REFUSALS.ofAccount,
    ...REFUSALS.ofBody,
    ...REFUSALS.ofCommand,
    'event-not-found',
    'no-seats-requested',
    'seats-repeated',
    'seats-unknown',
    'too-many-seats',
    'seats-unavailable'
];
export class SaleController {
    commands;
    randomness;
    constructor(commands, randomness){
        this.commands = commands;
        this.randomness = randomness;
    }
    async block(request, eventId, { seatIds, reason }) {
        const context = this.contextOf(request, eventId);
        const command = new BlockSeatsCommand(eventId, seatIds, reason ?? '', context);
        const { revision } = accepted(await this.commands.execute(command));
        return {
            revision: Number(revision),
            seatIds
        };
    }
    async unblock(request, eventId, { seatIds }) {
        const command = new UnblockSeatsCommand(eventId, seatIds, this.contextOf(request, eventId));
        const { revision } = accepted(await this.commands.execute(command));
        return {
            revision: Number(revision),
            seatIds
        };
    }
    async closeSales(request, eventId, { reason }) {
        const command = new CloseSalesCommand(eventId, reason ?? '', this.contextOf(request, eventId));
        const { revision } = accepted(await this.commands.execute(command));
        return {
            revision: Number(revision)
        };
    }
    /** @throws Problem for what cannot be an event's id */ contextOf(request, eventId) {
        if (!isId(eventId)) throw new Problem('event-not-found');
        return contextOf(request, ORGANIZING, this.randomness);
    }
}
_ts_decorate([
    Post('blocks'),
    HttpCode(200),
    Access(ORGANIZING, {
        bodyLimit: SEATS_BODY_LIMIT
    }),
    ApiOperation({
        summary: 'Take free seats off sale',
        description: 'At most 1,000 seats at once.'
    }),
    Answers(200, 'Blocked', examples.blocked),
    Refuses(...OF_SEATS),
    _ts_param(0, Req()),
    _ts_param(1, Param('eventId')),
    _ts_param(2, Body(bodyAs(BlockRequest))),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof FastifyRequest === "undefined" ? Object : FastifyRequest,
        String,
        typeof BlockRequest === "undefined" ? Object : BlockRequest
    ]),
    _ts_metadata("design:returntype", Promise)
], SaleController.prototype, "block", null);
_ts_decorate([
    Delete('blocks'),
    Access(ORGANIZING, {
        bodyLimit: SEATS_BODY_LIMIT
    }),
    ApiOperation({
        summary: 'Put blocked seats back on sale'
    }),
    Answers(200, 'On sale', examples.blocked),
    Refuses(...OF_SEATS),
    _ts_param(0, Req()),
    _ts_param(1, Param('eventId')),
    _ts_param(2, Body(bodyAs(UnblockRequest))),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof FastifyRequest === "undefined" ? Object : FastifyRequest,
        String,
        typeof UnblockRequest === "undefined" ? Object : UnblockRequest
    ]),
    _ts_metadata("design:returntype", Promise)
], SaleController.prototype, "unblock", null);
_ts_decorate([
    Post('close-sales'),
    HttpCode(200),
    Access(ORGANIZING),
    ApiOperation({
        summary: 'End the sale; holds may still be paid'
    }),
    Answers(200, 'Closed', examples.salesClosed),
    Refuses(...REFUSALS.ofAccount, ...REFUSALS.ofBody, ...REFUSALS.ofCommand, 'event-not-found'),
    _ts_param(0, Req()),
    _ts_param(1, Param('eventId')),
    _ts_param(2, Body(bodyAs(CloseSalesRequest, {}))),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof FastifyRequest === "undefined" ? Object : FastifyRequest,
        String,
        typeof CloseSalesRequest === "undefined" ? Object : CloseSalesRequest
    ]),
    _ts_metadata("design:returntype", Promise)
], SaleController.prototype, "closeSales", null);
SaleController = _ts_decorate([
    ApiTags('events'),
    Controller('v1/events/:eventId'),
    _ts_param(1, Inject(RANDOMNESS)),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof CommandBus === "undefined" ? Object : CommandBus,
        typeof Randomness === "undefined" ? Object : Randomness
    ])
], SaleController);

//# sourceMappingURL=sale.controller.js.map