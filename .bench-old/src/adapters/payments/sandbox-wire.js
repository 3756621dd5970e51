/** The sandbox will not do it. Nothing was changed. */ export class SandboxRefusal extends Error {
    code;
    name = 'SandboxRefusal';
    constructor(code, message){
        super(message), this.code = code;
    }
}
/** Characters of a key, a token or an id; that many of ASCII, so that they go into a header. */ export const MAX_ID_LENGTH = 255;
const ID = /^[\x21-\x7e]{1,255}$/;
/** @throws SandboxRefusal */ export function readKey(value) {
    if (typeof value === 'string' && ID.test(value)) return value;
    throw new SandboxRefusal('idempotency-key-invalid', `An idempotency key has 1 to ${MAX_ID_LENGTH} printable ASCII characters without spaces.`);
}
/** @throws SandboxRefusal */ export function readChargeRequest(idempotencyKey, body) {
    const from = fields(body, 'the body');
    return {
        idempotencyKey,
        token: id(from.token, 'token'),
        amount: money(from.amount, 'amount', 0),
        about: subject(from.about),
        holdExpiresAt: time(from.holdExpiresAt, 'holdExpiresAt')
    };
}
/** @throws SandboxRefusal */ export function readRefundRequest(idempotencyKey, body) {
    const from = fields(body, 'the body');
    return {
        idempotencyKey,
        reference: id(from.reference, 'reference'),
        amount: money(from.amount, 'amount', 1)
    };
}
/** @throws SandboxRefusal */ export function readCharge(value) {
    const from = fields(value, 'the charge');
    switch(from.status){
        case 'captured':
            return {
                status: 'captured',
                reference: id(from.reference, 'reference'),
                amount: money(from.amount, 'amount', 0)
            };
        case 'failed':
            if (from.reason !== 'declined' && from.reason !== 'token-unknown') throw wrong('reason', 'declined or token-unknown');
            return {
                status: 'failed',
                reason: from.reason
            };
        case 'pending':
            return {
                status: 'pending'
            };
        default:
            throw wrong('status', 'captured, failed or pending');
    }
}
/** @throws SandboxRefusal */ export function readRefundId(value) {
    return id(fields(value, 'the refund').refundId, 'refundId');
}
/** @throws SandboxRefusal */ export function readEntriesPage(value) {
    const { entries, next } = fields(value, 'the page');
    if (!Array.isArray(entries)) throw wrong('entries', 'a list');
    return {
        entries: entries.map(readEntry),
        next: next === null ? null : count(next, 'next', 0)
    };
}
function readEntry(value) {
    const { kind, reference, amount } = fields(value, 'an entry');
    if (kind !== 'capture' && kind !== 'refund') throw wrong('kind', 'capture or refund');
    return {
        kind,
        reference: id(reference, 'reference'),
        amount: money(amount, 'amount', 0)
    };
}
/** Types that are not about how a charge stands are passed on as about nothing. @throws SandboxRefusal */ export function readNoticeBody(body) {
    const { id: noticeId, type, data } = fields(json(body), 'the body');
    const notice = {
        noticeId: id(noticeId, 'id')
    };
    const charge = chargeOf(type, data);
    if (!charge) return {
        ...notice,
        about: undefined,
        charge: {
            status: 'pending'
        }
    };
    return {
        ...notice,
        about: subject(fields(data, 'data').about),
        charge
    };
}
function chargeOf(type, data) {
    switch(type){
        case 'charge.captured':
            return readCharge({
                ...fields(data, 'data'),
                status: 'captured'
            });
        case 'charge.failed':
            return readCharge({
                ...fields(data, 'data'),
                status: 'failed'
            });
        case 'charge.processing':
            return {
                status: 'pending'
            };
        default:
            if (typeof type !== 'string') throw wrong('type', 'text');
            return undefined;
    }
}
/** @throws SandboxRefusal */ export function json(body) {
    try {
        return JSON.parse(body.toString('utf8'));
    } catch  {
        throw wrong('the body', 'JSON');
    }
}
function fields(value, name) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(name, 'an object');
    return value;
}
function id(value, name) {
    if (typeof value !== 'string' || !ID.test(value)) throw wrong(name, `1 to ${MAX_ID_LENGTH} printable ASCII characters without spaces`);
    return value;
}
function count(value, name, min) {
    if (!Number.isSafeInteger(value) || value < min) throw wrong(name, `a whole number from ${min}`);
    return value;
}
function money(value, name, min) {
    const { amountMinor, currency } = fields(value, name);
    if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency)) throw wrong(`${name}.currency`, 'an ISO 4217 code');
    return {
        amountMinor: count(amountMinor, `${name}.amountMinor`, min),
        currency
    };
}
function subject(value) {
    const { eventId, reservationId, attempt } = fields(value, 'about');
    return {
        eventId: id(eventId, 'about.eventId'),
        reservationId: id(reservationId, 'about.reservationId'),
        attempt: count(attempt, 'about.attempt', 1)
    };
}
function time(value, name) {
    if (typeof value !== 'string' || value.length > 40 || Number.isNaN(Date.parse(value))) throw wrong(name, 'a time in ISO 8601');
    return value;
}
const wrong = (name, expected)=>new SandboxRefusal('body-invalid', `${name} has to be ${expected}.`);

//# sourceMappingURL=sandbox-wire.js.map