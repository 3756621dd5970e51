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
import { derivedId } from './context.js';
import { writeCancellation } from './event-stream.js';
import { CLOCK, EVENT_STORE, INVENTORY_WRITERS } from './tokens.js';
/** The event will not take place: nothing is sold any more, and every sale is paid back. */ export class CancelEventCommand extends Command {
    eventId;
    reason;
    context;
    constructor(eventId, reason, context){
        super(), this.eventId = eventId, this.reason = reason, this.context = context;
    }
}
export class CancelEventHandler {
    eventStore;
    writers;
    clock;
    constructor(eventStore, writers, clock){
        this.eventStore = eventStore;
        this.writers = writers;
        this.clock = clock;
    }
    async execute({ eventId, reason, context }) {
        const { clock, eventStore } = this;
        const now = clock.now();
        const command = {
            type: 'CancelEvent',
            reason,
            now
        };
        const outcome = await writeCancellation(eventStore, clock, eventId, command, context);
        if (!outcome.accepted) return outcome;
        await this.writers.execute(eventId, {
            type: 'CancelSale',
            reason: outcome.event.cancellation.reason,
            now
        }, {
            ...context,
            commandId: derivedId(context.commandId, 'cancel-sale')
        });
        return outcome;
    }
}
CancelEventHandler = _ts_decorate([
    CommandHandler(CancelEventCommand),
    _ts_param(0, Inject(EVENT_STORE)),
    _ts_param(1, Inject(INVENTORY_WRITERS)),
    _ts_param(2, Inject(CLOCK)),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof EventStore === "undefined" ? Object : EventStore,
        typeof InventoryWriters === "undefined" ? Object : InventoryWriters,
        typeof Clock === "undefined" ? Object : Clock
    ])
], CancelEventHandler);

//# sourceMappingURL=cancel-event.js.map