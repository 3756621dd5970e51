import { SEAT_INVENTORY } from '../domain/seat-inventory/events.js';
import { reservations } from '../read-models/reservations.js';
import { unknownType } from './projection.js';
export const reservationsProjection = {
    readModel: reservations,
    prefixes: [
        SEAT_INVENTORY
    ],
    project: (recorded)=>{
        const change = project(recorded);
        return change && [
            change
        ];
    }
};
function project(recorded) {
    const event = {
        type: recorded.type,
        data: recorded.data
    };
    const eventId = recorded.stream.slice(SEAT_INVENTORY.length);
    const revision = Number(recorded.revision);
    const ended = (reservationId, status)=>({
            kind: 'changed',
            eventId,
            reservationId,
            revision,
            status
        });
    switch(event.type){
        case 'SeatsReserved':
            {
                const { reservationId, customerId, seatIds, total, reservedAt, expiresAt } = event.data;
                const reservation = {
                    reservationId,
                    customerId,
                    seatIds,
                    total,
                    reservedAt,
                    expiresAt
                };
                return {
                    kind: 'reserved',
                    eventId,
                    revision,
                    ...reservation
                };
            }
        case 'PaymentStarted':
            {
                const { reservationId, expiresAt } = event.data;
                return {
                    kind: 'changed',
                    eventId,
                    reservationId,
                    revision,
                    expiresAt
                };
            }
        case 'ReservationReinstated':
            {
                const { reservationId, expiresAt } = event.data;
                return {
                    kind: 'changed',
                    eventId,
                    reservationId,
                    revision,
                    status: 'held',
                    expiresAt
                };
            }
        case 'ReservationConfirmed':
            {
                const { reservationId, paymentReference } = event.data;
                return {
                    ...ended(reservationId, 'confirmed'),
                    paymentReference
                };
            }
        case 'ReservationExpired':
            return ended(event.data.reservationId, 'expired');
        case 'ReservationReleased':
            return ended(event.data.reservationId, 'released');
        case 'ReservationRefunded':
            return {
                ...ended(event.data.reservationId, 'refunded'),
                refundReason: event.data.reason
            };
        case 'SeatsExchanged':
            {
                const { reservationId, seatIds, total } = event.data;
                return {
                    kind: 'changed',
                    eventId,
                    reservationId,
                    revision,
                    seatIds,
                    total
                };
            }
        case 'InventoryOpened':
        case 'PaymentTurnedDown':
        case 'SeatsBlocked':
        case 'SeatsUnblocked':
        case 'SalesClosed':
        case 'SaleCancelled':
            return undefined;
        default:
            throw unknownType(event);
    }
}

//# sourceMappingURL=reservations.js.map