import { setImmediate, setTimeout } from 'node:timers/promises';
import { END, START as LOG_START, streamNameFilter } from '@eventstore/db-client';
import { START, comparePositions } from '../../ports/event-store.js';
import { collectArrivals } from './eventstoredb-arrivals.js';
/** Domain events that the client holds ready behind those that wait in the feed. */ const READ_AHEAD = 256;
/** Log records that the server looks through in one go. */ const MAX_SEARCH_WINDOW = 256;
/** The server tells how far it has looked after this many windows: every 1,024 records. */ const CHECKPOINT_WINDOWS = 4;
/**
 * Silence after which nothing more is taken to be waiting: this long, this many times, so that a process that was
 * held up for a while has looked at its socket before it believes in silence. Milliseconds.
 */ const QUIET_MS = 15;
const SILENCES = 2;
/** While it catches up, a feed waits this long once for a batch of some size: bulk is what a projection is good at. */ const GATHER = {
    domainEvents: 100,
    ms: 5
};
export function openFeed({ connection, prefixes, after, maxBatch, ended }) {
    const lease = connection.lease();
    const arrivals = collectArrivals(after, maxBatch);
    const bell = createBell();
    const end = watchEnd(lease.client, bell.ring);
    let failure;
    let closed = false;
    let confirmed = false;
    let silences = 0;
    const fail = (error)=>{
        if (closed) return;
        failure ??= error;
        lease.failed();
        bell.ring();
    };
    const subscription = openSubscription(lease.client, prefixes, after);
    subscription.on('confirmation', ()=>(confirmed = true, bell.ring()));
    // An error may come at any time, also when nobody iterates any more: unheard, it would end the process.
    subscription.on('error', fail);
    ended.addEventListener('abort', bell.ring, {
        once: true
    });
    const pump = async ()=>{
        for await (const item of subscription){
            // Read to the end, see endRead.
            if (closed) continue;
            if ('checkpointAt' in item) arrivals.addCheckpoint(item.checkpointAt);
            else if (item.event) arrivals.add(item.event);
            bell.ring();
            if (!arrivals.isFull()) continue;
            end.lookAgain();
            // Not asking for the next one holds back the client's stream, and by that the server.
            while(arrivals.isFull() && !closed)await bell.next();
        }
        throw new Error('the server ended the subscription');
    };
    pump().catch(fail);
    return {
        async next () {
            for(;;){
                // Lets what arrives in this turn of the event loop join the batch.
                await setImmediate();
                const catchingUp = !end.isReached(arrivals.furthest());
                if (catchingUp && arrivals.haveNews() && arrivals.count() < GATHER.domainEvents) await setTimeout(GATHER.ms);
                if (ended.aborted) return undefined;
                if (arrivals.haveNews() || end.isNews()) {
                    const { events, checkpoint, drained } = arrivals.take();
                    bell.ring();
                    const caughtUp = drained && end.isReached(arrivals.furthest());
                    if (caughtUp) end.tell();
                    return {
                        events,
                        checkpoint,
                        caughtUp
                    };
                }
                if (failure) throw failure;
                const silent = await bell.next(confirmed && catchingUp ? QUIET_MS : undefined);
                silences = silent ? silences + 1 : 0;
                if (silences === SILENCES) end.reach();
            }
        },
        close () {
            closed = true;
            ended.removeEventListener('abort', bell.ring);
            bell.ring();
            subscription.unsubscribe().catch(()=>{});
            lease.release();
        }
    };
}
function openSubscription(client, prefixes, after) {
    const options = {
        maxSearchWindow: MAX_SEARCH_WINDOW,
        checkpointInterval: CHECKPOINT_WINDOWS,
        checkpointReached: (subscription, position)=>void subscription.push({
                checkpointAt: position
            })
    };
    const filter = prefixes.includes('') ? streamNameFilter({
        regex: '^[^$]',
        ...options
    }) : streamNameFilter({
        prefixes: [
            ...prefixes
        ],
        ...options
    });
    const fromPosition = comparePositions(after, START) <= 0 ? LOG_START : {
        ...after
    };
    return client.subscribeToAll({
        fromPosition,
        filter
    }, {
        highWaterMark: READ_AHEAD
    });
}
/**
 * Only servers from 23.10 on say when a subscription has caught up. It has when it passes the place where the log
 * ended at its opening, or, as the last records there need not match the filter, when the server falls silent.
 */ function watchEnd(client, ring) {
    let reached = false;
    let told = false;
    let head;
    let looks = 0;
    const lookAgain = ()=>{
        const look = ++looks;
        reached = told = false;
        head = undefined;
        void lastPosition(client).then((position)=>{
            if (look !== looks) return;
            head = position;
            ring();
        });
    };
    lookAgain();
    return {
        isReached (furthest) {
            reached ||= head !== undefined && comparePositions(furthest, head) >= 0;
            return reached;
        },
        isNews: ()=>reached && !told,
        tell: ()=>void (told = true),
        reach: ()=>void (reached = true),
        lookAgain
    };
}
/** Where the log ends just now; nothing when that cannot be found out. */ async function lastPosition(client) {
    const read = client.readAll({
        direction: 'backwards',
        fromPosition: END,
        maxCount: 1
    });
    read.on('error', ()=>{});
    let position;
    try {
        for await (const { event } of read)position = event?.position;
    } catch  {
    // The subscription goes without it, and reports what is wrong.
    }
    return position;
}
function createBell() {
    let listeners = [];
    const ring = ()=>{
        const rung = listeners;
        listeners = [];
        for (const listener of rung)listener(false);
    };
    return {
        ring,
        next: (silenceMs)=>new Promise((resolve)=>{
                const listener = (silent)=>{
                    clearTimeout(timer);
                    resolve(silent);
                };
                const timer = silenceMs === undefined ? undefined : globalThis.setTimeout(listener, silenceMs, true);
                listeners.push(listener);
            })
    };
}

//# sourceMappingURL=eventstoredb-feed.js.map