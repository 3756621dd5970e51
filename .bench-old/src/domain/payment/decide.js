import { accept, reject } from '../domain-event.js';
import { pendingAttempt } from './state.js';
/** Tries to pay for one reservation; a thief with a list of cards gets no more. */ export const MAX_ATTEMPTS = 20;
/** Safe twice, late and in any order: what is known already leads to nothing. */ export function decidePayment(command, payment) {
    if (command.type === 'RequestPayment') return requestPayment(command, payment);
    if (!payment) return reject({
        code: 'payment-unknown'
    });
    switch(command.type){
        case 'RecordCapture':
            return recordCapture(command, payment);
        case 'RecordFailure':
            return recordFailure(command, payment);
        case 'KeepPayment':
            return keepPayment(command, payment);
        case 'OweRefund':
            return oweRefund(command, payment);
        case 'OweDifference':
            return oweDifference(command, payment);
        case 'RecordRefund':
            return recordRefund(command, payment);
    }
}
const iso = (instant)=>new Date(instant).toISOString();
const of = ({ reservationId, eventId })=>({
        reservationId,
        eventId
    });
/** One try at a time: until it is known what became of the last, another could charge the buyer twice. */ function requestPayment(command, payment) {
    const { keyOf, now } = command;
    const { reservationId, eventId, customerId, provider, token, amount, purpose, holdExpiresAt } = command;
    const pending = pendingAttempt(payment);
    if (pending) {
        const same = pending.token === token && samePurpose(pending.purpose, purpose);
        return same ? accept() : reject({
            code: 'payment-under-way'
        });
    }
    const tried = payment?.attempts ?? [];
    if (command.purpose.type === 'reservation' && tried.some(({ status })=>status === 'captured')) return accept();
    if (tried.length >= MAX_ATTEMPTS) return reject({
        code: 'payment-attempts-exhausted',
        limit: MAX_ATTEMPTS
    });
    const attempt = tried.length + 1;
    return accept({
        type: 'PaymentRequested',
        data: {
            ...{
                reservationId,
                eventId,
                customerId,
                attempt,
                provider,
                idempotencyKey: keyOf(attempt),
                token
            },
            ...{
                amount,
                purpose,
                holdExpiresAt
            },
            requestedAt: iso(now)
        }
    });
}
function samePurpose(one, other) {
    const seatsOf = (purpose)=>purpose.type === 'exchange' ? [
            ...purpose.seatIds
        ].sort().join('\n') : undefined;
    return one.type === other.type && seatsOf(one) === seatsOf(other);
}
/** Also of a try that had failed or been given up: what was taken was taken. */ function recordCapture(command, payment) {
    const { attempt, reference, amount, heardBy, noticeId, now } = command;
    const asked = payment.attempts.find(({ number })=>number === attempt);
    if (!asked) return reject({
        code: 'payment-unknown'
    });
    if (asked.amount.amountMinor !== amount.amountMinor || asked.amount.currency !== amount.currency) {
        return reject({
            code: 'payment-amount-mismatch',
            expected: asked.amount,
            told: amount
        });
    }
    if (payment.captures.some((capture)=>capture.reference === reference)) return accept();
    return accept({
        type: 'PaymentCaptured',
        data: {
            ...of(payment),
            attempt,
            reference,
            amount,
            heardBy,
            noticeId,
            capturedAt: iso(now)
        }
    });
}
/** A failure that comes after the capture is an old message: the money is there. */ function recordFailure({ attempt, reason, now }, payment) {
    const asked = payment.attempts.find(({ number })=>number === attempt);
    if (!asked) return reject({
        code: 'payment-unknown'
    });
    if (asked.status !== 'pending') return accept();
    return accept({
        type: 'PaymentFailed',
        data: {
            ...of(payment),
            attempt,
            reason,
            failedAt: iso(now)
        }
    });
}
function keepPayment({ reference, now }, payment) {
    const capture = payment.captures.find((one)=>one.reference === reference);
    if (!capture) return reject({
        code: 'payment-unknown'
    });
    if (capture.kept) return accept();
    return accept({
        type: 'PaymentKept',
        data: {
            ...of(payment),
            reference,
            amount: capture.amount,
            keptAt: iso(now)
        }
    });
}
function oweRefund(command, payment) {
    const { refundId, reference, reason, now } = command;
    const capture = payment.captures.find((one)=>one.reference === reference);
    if (!capture) return reject({
        code: 'payment-unknown'
    });
    if (payment.refunds.some((refund)=>refund.refundId === refundId)) return accept();
    const left = capture.amount.amountMinor - capture.dueBack;
    const amountMinor = command.amountMinor ?? left;
    if (amountMinor > left) return reject({
        code: 'refund-exceeds-payment'
    });
    if (amountMinor <= 0) return accept();
    const amount = {
        amountMinor,
        currency: capture.amount.currency
    };
    return accept({
        type: 'RefundDue',
        data: {
            ...of(payment),
            refundId,
            reference,
            amount,
            reason,
            dueAt: iso(now)
        }
    });
}
/** The newest payment first, as far as it goes; all of it or nothing yet, so that a second look finds it done. */ function oweDifference({ refundIdOf, amountMinor, now }, payment) {
    const isOwed = payment.captures.some(({ reference })=>payment.refunds.some(({ refundId })=>refundId === refundIdOf(reference)));
    if (isOwed) return accept();
    const due = [];
    let left = amountMinor;
    for (const { reference, amount, kept, dueBack } of payment.captures.toReversed()){
        const part = kept ? Math.min(left, amount.amountMinor - dueBack) : 0;
        if (part <= 0) continue;
        left -= part;
        due.push({
            type: 'RefundDue',
            data: {
                ...{
                    ...of(payment),
                    refundId: refundIdOf(reference),
                    reference
                },
                amount: {
                    amountMinor: part,
                    currency: amount.currency
                },
                ...{
                    reason: 'exchange',
                    dueAt: iso(now)
                }
            }
        });
    }
    return left > 0 ? reject({
        code: 'refund-exceeds-payment'
    }) : accept(...due);
}
function recordRefund({ refundId, refundReference, now }, payment) {
    const refund = payment.refunds.find((one)=>one.refundId === refundId);
    if (!refund) return reject({
        code: 'payment-unknown'
    });
    if (refund.refundReference !== undefined) return accept();
    const { reference, amount } = refund;
    return accept({
        type: 'RefundCompleted',
        data: {
            ...of(payment),
            refundId,
            reference,
            amount,
            refundReference,
            refundedAt: iso(now)
        }
    });
}

//# sourceMappingURL=decide.js.map