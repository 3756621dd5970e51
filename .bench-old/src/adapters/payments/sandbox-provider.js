import { createHash } from 'node:crypto';
import { deliverTo, openDeliveries } from './sandbox-deliveries.js';
import { openJournal } from './sandbox-journal.js';
import { takeOwnerLock } from '../postgres/owner-lock.js';
import { courseOf, DEFAULT_WAITS } from './sandbox-tokens.js';
import { SandboxRefusal } from './sandbox-wire.js';
const MAX_RECORDS = 1_000_000;
/** @throws Error when the journal cannot be read, or another process writes it */ export async function openSandboxProvider(options) {
    const unlock = options.journal && await takeOwnerLock(`${options.journal}.lock`, ...lockWords(options.journal));
    try {
        return openProvider(options, async ()=>{
            if (unlock) await unlock();
        });
    } catch (error) {
        if (unlock) await unlock();
        throw error;
    }
}
/** Two processes over one journal would each charge the same key. */ const lockWords = (journal)=>[
        `The journal ${journal} of the payments sandbox`,
        'give both one sandbox: a process of its own (docs/payments-sandbox.md)'
    ];
function openProvider(options, unlock) {
    const { clock, maxRecords = MAX_RECORDS, log = ()=>{} } = options;
    const waits = {
        ...DEFAULT_WAITS,
        ...options.waits
    };
    const books = openBooks();
    const journal = options.journal ? openJournal(options.journal, (line)=>books.add(line)) : undefined;
    const write = (line)=>{
        if (line.kind !== 'told' && books.records.length >= maxRecords) throw new SandboxRefusal('books-full', `The books hold ${maxRecords} charges and refunds and no more.`);
        journal?.append(line);
        return books.add(line);
    };
    let deliveries;
    const ends = [];
    const tell = (number)=>{
        const telling = tellingOf(books, number, ()=>write({
                kind: 'told',
                record: number
            }));
        return telling && deliveries?.tell(telling);
    };
    const tellTo = (receiver)=>{
        const { deliver, close } = typeof receiver === 'string' ? deliverTo(receiver) : {
            deliver: receiver,
            close: async ()=>{}
        };
        ends.push(...deliveries ? [
            deliveries.close
        ] : [], close);
        deliveries = openDeliveries({
            clock,
            secret: options.webhookSecret,
            deliver,
            log
        });
        for(let number = 0; number < books.records.length; number++)void tell(number);
    };
    if (options.webhookUrl) tellTo(options.webhookUrl);
    return {
        charge (request) {
            const course = courseOf(request.token);
            const before = books.charge(request.idempotencyKey);
            if (before) {
                refuseAnother(sameCharge(before.request, request));
                const when = course?.answer === 'never' ? 'never' : 'at-once';
                return {
                    charge: chargeOf(before, clock.now()),
                    when
                };
            }
            // Nothing is kept of it: with a token that is none there is no charge.
            if (!course) return {
                charge: {
                    status: 'failed',
                    reason: 'token-unknown'
                },
                when: 'at-once'
            };
            const acceptedAt = clock.now();
            const settlesAt = course.settlesAt(acceptedAt, Date.parse(request.holdExpiresAt), waits);
            const reference = idFrom('py', request.idempotencyKey);
            const record = {
                kind: 'charge',
                request,
                reference,
                acceptedAt,
                settlesAt
            };
            const tried = tell(write(record));
            const charge = chargeOf(record, acceptedAt);
            if (course.answer !== 'after-notice') return {
                charge,
                when: course.answer
            };
            return {
                charge,
                when: tried ? untilOr(tried, clock, waits.earlyMs) : 'at-once'
            };
        },
        find (idempotencyKey) {
            const record = books.charge(idempotencyKey);
            return record && chargeOf(record, clock.now());
        },
        refund (request) {
            const before = books.refund(request.idempotencyKey);
            if (before) {
                refuseAnother(sameRefund(before.request, request));
                return before.refundId;
            }
            refuseTooMuch(books, request, clock.now());
            const refundId = idFrom('re', request.idempotencyKey);
            void tell(write({
                kind: 'refund',
                request,
                refundId,
                acceptedAt: clock.now()
            }));
            return refundId;
        },
        entries (after, limit) {
            const end = Math.min(after + limit, books.records.length);
            const entries = books.records.slice(after, end).flatMap((record)=>entryOf(record, clock.now()));
            return {
                entries,
                next: end < books.records.length ? end : null
            };
        },
        tellTo,
        pendingNotices: ()=>deliveries?.pending() ?? 0,
        async close () {
            await deliveries?.close();
            await Promise.all(ends.map((end)=>end()));
            journal?.close();
            await unlock();
        }
    };
}
function openBooks() {
    const records = [];
    const told = [];
    const charges = new Map();
    const refunds = new Map();
    const captures = new Map();
    return {
        records,
        add (line) {
            switch(line.kind){
                case 'told':
                    if (told[line.record] === undefined) throw new Error(`there is no record ${line.record}`);
                    told[line.record]++;
                    return line.record;
                case 'charge':
                    charges.set(line.request.idempotencyKey, line);
                    captures.set(line.reference, {
                        record: line,
                        refundedMinor: 0
                    });
                    break;
                case 'refund':
                    captures.get(line.request.reference).refundedMinor += line.request.amount.amountMinor;
                    refunds.set(line.request.idempotencyKey, line);
                    break;
                default:
                    throw new Error('it is of no kind that is known');
            }
            told.push(0);
            return records.push(line) - 1;
        },
        charge: (key)=>charges.get(key),
        refund: (key)=>refunds.get(key),
        captureOf: (reference)=>captures.get(reference),
        told: (number)=>told[number]
    };
}
/** Undefined when there is nothing left to tell. */ function tellingOf(books, number, onTold) {
    const record = books.records[number];
    const [charge, types, dueAt] = record.kind === 'charge' ? [
        record,
        courseOf(record.request.token)?.notices ?? [],
        record.settlesAt
    ] : [
        books.captureOf(record.request.reference).record,
        REFUND_NOTICES,
        record.acceptedAt
    ];
    const left = types.slice(books.told(number));
    if (left.length === 0) return undefined;
    return {
        dueAt,
        onTold,
        notices: left.map((type)=>noticeOf(type, charge, record))
    };
}
const REFUND_NOTICES = [
    'refund.completed'
];
/** Its id follows from what it tells: told again, it is the same notice. */ function noticeOf(type, charge, record) {
    const { amount, idempotencyKey } = record.request;
    const at = type === 'charge.captured' || type === 'charge.failed' ? charge.settlesAt : record.acceptedAt;
    return {
        id: idFrom('evt', `${type}:${idempotencyKey}`),
        type,
        createdAt: new Date(at).toISOString(),
        data: {
            idempotencyKey,
            reference: charge.reference,
            amount,
            about: charge.request.about,
            ...type === 'charge.failed' && {
                reason: 'declined'
            }
        }
    };
}
function chargeOf({ request, reference, settlesAt }, now) {
    if (now < settlesAt) return {
        status: 'pending'
    };
    if (courseOf(request.token)?.outcome !== 'captured') return {
        status: 'failed',
        reason: 'declined'
    };
    return {
        status: 'captured',
        reference,
        amount: request.amount
    };
}
function entryOf(record, now) {
    const { amount } = record.request;
    if (record.kind === 'refund') return [
        {
            kind: 'refund',
            reference: record.request.reference,
            amount
        }
    ];
    if (chargeOf(record, now).status !== 'captured') return [];
    return [
        {
            kind: 'capture',
            reference: record.reference,
            amount
        }
    ];
}
function refuseTooMuch(books, { reference, amount }, now) {
    const capture = books.captureOf(reference);
    if (!capture || chargeOf(capture.record, now).status !== 'captured') throw new SandboxRefusal('capture-not-found', `There is no capture ${reference}.`);
    const captured = capture.record.request.amount;
    if (amount.currency !== captured.currency) throw new SandboxRefusal('refund-currency-differs', `It was captured in ${captured.currency}.`);
    const left = captured.amountMinor - capture.refundedMinor;
    if (amount.amountMinor < 1 || amount.amountMinor > left) throw new SandboxRefusal('refund-exceeds-capture', `Of this capture 1 to ${left} can be paid back, not ${amount.amountMinor}.`);
}
/** The end of the hold is not compared: it may have moved since the key was first sent. */ const sameCharge = (one, other)=>one.token === other.token && sameAmount(one, other) && one.about.reservationId === other.about.reservationId;
const sameRefund = (one, other)=>one.reference === other.reference && sameAmount(one, other);
const sameAmount = (one, other)=>one.amount.amountMinor === other.amount.amountMinor && one.amount.currency === other.amount.currency;
function refuseAnother(same) {
    if (!same) throw new SandboxRefusal('idempotency-key-reused', 'This key was sent with something else before.');
}
/** Ids follow from keys, so a sandbox that has lost its books knows its payments by the same names. */ const idFrom = (prefix, key)=>`${prefix}_${createHash('sha256').update(key).digest('base64url').slice(0, 24)}`;
async function untilOr(first, clock, ms) {
    const done = new AbortController();
    await Promise.race([
        first,
        clock.sleep(ms, done.signal)
    ]);
    done.abort();
}

//# sourceMappingURL=sandbox-provider.js.map