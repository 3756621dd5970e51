import { SEAT_INVENTORY } from '../domain/seat-inventory/events.js';
import { seatStatus } from '../read-models/seat-status.js';
import { unknownType } from './projection.js';
export const seatStatusProjection = {
    readModel: seatStatus,
    prefixes: [
        SEAT_INVENTORY
    ],
    project
};
function project(recorded) {
    const event = {
        type: recorded.type,
        data: recorded.data
    };
    const eventId = recorded.stream.slice(SEAT_INVENTORY.length);
    const revision = Number(recorded.revision);
    const moved = (from, to, seatIds, holder)=>[
            {
                kind: 'seats-moved',
                eventId,
                revision,
                seatIds,
                from,
                to,
                reservationId: holder
            }
        ];
    switch(event.type){
        case 'InventoryOpened':
            {
                const { seatingPlanHash, seatCount, onSaleAt } = event.data;
                return [
                    {
                        kind: 'inventory-opened',
                        eventId,
                        revision,
                        seatingPlanHash,
                        seatCount,
                        onSaleAt
                    }
                ];
            }
        case 'SeatsReserved':
        case 'ReservationReinstated':
            return moved('a', 'r', event.data.seatIds, event.data.reservationId);
        case 'ReservationConfirmed':
            return moved('r', 's', event.data.seatIds, event.data.reservationId);
        case 'ReservationExpired':
        case 'ReservationReleased':
            return moved('r', 'a', event.data.seatIds, null);
        case 'ReservationRefunded':
            return moved('s', 'a', event.data.seatIds, null);
        case 'SeatsExchanged':
            {
                const { reservationId, fromSeatIds, seatIds } = event.data;
                const given = fromSeatIds.filter((seatId)=>!seatIds.includes(seatId));
                const taken = seatIds.filter((seatId)=>!fromSeatIds.includes(seatId));
                return [
                    ...moved('s', 'a', given, null),
                    ...moved('a', 's', taken, reservationId)
                ];
            }
        case 'SeatsBlocked':
            return moved('a', 'b', event.data.seatIds, null);
        case 'SeatsUnblocked':
            return moved('b', 'a', event.data.seatIds, null);
        case 'SalesClosed':
        case 'SaleCancelled':
            return [
                {
                    kind: 'sales-closed',
                    eventId,
                    revision
                }
            ];
        case 'PaymentStarted':
        case 'PaymentTurnedDown':
            return [
                {
                    kind: 'revision-only',
                    eventId,
                    revision
                }
            ];
        default:
            throw unknownType(event);
    }
}

//# sourceMappingURL=seat-status.js.map