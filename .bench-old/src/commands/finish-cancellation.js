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
import { writeCancellation } from './event-stream.js';
import { CLOCK, EVENT_STORE } from './tokens.js';
/** Everybody has the money back. */ export class FinishCancellationCommand extends Command {
    eventId;
    sales;
    context;
    constructor(eventId, sales, context){
        super(), this.eventId = eventId, this.sales = sales, this.context = context;
    }
}
export class FinishCancellationHandler {
    eventStore;
    clock;
    constructor(eventStore, clock){
        this.eventStore = eventStore;
        this.clock = clock;
    }
    execute({ eventId, sales, context }) {
        const command = {
            type: 'FinishCancellation',
            sales,
            now: this.clock.now()
        };
        return writeCancellation(this.eventStore, this.clock, eventId, command, context);
    }
}
FinishCancellationHandler = _ts_decorate([
    CommandHandler(FinishCancellationCommand),
    _ts_param(0, Inject(EVENT_STORE)),
    _ts_param(1, Inject(CLOCK)),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof EventStore === "undefined" ? Object : EventStore,
        typeof Clock === "undefined" ? Object : Clock
    ])
], FinishCancellationHandler);

//# sourceMappingURL=finish-cancellation.js.map