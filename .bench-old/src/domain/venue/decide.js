import { accept } from '../domain-event.js';
export function decideVenue(command, venue) {
    if (venue) return accept();
    const registeredAt = new Date(command.now).toISOString();
    return accept({
        type: 'VenueRegistered',
        data: {
            ...command.venue,
            registeredAt
        }
    });
}

//# sourceMappingURL=decide.js.map