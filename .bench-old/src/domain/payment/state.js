export function evolvePayment(payment, event) {
    if (event.type === 'PaymentRequested') return addAttempt(payment, event.data);
    if (!payment) throw new Error(`${event.type} of a payment that nobody has asked for.`);
    const { attempts, captures, refunds } = payment;
    switch(event.type){
        case 'PaymentCaptured':
            {
                const { attempt, reference, amount } = event.data;
                return {
                    ...payment,
                    attempts: withAttempt(attempts, attempt, {
                        status: 'captured'
                    }),
                    captures: [
                        ...captures,
                        {
                            reference,
                            attempt,
                            amount,
                            kept: false,
                            dueBack: 0
                        }
                    ]
                };
            }
        case 'PaymentFailed':
            {
                const { attempt, reason } = event.data;
                return {
                    ...payment,
                    attempts: withAttempt(attempts, attempt, {
                        status: 'failed',
                        failure: reason
                    })
                };
            }
        case 'PaymentKept':
            return {
                ...payment,
                captures: withCapture(captures, event.data.reference, ()=>({
                        kept: true
                    }))
            };
        case 'RefundDue':
            {
                const { refundId, reference, amount, reason } = event.data;
                return {
                    ...payment,
                    captures: withCapture(captures, reference, ({ dueBack })=>({
                            dueBack: dueBack + amount.amountMinor
                        })),
                    refunds: [
                        ...refunds,
                        {
                            refundId,
                            reference,
                            amount,
                            reason
                        }
                    ]
                };
            }
        case 'RefundCompleted':
            {
                const { refundId, refundReference } = event.data;
                const done = (refund)=>refund.refundId === refundId ? {
                        ...refund,
                        refundReference
                    } : refund;
                return {
                    ...payment,
                    refunds: refunds.map(done)
                };
            }
        default:
            throw new Error(`Unknown domain event type ${event.type}: run the newer version.`);
    }
}
/** The try under way, if any. */ export const pendingAttempt = (payment)=>payment?.attempts.find(({ status })=>status === 'pending');
/** Captures for which it is not decided yet whether seats are sold for them. */ export const unsettledCaptures = (payment)=>payment?.captures.filter(({ kept, dueBack })=>!kept && dueBack === 0) ?? [];
/** Obligations that the provider has not confirmed yet. */ export const openRefunds = (payment)=>payment?.refunds.filter(({ refundReference })=>refundReference === undefined) ?? [];
/** Nothing is under way and nothing is owed. */ export const isSettled = (payment)=>!pendingAttempt(payment) && unsettledCaptures(payment).length === 0 && openRefunds(payment).length === 0;
function addAttempt(payment, data) {
    const { reservationId, eventId, customerId, requestedAt } = data;
    const { idempotencyKey, token, amount, purpose, holdExpiresAt } = data;
    const attempt = {
        number: data.attempt,
        ...{
            idempotencyKey,
            token,
            amount,
            purpose,
            holdExpiresAt
        },
        requestedAt: Date.parse(requestedAt),
        status: 'pending'
    };
    return {
        ...{
            reservationId,
            eventId,
            customerId
        },
        attempts: [
            ...payment?.attempts ?? [],
            attempt
        ],
        captures: payment?.captures ?? [],
        refunds: payment?.refunds ?? []
    };
}
const withAttempt = (attempts, number, changes)=>attempts.map((attempt)=>attempt.number === number ? {
            ...attempt,
            ...changes
        } : attempt);
const withCapture = (captures, reference, changes)=>captures.map((capture)=>capture.reference === reference ? {
            ...capture,
            ...changes(capture)
        } : capture);

//# sourceMappingURL=state.js.map