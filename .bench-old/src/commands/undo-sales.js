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
import { CLOCK, INVENTORY_WRITERS } from './tokens.js';
/** Of a cancelled event: give back the next holds and sales, as many as fit one append. `written` is false when none is left. */ export class UndoSalesCommand extends Command {
    eventId;
    reason;
    context;
    constructor(eventId, /** Why the event was cancelled, for an inventory that has not been told yet. */ reason, context){
        super(), this.eventId = eventId, this.reason = reason, this.context = context;
    }
}
export class UndoSalesHandler {
    writers;
    clock;
    constructor(writers, clock){
        this.writers = writers;
        this.clock = clock;
    }
    /** The process that cancelled the event may have died before it could tell the inventory. */ async execute({ eventId, reason, context }) {
        const now = this.clock.now();
        const cancelled = await this.writers.execute(eventId, {
            type: 'CancelSale',
            reason,
            now
        }, {
            ...context,
            commandId: derivedId(context.commandId, 'cancel-sale')
        });
        if (!cancelled.accepted) return cancelled;
        return this.writers.execute(eventId, {
            type: 'UndoSales',
            now
        }, {
            ...context,
            commandId: derivedId(context.commandId, 'undo-sales')
        });
    }
}
UndoSalesHandler = _ts_decorate([
    CommandHandler(UndoSalesCommand),
    _ts_param(0, Inject(INVENTORY_WRITERS)),
    _ts_param(1, Inject(CLOCK)),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof InventoryWriters === "undefined" ? Object : InventoryWriters,
        typeof Clock === "undefined" ? Object : Clock
    ])
], UndoSalesHandler);

//# sourceMappingURL=undo-sales.js.map