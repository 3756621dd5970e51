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
import { decideEvent } from '../domain/event/decide.js';
import { eventStream } from '../domain/event/events.js';
import { PAYMENT_EXTENSION_SECONDS } from '../domain/seat-inventory/commands.js';
import { appendOnce, NO_STREAM } from './append-once.js';
import { derivedId, toNewEvents } from './context.js';
import { readEvent } from './event-stream.js';
import { readVenue } from './register-venue.js';
import { CLOCK, EVENT_STORE, INVENTORY_WRITERS, RANDOMNESS } from './tokens.js';
/** Put a show on sale at a venue: one inventory with every seat of the plan. */ export class ScheduleEventCommand extends Command {
    event;
    context;
    eventId;
    constructor(event, context, /** Unless told, a new one. Scheduling the same id again changes nothing. */ eventId){
        super(), this.event = event, this.context = context, this.eventId = eventId;
    }
}
export class ScheduleEventHandler {
    eventStore;
    writers;
    clock;
    randomness;
    constructor(eventStore, writers, clock, randomness){
        this.eventStore = eventStore;
        this.writers = writers;
        this.clock = clock;
        this.randomness = randomness;
    }
    /** The inventory opens before the event is announced: whatever can be found can be bought. */ async execute({ event, context, eventId = this.randomness.uuid() }) {
        const now = this.clock.now();
        const [{ event: before }, venue] = await Promise.all([
            readEvent(this.eventStore, eventId),
            readVenue(this.eventStore, event.venueId)
        ]);
        const decision = decideEvent({
            type: 'ScheduleEvent',
            ...event,
            eventId,
            now
        }, before, venue);
        if (!decision.accepted) return decision;
        const scheduled = before ?? decision.events[0].data;
        const opened = await this.writers.execute(eventId, {
            type: 'OpenInventory',
            inventory: inventoryOf(scheduled),
            now
        }, {
            ...context,
            commandId: derivedId(context.commandId, 'open-inventory')
        });
        if (!opened.accepted) throw new Error(`Inventory ${eventId} could not be opened: ${opened.rejection.code}.`);
        if (decision.events.length > 0) {
            await appendOnce(this.eventStore, this.clock, eventStream(eventId), NO_STREAM, toNewEvents(decision.events, context));
        }
        return {
            accepted: true,
            eventId,
            seatCount: scheduled.seatCount,
            revision: opened.revision
        };
    }
}
ScheduleEventHandler = _ts_decorate([
    CommandHandler(ScheduleEventCommand),
    _ts_param(0, Inject(EVENT_STORE)),
    _ts_param(1, Inject(INVENTORY_WRITERS)),
    _ts_param(2, Inject(CLOCK)),
    _ts_param(3, Inject(RANDOMNESS)),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof EventStore === "undefined" ? Object : EventStore,
        typeof InventoryWriters === "undefined" ? Object : InventoryWriters,
        typeof Clock === "undefined" ? Object : Clock,
        typeof Randomness === "undefined" ? Object : Randomness
    ])
], ScheduleEventHandler);
function inventoryOf(scheduled) {
    const { eventId, seatingPlanHash, seatCount, prices, onSaleAt, holdSeconds, maxSeatsPerCustomer, singleSeatRule } = scheduled;
    const holdCapSeconds = holdSeconds + Math.min(PAYMENT_EXTENSION_SECONDS, holdSeconds);
    return {
        eventId,
        seatingPlanHash,
        seatCount,
        prices,
        onSaleAt,
        holdSeconds,
        holdCapSeconds,
        maxSeatsPerCustomer,
        singleSeatRule
    };
}

//# sourceMappingURL=schedule-event.js.map