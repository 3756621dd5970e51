import { ticketIdOf } from '../domain/check-in/events.js';
import { placeOf } from '../domain/seating-plan/place.js';
/** The same seats have the same tickets, however often they are asked for. */ export function codedTickets(signer, layout, { eventId, reservationId }, seats) {
    return seats.map(({ seatId, issuedAt })=>{
        const ticketId = ticketIdOf(reservationId, seatId);
        const code = signer.sign({
            ticketId,
            eventId,
            seatId,
            reservationId,
            issuedAt
        });
        return {
            ticketId,
            seatId,
            ...placeOf(layout, layout.indexOf.get(seatId)),
            code
        };
    });
}
export function ticketsToPrint({ name, startsAt, venue, prices }, reservationId, issuedAt, tickets) {
    const priceOf = new Map(prices.map((price)=>[
            price.category,
            price
        ]));
    return {
        event: {
            name,
            startsAt,
            venue
        },
        reservationId,
        issuedAt: new Date(issuedAt).toISOString(),
        tickets: tickets.map((ticket)=>{
            const price = priceOf.get(ticket.category);
            return {
                ...ticket,
                price: price && {
                    amountMinor: price.amountMinor,
                    currency: price.currency
                }
            };
        })
    };
}

//# sourceMappingURL=coded-tickets.js.map