import { AccessDeniedError, MaxAppendSizeExceededError, NotLeaderError, StreamDeletedError, UnknownError, WrongExpectedVersionError, isCommandError, jsonEvent } from '@eventstore/db-client';
import { AmbiguousAppend, AppendTooLarge, EventStoreUnavailable, StreamDeleted, WrongExpectedRevision } from '../../ports/event-store.js';
import { encodeEvents } from './encode.js';
import { closeClient, openClient } from './eventstoredb-connection.js';
/**
 * The client keeps the appends under way of the whole process in one table and sends them down one stream per
 * client. When any of these streams fails
 *  - every append in the table is rejected, whichever stream it went down, and
 *  - an answer to one of them that still comes down a healthy stream throws where nothing can catch it.
 * So the append streams of a process live and die together: one that fails takes the others with it, at once,
 * and one that is closed is closed while no append is under way.
 */ const lanes = new Set();
const barriers = new Set();
const underWay = new Set();
const whenIdle = [];
let resetting;
/**
 * Appends of one store under way at once. One fewer than the messages (16) at which the client's stream tells
 * its writers to wait: a stream that fails while they wait leaves them a rejection that nobody handles, which
 * ends the process.
 */ const MAX_UNDER_WAY = 15;
/** A client is not replaced before this age. Milliseconds. */ const MIN_CLIENT_AGE_MS = 1_000;
/**
 * The server holds the client's deadline against its own clock, and allows no more than its own write timeout
 * anyway: this only has to be longer than two clocks may differ. Milliseconds.
 */ const SERVER_DEADLINE_MS = 10 * 60_000;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
