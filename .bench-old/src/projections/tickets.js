import { CHECK_IN, ticketIdOf } from '../domain/check-in/events.js';
import { SEAT_INVENTORY } from '../domain/seat-inventory/events.js';
import { tickets } from '../read-models/tickets.js';
import { unknownType } from './projection.js';
export const ticketsProjection = {
    readModel: tickets,
    prefixes: [
        SEAT_INVENTORY,
        CHECK_IN
    ],
    project
};
function project({ type, data, stream }) {
    const event = {
        type,
        data
    };
    const eventId = stream.slice(SEAT_INVENTORY.length);
    switch(event.type){
        case 'ReservationConfirmed':
            {
                const { reservationId, seatIds, confirmedAt } = event.data;
                return [
                    issued(eventId, reservationId, seatIds, confirmedAt, true)
                ];
            }
        case 'ReservationRefunded':
            {
                const { reservationId, seatIds } = event.data;
                return [
                    ended(eventId, reservationId, seatIds, 'refunded')
                ];
            }
        case 'SeatsExchanged':
            {
                const { reservationId, fromSeatIds, seatIds, exchangedAt } = event.data;
                const given = fromSeatIds.filter((seatId)=>!seatIds.includes(seatId));
                const taken = seatIds.filter((seatId)=>!fromSeatIds.includes(seatId));
                return [
                    ended(eventId, reservationId, given, 'exchanged'),
                    issued(eventId, reservationId, taken, exchangedAt, false)
                ];
            }
        case 'TicketRedeemed':
            {
                const { ticketId, redeemedAt } = event.data;
                return [
                    {
                        kind: 'redeemed',
                        eventId: event.data.eventId,
                        ticketId,
                        redeemedAt
                    }
                ];
            }
        case 'InventoryOpened':
        case 'SeatsReserved':
        case 'PaymentStarted':
        case 'PaymentTurnedDown':
        case 'ReservationReinstated':
        case 'ReservationExpired':
        case 'ReservationReleased':
        case 'SeatsBlocked':
        case 'SeatsUnblocked':
        case 'SalesClosed':
        case 'SaleCancelled':
            return undefined;
        default:
            throw unknownType(event);
    }
}
function issued(eventId, reservationId, seatIds, issuedAt, mail) {
    const tickets = seatIds.map((seatId)=>({
            ticketId: ticketIdOf(reservationId, seatId),
            seatId
        }));
    return {
        kind: 'issued',
        eventId,
        reservationId,
        tickets,
        issuedAt,
        mail
    };
}
function ended(eventId, reservationId, seatIds, status) {
    const ticketIds = seatIds.map((seatId)=>ticketIdOf(reservationId, seatId));
    return {
        kind: 'ended',
        eventId,
        ticketIds,
        status
    };
}

//# sourceMappingURL=tickets.js.map