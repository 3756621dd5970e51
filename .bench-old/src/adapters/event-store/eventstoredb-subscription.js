import { comparePositions } from '../../ports/event-store.js';
import { openFeed } from './eventstoredb-feed.js';
const DEFAULT_MAX_BATCH = 1_000;
/** Pause before a subscription is opened again, doubling up to the last, give or take a quarter. Milliseconds. */ const RETRY_MS = {
    first: 50,
    last: 5_000
};
const RETRY_JITTER = 0.25;
/** The client never resubscribes: whenever its subscription ends, another is opened after what has been seen. */ export async function* subscribe({ connection, log, closing }, { prefixes, after, maxBatch = DEFAULT_MAX_BATCH, signal }) {
    if (prefixes.length === 0) throw new RangeError('A subscription needs at least one prefix; an empty one means all.');
    const ended = AbortSignal.any([
        signal,
        closing
    ]);
    let seen = after;
    let retryMs = RETRY_MS.first;
    while(!ended.aborted){
        const feed = openFeed({
            connection,
            prefixes,
            after: seen,
            maxBatch,
            ended
        });
        try {
            for(let batch = await feed.next(); batch; batch = await feed.next()){
                yield batch;
                if (comparePositions(batch.checkpoint, seen) > 0) retryMs = RETRY_MS.first;
                seen = batch.checkpoint;
            }
        } catch (error) {
            log(`subscription interrupted, opened again in ${retryMs} ms: ${error.message}`);
        } finally{
            feed.close();
        }
        await pause(retryMs * (1 + RETRY_JITTER * (2 * Math.random() - 1)), ended);
        retryMs = Math.min(retryMs * 2, RETRY_MS.last);
    }
}
function pause(ms, signal) {
    return new Promise((resolve)=>{
        if (signal.aborted) return resolve();
        const done = ()=>{
            clearTimeout(timer);
            signal.removeEventListener('abort', done);
            resolve();
        };
        const timer = setTimeout(done, ms);
        signal.addEventListener('abort', done, {
            once: true
        });
    });
}

//# sourceMappingURL=eventstoredb-subscription.js.map