export function openLane({ connectionString, appendTimeoutMs, log }) {
    const slots = createSlots(MAX_UNDER_WAY);
    let client = openClient(connectionString);
    let openedAt = performance.now();
    let closed = false;
    const isOld = ()=>performance.now() - openedAt >= MIN_CLIENT_AGE_MS;
    const replaceClient = ()=>{
        const old = client;
        client = openClient(connectionString);
        openedAt = performance.now();
        return closeClient(old);
    };
    const send = async (outgoing, timeoutMs)=>{
        const flight = takeOff();
        try {
            return await withTimeout(appendByClient(client, outgoing), timeoutMs);
        } catch (error) {
            const { stream } = outgoing;
            const answer = serverAnswer(error, outgoing);
            if (answer) throw answer;
            if (neverSent(error)) {
                // Nothing went down a stream, so there is none to take the others down with.
                if (isOld()) void replaceClient();
                throw new EventStoreUnavailable(`EventStoreDB cannot be reached: ${messageOf(error)}`, {
                    cause: error
                });
            }
            if (error instanceof NotLeaderError && flight.alone) {
                throw new EventStoreUnavailable(`EventStoreDB has another leader: ${messageOf(error)}`, {
                    cause: error
                });
            }
            log(`append to ${stream} is ambiguous: ${messageOf(error)}`);
            // Told of another leader, the client goes there with its next append; a new one would have to find it.
            const goesElsewhere = error instanceof NotLeaderError && lanes.size === 1;
            if (streamHasFailed(error) && !goesElsewhere) void resetAppendStreams();
            throw new AmbiguousAppend(stream, {
                cause: error
            });
        } finally{
            land(flight);
        }
    };
    const lane = {
        async append (stream, expected, events) {
            const encoded = encodeEvents(events);
            if (encoded.length === 0) return {
                revision: expected === 'no-stream' ? -1n : expected
            };
            const messages = events.map((event, at)=>toMessage(event, encoded[at].metadata));
            const startedAt = performance.now();
            if (!await slots.take(appendTimeoutMs / 2)) {
                throw new EventStoreUnavailable(`Too many appends are waiting: none was answered in ${appendTimeoutMs / 2} ms.`);
            }
            try {
                while(barriers.size > 0)await Promise.all(barriers);
                if (closed) throw new EventStoreUnavailable('The event store is closed.');
                const leftMs = Math.round(appendTimeoutMs - (performance.now() - startedAt));
                return {
                    revision: await send({
                        stream,
                        expected,
                        events: messages,
                        encoded
                    }, leftMs)
                };
            } finally{
                slots.free();
            }
        },
        reset: replaceClient,
        async close () {
            closed = true;
            await holdingAppends(async ()=>{
                if (underWay.size > 0) await new Promise((resolve)=>whenIdle.push(resolve));
                lanes.delete(lane);
                await closeClient(client);
            });
        }
    };
    lanes.add(lane);
    return lane;
}
function takeOff() {
    const flight = {
        alone: underWay.size === 0
    };
    for (const other of underWay)other.alone = false;
    underWay.add(flight);
    return flight;
}
function land(flight) {
    underWay.delete(flight);
    if (underWay.size === 0) for (const resolve of whenIdle.splice(0))resolve();
}
/** Ends all append streams of the process before another answer can come down one of them. */ function resetAppendStreams() {
    return resetting ??= holdingAppends(async ()=>{
        await Promise.all([
            ...lanes
        ].map((lane)=>lane.reset()));
    }).finally(()=>resetting = undefined);
}
/** No append of the process starts until `work` is done. */ async function holdingAppends(work) {
    const barrier = work().catch(()=>{});
    barriers.add(barrier);
    await barrier;
    barriers.delete(barrier);
}
async function appendByClient(client, { stream, expected, events }) {
    const { nextExpectedRevision } = await client.appendToStream(stream, events, {
        expectedRevision: expected === 'no-stream' ? 'no_stream' : expected,
        deadline: SERVER_DEADLINE_MS
    });
    return nextExpectedRevision;
}
/** Metadata goes as the bytes that were counted; the client takes them as they are and spares a detour by base64. */ function toMessage({ id, type, data }, metadata) {
    if (!UUID.test(id)) throw new TypeError(`The id of a domain event is a UUID, not "${id}".`);
    return jsonEvent({
        id,
        type,
        data: data,
        metadata: new Uint8Array(Buffer.from(metadata, 'utf8'))
    });
}
/** What the server said of this very append; nothing when it is not known whether the append has landed. */ function serverAnswer(error, { stream, expected, encoded }) {
    const options = {
        cause: error
    };
    if (error instanceof WrongExpectedVersionError) return new WrongExpectedRevision(stream, expected);
    if (error instanceof StreamDeletedError) return new StreamDeleted(stream);
    if (error instanceof MaxAppendSizeExceededError) return new AppendTooLarge(bytesOf(encoded), error.maxAppendSize);
    if (error instanceof AccessDeniedError && !streamHasFailed(error)) {
        return new EventStoreUnavailable(`EventStoreDB denies writing to ${stream}.`, options);
    }
    if (error instanceof UnknownError && /Server Is (Not Ready|Busy)|No leader|BadRequest/.test(error.message)) {
        return new EventStoreUnavailable(`EventStoreDB refused the append: ${error.message}.`, options);
    }
    return undefined;
}
/** Counted as the server does: two bytes more for each letter of a type. */ const bytesOf = (events)=>events.reduce((sum, { type, data, metadata })=>sum + 2 * type.length + Buffer.byteLength(data) + Buffer.byteLength(metadata), 0);
/** Before its first append a client asks what the server can do. Only the errors of that question come as they are. */ const neverSent = (error)=>!isCommandError(error) && !(error instanceof NoAnswer);
/** An answer to one append has no gRPC code; the end of a stream has, and no answer at all may mean a dead stream. */ const streamHasFailed = (error)=>error instanceof NoAnswer || error.code !== undefined;
let NoAnswer = class NoAnswer extends Error {
    name = 'NoAnswer';
};
/** The client gives a batch append no deadline of its own. */ async function withTimeout(work, ms) {
    let timer;
    const late = new Promise((_, refuse)=>{
        timer = setTimeout(()=>refuse(new NoAnswer(`no answer within ${ms} ms`)), ms);
    });
    try {
        return await Promise.race([
            work,
            late
        ]);
    } finally{
        clearTimeout(timer);
    }
}
const messageOf = (error)=>error instanceof Error ? error.message : String(error);
function createSlots(count) {
    let free = count;
    const waiting = [];
    return {
        take (timeoutMs) {
            if (free > 0) {
                free--;
                return Promise.resolve(true);
            }
            return new Promise((resolve)=>{
                const granted = ()=>{
                    clearTimeout(timer);
                    resolve(true);
                };
                const timer = setTimeout(()=>{
                    waiting.splice(waiting.indexOf(granted), 1);
                    resolve(false);
                }, timeoutMs);
                waiting.push(granted);
            });
        },
        free () {
            const next = waiting.shift();
            if (next) next();
            else free++;
        }
    };
}

//# sourceMappingURL=eventstoredb-append.js.map