import { VENUE } from '../domain/venue/events.js';
import { venues } from '../read-models/venues.js';
export const venuesProjection = {
    readModel: venues,
    prefixes: [
        VENUE
    ],
    project: ({ type, data })=>{
        const event = {
            type,
            data
        };
        return event.type === 'VenueRegistered' ? [
            event.data
        ] : undefined;
    }
};

//# sourceMappingURL=venues.js.map