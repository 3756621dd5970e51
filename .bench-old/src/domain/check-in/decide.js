import { accept, reject } from '../domain-event.js';
/** The same code twice is refused the second time: that is what a check-in is for. */ export function decideCheckIn(command, checkIn) {
    const { atEventId, ticket, standing, now } = command;
    if (ticket.eventId !== atEventId) return reject({
        code: 'ticket-wrong-event'
    });
    if (standing === undefined) return reject({
        code: 'ticket-not-found'
    });
    if (standing !== 'valid') return reject({
        code: `ticket-${standing}`
    });
    if (checkIn) return reject({
        code: 'ticket-already-redeemed',
        redeemedAt: checkIn.redeemedAt
    });
    return accept({
        type: 'TicketRedeemed',
        data: {
            ...ticket,
            redeemedAt: new Date(now).toISOString()
        }
    });
}

//# sourceMappingURL=decide.js.map