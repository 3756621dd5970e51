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
import { Controller, Get, Inject, Query, Req } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { CLOCK } from '../commands/tokens.js';
import { Access, accountOf } from './access.js';
import { CUSTOMER } from './accounts.js';
import { Answers, REFUSALS, Refuses } from './answers.js';
import { examples } from './examples.js';
import { reservationAnswer } from './reservation-answers.js';
import { isId } from './rules.js';
import { FRESH_RESERVATIONS } from './tokens.js';
import { invalid } from './validate.js';
export class MyReservationsController {
    reservations;
    clock;
    constructor(reservations, clock){
        this.reservations = reservations;
        this.clock = clock;
    }
    async own(request, eventId) {
        if (eventId !== undefined && !isId(eventId)) {
            throw invalid([
                {
                    path: 'eventId',
                    message: 'must be the id of one event'
                }
            ]);
        }
        const views = await this.reservations.all(accountOf(request).id, eventId);
        const now = this.clock.now();
        return {
            reservations: views.map((view)=>reservationAnswer(view, now))
        };
    }
}
_ts_decorate([
    Get('reservations'),
    Access(CUSTOMER),
    ApiOperation({
        summary: 'Your own reservations, newest first'
    }),
    ApiQuery({
        name: 'eventId',
        required: false,
        schema: {
            type: 'string'
        },
        description: 'Only of this event'
    }),
    Answers(200, 'The newest 200 at most', examples.ownReservations),
    Refuses(...REFUSALS.ofAccount, 'validation-failed'),
    _ts_param(0, Req()),
    _ts_param(1, Query('eventId')),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof FastifyRequest === "undefined" ? Object : FastifyRequest,
        Object
    ]),
    _ts_metadata("design:returntype", Promise)
], MyReservationsController.prototype, "own", null);
MyReservationsController = _ts_decorate([
    ApiTags('reservations'),
    Controller('v1/me'),
    _ts_param(0, Inject(FRESH_RESERVATIONS)),
    _ts_param(1, Inject(CLOCK)),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof FreshReservations === "undefined" ? Object : FreshReservations,
        typeof Clock === "undefined" ? Object : Clock
    ])
], MyReservationsController);

//# sourceMappingURL=my-reservations.controller.js.map