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
import { CLOCK, INVENTORY_WRITERS } from './tokens.js';
/** No new reservations; holds may still be paid. */ export class CloseSalesCommand extends Command {
    eventId;
    reason;
    context;
    constructor(eventId, reason, context){
        super(), this.eventId = eventId, this.reason = reason, this.context = context;
    }
}
export class CloseSalesHandler {
    writers;
    clock;
    constructor(writers, clock){
        this.writers = writers;
        this.clock = clock;
    }
    execute({ eventId, context, ...named }) {
        return this.writers.execute(eventId, {
            type: 'CloseSales',
            ...named,
            now: this.clock.now()
        }, context);
    }
}
CloseSalesHandler = _ts_decorate([
    CommandHandler(CloseSalesCommand),
    _ts_param(0, Inject(INVENTORY_WRITERS)),
    _ts_param(1, Inject(CLOCK)),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof InventoryWriters === "undefined" ? Object : InventoryWriters,
        typeof Clock === "undefined" ? Object : Clock
    ])
], CloseSalesHandler);

//# sourceMappingURL=close-sales.js.map