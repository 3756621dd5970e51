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
import { Inject } from '@nestjs/common';
import { Command, CommandHandler } from '@nestjs/cqrs';
import { decideCheckIn } from '../domain/check-in/decide.js';
import { checkInStream } from '../domain/check-in/events.js';
import { evolveCheckIn } from '../domain/check-in/state.js';
import { WrongExpectedRevision } from '../ports/event-store.js';
import { appendOnce, NO_STREAM } from './append-once.js';
import { toNewEvents } from './context.js';
import { CLOCK, EVENT_STORE, TICKET_LEDGER, TICKET_SIGNER } from './tokens.js';
/** Somebody shows a ticket at the door of an event. */ export class CheckInTicketCommand extends Command {
    eventId;
    code;
    context;
    constructor(eventId, code, context){
        super(), this.eventId = eventId, this.code = code, this.context = context;
    }
}
export class CheckInTicketHandler {
    eventStore;
    signer;
    ledger;
    clock;
    constructor(eventStore, signer, ledger, clock){
        this.eventStore = eventStore;
        this.signer = signer;
        this.ledger = ledger;
        this.clock = clock;
    }
    /** Two doors, two nodes: only one append can be the first of the ticket's stream, and the other reads what it said. */ async execute({ eventId, code, context }) {
        const checked = this.signer.check(code);
        if (!checked.genuine) return {
            accepted: false,
            rejection: {
                code: checked.code
            }
        };
        const { ticketId, reservationId, seatId } = checked.claims;
        const ticket = {
            ticketId,
            eventId: checked.claims.eventId,
            reservationId,
            seatId
        };
        const standing = ticket.eventId === eventId ? await this.ledger.standing(eventId, ticketId) : undefined;
        const stream = checkInStream(ticketId);
        const command = {
            type: 'RedeemTicket',
            atEventId: eventId,
            ticket,
            standing,
            now: this.clock.now()
        };
        const decision = decideCheckIn(command, await this.read(stream));
        if (!decision.accepted) return decision;
        try {
            await appendOnce(this.eventStore, this.clock, stream, NO_STREAM, toNewEvents(decision.events, context));
            return {
                accepted: true,
                redeemed: decision.events[0].data
            };
        } catch (error) {
            if (!(error instanceof WrongExpectedRevision)) throw error;
            const rejected = decideCheckIn(command, await this.read(stream));
            if (rejected.accepted) throw error;
            return rejected;
        }
    }
    async read(stream) {
        let checkIn;
        for await (const { type, data } of this.eventStore.readStream(stream)){
            checkIn = evolveCheckIn(checkIn, {
                type,
                data
            });
        }
        return checkIn;
    }
}
CheckInTicketHandler = _ts_decorate([
    CommandHandler(CheckInTicketCommand),
    _ts_param(0, Inject(EVENT_STORE)),
    _ts_param(1, Inject(TICKET_SIGNER)),
    _ts_param(2, Inject(TICKET_LEDGER)),
    _ts_param(3, Inject(CLOCK)),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof EventStore === "undefined" ? Object : EventStore,
        typeof TicketSigner === "undefined" ? Object : TicketSigner,
        typeof TicketLedger === "undefined" ? Object : TicketLedger,
        typeof Clock === "undefined" ? Object : Clock
    ])
], CheckInTicketHandler);

//# sourceMappingURL=check-in-ticket.js.map