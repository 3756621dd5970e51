import { Problem } from './problems.js';
import { invalid } from './validate.js';
/** Longest wait for a revision that the caller asked for. Milliseconds. */ export const ASKED_WAIT_MS = 2_000;
/** Longest wait for what this process has written, when the caller asked for nothing. Milliseconds. */ const OWN_WAIT_MS = 1_000;
const REVISION = /^\d{1,15}$/;
export function openFreshness(live, writers) {
    const knownHere = (eventId)=>{
        const revision = writers.knownRevision(eventId);
        return revision === undefined ? undefined : Number(revision);
    };
    return {
        wait: async (eventId, atLeast)=>{
            const known = knownHere(eventId);
            if (atLeast === undefined) {
                if (known !== undefined) await live.reached(eventId, known, OWN_WAIT_MS);
                return known ?? 0;
            }
            if (await live.reached(eventId, atLeast, ASKED_WAIT_MS)) return atLeast;
            const exists = known !== undefined || await live.board(eventId) !== undefined;
            throw new Problem(exists ? 'read-model-behind' : 'event-not-found');
        }
    };
}
/** The query parameter `atLeast`. @throws Problem `validation-failed` */ export function readAtLeast(value) {
    if (value === undefined) return undefined;
    if (typeof value === 'string' && REVISION.test(value)) return Number(value);
    throw invalid([
        {
            path: 'atLeast',
            message: 'must be a revision: a whole number from 0'
        }
    ]);
}

//# sourceMappingURL=freshness.js.map