import { LRUCache } from 'lru-cache';
import { decidePayment } from '../domain/payment/decide.js';
import { paymentStream } from '../domain/payment/events.js';
import { evolvePayment } from '../domain/payment/state.js';
import { WrongExpectedRevision } from '../ports/event-store.js';
import { appendOnce, NO_STREAM } from './append-once.js';
import { derivedId, toNewEvents } from './context.js';
/** Payments kept folded in memory. What was forgotten is read again. */ const MAX_REMEMBERED = 20_000;
/** Times that a decision is taken anew because somebody else (a webhook, another node) wrote first. */ const MAX_CONFLICTS = 20;
/** Longest random pause before that. Milliseconds. */ const CONFLICT_PAUSE_MS = 20;
export class PaymentContended extends Error {
    name = 'PaymentContended';
}
const NOTHING = {
    payment: undefined,
    revision: NO_STREAM
};
export function openPayments(eventStore, clock, randomness) {
    const remembered = new LRUCache({
        max: MAX_REMEMBERED
    });
    const remember = (reservationId, known)=>{
        const before = remembered.get(reservationId);
        if (before && before.revision > known.revision) return before;
        remembered.set(reservationId, known);
        return known;
    };
    const catchUp = async (reservationId)=>{
        let { payment, revision } = remembered.get(reservationId) ?? NOTHING;
        for await (const event of eventStore.readStream(paymentStream(reservationId), {
            from: revision + 1n
        })){
            payment = evolvePayment(payment, event);
            revision = event.revision;
        }
        return revision === NO_STREAM ? NOTHING : remember(reservationId, {
            payment,
            revision
        });
    };
    const write = async (reservationId, commands, context)=>{
        // The first news of a payment is most often its request: that there is none yet is checked by the append anyway.
        const isFirst = commands[0]?.type === 'RequestPayment';
        let known = remembered.get(reservationId) ?? (isFirst ? NOTHING : await catchUp(reservationId));
        for(let conflicts = 0; conflicts <= MAX_CONFLICTS; conflicts++){
            const decided = decideAll(commands, known.payment);
            if (!decided.accepted) {
                // It may rest on what another node has changed since.
                const newer = await catchUp(reservationId);
                if (newer.revision === known.revision) return decided;
                known = newer;
                continue;
            }
            const { events } = decided;
            if (events.length === 0) return {
                accepted: true,
                payment: known.payment,
                written: false
            };
            // Ids differ from revision to revision: the store would take the same ids for the same append.
            const commandId = derivedId(context.commandId, reservationId, String(known.revision), commands[0].type);
            const stored = toNewEvents(events, {
                ...context,
                commandId
            });
            try {
                await appendOnce(eventStore, clock, paymentStream(reservationId), known.revision, stored);
                const revision = known.revision + BigInt(events.length);
                remember(reservationId, {
                    payment: decided.payment,
                    revision
                });
                return {
                    accepted: true,
                    payment: decided.payment,
                    written: true
                };
            } catch (error) {
                if (!(error instanceof WrongExpectedRevision)) throw error;
                if (conflicts > 0) await clock.sleep(randomness.fraction() * CONFLICT_PAUSE_MS);
                known = await catchUp(reservationId);
            }
        }
        throw new PaymentContended(`Others wrote to the payment of ${reservationId} ${MAX_CONFLICTS} times in a row.`);
    };
    return {
        load: async (reservationId)=>(await catchUp(reservationId)).payment,
        write
    };
}
function decideAll(commands, before) {
    let payment = before;
    const events = [];
    for (const command of commands){
        const decision = decidePayment(command, payment);
        if (!decision.accepted) return decision;
        for (const event of decision.events)payment = evolvePayment(payment, event);
        events.push(...decision.events);
    }
    return {
        accepted: true,
        events,
        payment
    };
}

//# sourceMappingURL=payments.js.map