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
import { Controller, Get, Inject, Param } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access } from './access.js';
import { Answers, REFUSALS, Refuses } from './answers.js';
import { examples } from './examples.js';
import { Problem } from './problems.js';
import { isId } from './rules.js';
import { EVENT_QUERIES, LEDGER_QUERIES } from './tokens.js';
/** Who may read the books. */ const READING = [
    'operator',
    'auditor'
];
const IDENTITY = 'Per currency: what was captured is kept, refunded, owed or unsettled, and the four make up the first; otherwise the books are not `balanced`.';
export class LedgerController {
    ledger;
    events;
    constructor(ledger, events){
        this.ledger = ledger;
        this.events = events;
    }
    async all() {
        return verdictOn(await this.ledger.totals());
    }
    async ofEvent(eventId) {
        if (!isId(eventId)) throw new Problem('event-not-found');
        const totals = await this.ledger.totalsOf(eventId);
        // Money is money, also where the event itself is not shown yet.
        if (totals.length === 0 && !await this.events.event(eventId)) throw new Problem('event-not-found');
        return {
            eventId,
            ...verdictOn(totals)
        };
    }
}
_ts_decorate([
    Get(),
    Access(READING),
    ApiOperation({
        summary: 'Where all the money is',
        description: IDENTITY
    }),
    Answers(200, 'Nothing before the first capture', examples.ledger),
    Refuses(...REFUSALS.ofAccount),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", []),
    _ts_metadata("design:returntype", Promise)
], LedgerController.prototype, "all", null);
_ts_decorate([
    Get('events/:eventId'),
    Access(READING),
    ApiOperation({
        summary: 'Where the money of one event is',
        description: IDENTITY
    }),
    Answers(200, 'Nothing before its first capture', examples.ledgerOfEvent),
    Refuses(...REFUSALS.ofAccount, 'event-not-found'),
    _ts_param(0, Param('eventId')),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        String
    ]),
    _ts_metadata("design:returntype", Promise)
], LedgerController.prototype, "ofEvent", null);
LedgerController = _ts_decorate([
    ApiTags('ledger'),
    Controller('v1/ops/ledger'),
    _ts_param(0, Inject(LEDGER_QUERIES)),
    _ts_param(1, Inject(EVENT_QUERIES)),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof LedgerQueries === "undefined" ? Object : LedgerQueries,
        typeof EventQueries === "undefined" ? Object : EventQueries
    ])
], LedgerController);
const verdictOn = (totals)=>({
        balanced: totals.every(({ balanced })=>balanced),
        totals
    });

//# sourceMappingURL=ledger.controller.js.map