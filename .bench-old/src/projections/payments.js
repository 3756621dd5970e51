import { PAYMENT } from '../domain/payment/events.js';
import { SEAT_INVENTORY } from '../domain/seat-inventory/events.js';
import { payments } from '../read-models/payments.js';
import { unknownType } from './projection.js';
/** The money of each reservation; of the inventory it needs to know which sales were undone or exchanged. */ export const paymentsProjection = {
    readModel: payments,
    prefixes: [
        PAYMENT,
        SEAT_INVENTORY
    ],
    project: (recorded)=>{
        const change = recorded.stream.startsWith(PAYMENT) ? ofPayment(recorded) : ofInventory(recorded);
        return change && [
            change
        ];
    }
};
function ofInventory({ stream, type, data }) {
    const event = {
        type,
        data
    };
    const eventId = stream.slice(SEAT_INVENTORY.length);
    if (event.type === 'ReservationRefunded') {
        const { reservationId, refundedAt } = event.data;
        return {
            eventId,
            reservationId,
            at: refundedAt,
            undone: true
        };
    }
    if (event.type !== 'SeatsExchanged') return undefined;
    const { reservationId, fromTotal, total, exchangedAt } = event.data;
    const over = fromTotal.amountMinor - total.amountMinor;
    return over > 0 ? {
        eventId,
        reservationId,
        at: exchangedAt,
        owed: over
    } : undefined;
}
/** These take back what no seats were sold for; the others, what was kept. */ const TURNED_DOWN = [
    'seats-lost',
    'released',
    'paid-twice',
    'exchange-refused',
    'sale-cancelled'
];
function ofPayment({ type, data }) {
    const event = {
        type,
        data
    };
    const { eventId, reservationId } = event.data;
    const of = {
        eventId,
        reservationId
    };
    switch(event.type){
        case 'PaymentRequested':
            {
                const { customerId, provider, attempt, amount, requestedAt } = event.data;
                const requested = {
                    customerId,
                    provider,
                    attempt,
                    ...amount
                };
                return {
                    ...of,
                    at: requestedAt,
                    requested,
                    pending: true,
                    failure: null
                };
            }
        case 'PaymentCaptured':
            {
                const { amount, capturedAt } = event.data;
                return {
                    ...of,
                    at: capturedAt,
                    pending: false,
                    failure: null,
                    unsettled: amount.amountMinor
                };
            }
        case 'PaymentFailed':
            return {
                ...of,
                at: event.data.failedAt,
                pending: false,
                failure: event.data.reason
            };
        case 'PaymentKept':
            {
                const { amountMinor } = event.data.amount;
                return {
                    ...of,
                    at: event.data.keptAt,
                    unsettled: -amountMinor,
                    kept: amountMinor
                };
            }
        case 'RefundDue':
            {
                const { amount, reason, dueAt } = event.data;
                const from = TURNED_DOWN.includes(reason) ? 'unsettled' : 'kept';
                const owed = reason === 'exchange' ? -amount.amountMinor : 0;
                return {
                    ...of,
                    at: dueAt,
                    [from]: -amount.amountMinor,
                    due: amount.amountMinor,
                    owed
                };
            }
        case 'RefundCompleted':
            {
                const { amountMinor } = event.data.amount;
                return {
                    ...of,
                    at: event.data.refundedAt,
                    due: -amountMinor,
                    refunded: amountMinor
                };
            }
        default:
            throw unknownType(event);
    }
}

//# sourceMappingURL=payments.js.map