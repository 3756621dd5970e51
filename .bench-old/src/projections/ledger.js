import { PAYMENT } from '../domain/payment/events.js';
import { ledger } from '../read-models/ledger.js';
import { unknownType } from './projection.js';
/** The books, in double entry: one posting for each domain event that moves money. */ export const ledgerProjection = {
    readModel: ledger,
    prefixes: [
        PAYMENT
    ],
    project: (recorded)=>{
        const posting = post(recorded);
        return posting && [
            posting
        ];
    }
};
/** Where the money was that has to go back: seats had been sold for it, or not. */ const OWED_OUT_OF = {
    'seats-lost': 'unsettled',
    released: 'unsettled',
    'paid-twice': 'unsettled',
    'exchange-refused': 'unsettled',
    'sale-cancelled': 'unsettled',
    'refunded-by-organizer': 'sales',
    'event-cancelled': 'sales',
    exchange: 'sales'
};
function post(recorded) {
    const event = {
        type: recorded.type,
        data: recorded.data
    };
    switch(event.type){
        case 'PaymentRequested':
        case 'PaymentFailed':
            return undefined;
        case 'PaymentCaptured':
            return {
                ...of(event, recorded),
                debit: 'provider',
                credit: 'unsettled',
                at: event.data.capturedAt
            };
        case 'PaymentKept':
            return {
                ...of(event, recorded),
                debit: 'unsettled',
                credit: 'sales',
                at: event.data.keptAt
            };
        case 'RefundDue':
            return {
                ...of(event, recorded),
                debit: owedOutOf(event.data.reason),
                credit: 'refunds-due',
                at: event.data.dueAt
            };
        case 'RefundCompleted':
            {
                const { refundReference, refundedAt: at } = event.data;
                return {
                    ...of(event, recorded),
                    debit: 'refunds-due',
                    credit: 'provider',
                    refundReference,
                    at
                };
            }
        default:
            throw unknownType(event);
    }
}
function of({ data }, { revision }) {
    const { eventId, reservationId, reference, amount } = data;
    return {
        ...{
            eventId,
            reservationId,
            reference,
            amount
        },
        revision: Number(revision),
        refundReference: null
    };
}
/** @throws for a reason of newer code: it cannot be told here which account the money leaves */ function owedOutOf(reason) {
    if (!Object.hasOwn(OWED_OUT_OF, reason)) throw new Error(`Unknown reason ${reason} of a refund: run the newer version.`);
    return OWED_OUT_OF[reason];
}

//# sourceMappingURL=ledger.js.map