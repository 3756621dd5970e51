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
import { importSeatingPlan } from '../domain/seating-plan/import.js';
import { decideVenue } from '../domain/venue/decide.js';
import { venueStream } from '../domain/venue/events.js';
import { evolveVenue } from '../domain/venue/state.js';
import { appendOnce, NO_STREAM } from './append-once.js';
import { toNewEvents } from './context.js';
import { CLOCK, EVENT_STORE, RANDOMNESS, SEATING_PLANS } from './tokens.js';
/** A place with seats, where events can be sold from now on. */ export class RegisterVenueCommand extends Command {
    venue;
    context;
    venueId;
    constructor(venue, context, /** Unless told, a new one. Registering the same id again changes nothing. */ venueId){
        super(), this.venue = venue, this.context = context, this.venueId = venueId;
    }
}
export class RegisterVenueHandler {
    eventStore;
    plans;
    clock;
    randomness;
    constructor(eventStore, plans, clock, randomness){
        this.eventStore = eventStore;
        this.plans = plans;
        this.clock = clock;
        this.randomness = randomness;
    }
    /** The plan is stored first: a venue that is in the log always has its plan. */ async execute({ venue, context, venueId = this.randomness.uuid() }) {
        const imported = importSeatingPlan(venue.seatingPlan);
        if (!imported.ok) return {
            accepted: false,
            rejection: {
                code: 'seating-plan-invalid',
                problems: imported.problems
            }
        };
        const { layout } = await this.plans.store(imported.plan, context);
        const { seatCount, hash: seatingPlanHash } = layout;
        const { name, city, country, location, timeZone } = venue;
        const registered = {
            venueId,
            name,
            city,
            country,
            location,
            timeZone,
            seatingPlanHash,
            seatCount
        };
        const decision = decideVenue({
            type: 'RegisterVenue',
            venue: {
                ...registered,
                categories: seatsPerCategory(layout)
            },
            now: this.clock.now()
        }, await readVenue(this.eventStore, venueId));
        if (!decision.accepted) return decision;
        if (decision.events.length > 0) {
            await appendOnce(this.eventStore, this.clock, venueStream(venueId), NO_STREAM, toNewEvents(decision.events, context));
        }
        return {
            accepted: true,
            venueId,
            seatCount,
            seatingPlanHash
        };
    }
}
RegisterVenueHandler = _ts_decorate([
    CommandHandler(RegisterVenueCommand),
    _ts_param(0, Inject(EVENT_STORE)),
    _ts_param(1, Inject(SEATING_PLANS)),
    _ts_param(2, Inject(CLOCK)),
    _ts_param(3, Inject(RANDOMNESS)),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof EventStore === "undefined" ? Object : EventStore,
        typeof SeatingPlans === "undefined" ? Object : SeatingPlans,
        typeof Clock === "undefined" ? Object : Clock,
        typeof Randomness === "undefined" ? Object : Randomness
    ])
], RegisterVenueHandler);
export async function readVenue(eventStore, venueId) {
    let venue;
    for await (const event of eventStore.readStream(venueStream(venueId))){
        venue = evolveVenue(venue, event);
    }
    return venue;
}
function seatsPerCategory(layout) {
    const counts = new Uint32Array(layout.categories.length);
    for (const category of layout.categoryOf)counts[category]++;
    return layout.categories.map(({ name }, at)=>({
            name,
            seatCount: counts[at]
        }));
}

//# sourceMappingURL=register-venue.js.map