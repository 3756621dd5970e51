import { accept } from '../domain-event.js';
import { MAX_EXPIRED_PER_COMMAND, MAX_SEATS_EXPIRED_PER_COMMAND } from './commands.js';
/** Once this is in the log no reservation is made, paid for or exchanged any more: the sales to undo can only become fewer. */ export function cancelSale({ reason, now }, { cancelled, reservations }) {
    if (cancelled) return accept();
    const sales = reservations.filter((one)=>one?.status === 'confirmed').length;
    return accept({
        type: 'SaleCancelled',
        data: {
            reason,
            sales,
            cancelledAt: new Date(now).toISOString()
        }
    });
}
/** The next ones in the order in which they were made; nothing when none is left, or when the event is not cancelled. */ export function undoSales({ now }, { cancelled, reservations }) {
    const events = [];
    let seats = 0;
    for (const reservation of cancelled ? reservations : []){
        if (reservation?.status !== 'held' && reservation?.status !== 'confirmed') continue;
        seats += reservation.seatIds.length;
        if (events.length === MAX_EXPIRED_PER_COMMAND || seats > MAX_SEATS_EXPIRED_PER_COMMAND) break;
        events.push(undone(reservation, now));
    }
    return accept(...events);
}
function undone({ id: reservationId, seatIds, status }, now) {
    const at = new Date(now).toISOString();
    return status === 'held' ? {
        type: 'ReservationReleased',
        data: {
            reservationId,
            seatIds,
            releasedAt: at
        }
    } : {
        type: 'ReservationRefunded',
        data: {
            reservationId,
            seatIds,
            reason: 'event-cancelled',
            refundedAt: at
        }
    };
}

//# sourceMappingURL=cancel.js.map