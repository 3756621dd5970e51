import { fromStripe } from './stripe-amounts.js';
/** What is kept beside a payment intent, so that a notice, a search and the books can tell which charge it is. */ export const metadataOf = (idempotencyKey, about)=>({
        eventId: about.eventId,
        reservationId: about.reservationId,
        attempt: String(about.attempt),
        key: idempotencyKey
    });
/** Undefined: something else on the same account. @throws TypeError when half of it is there */ export function subjectOf(metadata) {
    const { eventId, reservationId, attempt, key } = metadata ?? {};
    if (key === undefined || reservationId === undefined) return undefined;
    if (!eventId || !/^[1-9]\d{0,8}$/.test(attempt ?? '')) throw new TypeError('the metadata of the payment intent is not complete');
    return {
        eventId,
        reservationId,
        attempt: Number(attempt)
    };
}
/** @throws TypeError when the intent says nothing that can be understood */ export function chargeOf(intent) {
    switch(intent.status){
        case 'succeeded':
            return {
                status: 'captured',
                reference: intent.id,
                amount: fromStripe(intent.amount_received, intent.currency)
            };
        // Nobody is asked to do more: an intent that waits for another card or for the buyer's bank ends there.
        case 'canceled':
        case 'requires_action':
        case 'requires_payment_method':
            return {
                status: 'failed',
                reason: 'declined'
            };
        case 'processing':
        case 'requires_capture':
        case 'requires_confirmation':
            return {
                status: 'pending'
            };
        default:
            throw new TypeError(`a payment intent is ${String(intent.status)}`);
    }
}

//# sourceMappingURL=stripe-intents.js.map