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
import { hash } from 'node:crypto';
import { Inject } from '@nestjs/common';
import { Command, CommandHandler } from '@nestjs/cqrs';
import { derivedId } from './context.js';
import { CLOCK, INVENTORY_WRITERS } from './tokens.js';
/** Hold these seats, or the best ones, for this customer. The same key with the same wish is one reservation. */ export class ReserveSeatsCommand extends Command {
    eventId;
    customerId;
    idempotencyKey;
    wish;
    context;
    constructor(eventId, customerId, idempotencyKey, wish, context){
        super(), this.eventId = eventId, this.customerId = customerId, this.idempotencyKey = idempotencyKey, this.wish = wish, this.context = context;
    }
}
export class ReserveSeatsHandler {
    writers;
    clock;
    constructor(writers, clock){
        this.writers = writers;
        this.clock = clock;
    }
    execute({ eventId, customerId, idempotencyKey, wish, context }) {
        return this.writers.execute(eventId, {
            type: 'ReserveSeats',
            reservationId: derivedId('reservation', eventId, customerId, idempotencyKey),
            customerId,
            wish,
            requestDigest: digestOf(wish),
            now: this.clock.now()
        }, context);
    }
}
ReserveSeatsHandler = _ts_decorate([
    CommandHandler(ReserveSeatsCommand),
    _ts_param(0, Inject(INVENTORY_WRITERS)),
    _ts_param(1, Inject(CLOCK)),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof InventoryWriters === "undefined" ? Object : InventoryWriters,
        typeof Clock === "undefined" ? Object : Clock
    ])
], ReserveSeatsHandler);
/** Differs for different wishes; the order in which seats are named is no difference. 96 bits, base64url. */ function digestOf(wish) {
    const text = 'seatIds' in wish ? [
        ...wish.seatIds
    ].sort().join('\n') : `best\n${wish.bestAvailable.quantity}\n${wish.bestAvailable.category ?? ''}`;
    return hash('sha256', text, 'base64url').slice(0, 16);
}

//# sourceMappingURL=reserve-seats.js.map