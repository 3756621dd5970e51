import { setImmediate } from 'node:timers/promises';
import { AccessDeniedError, END, NotLeaderError, StreamDeletedError, StreamNotFoundError } from '@eventstore/db-client';
import { EventStoreUnavailable, StreamDeleted } from '../../ports/event-store.js';
/** The client gives reads no deadline: this long without an answer, and the event store counts as gone. Milliseconds. */ const DEFAULT_READ_IDLE_MS = 10_000;
/** Times that a read is sent on to the leader that a node names, which may not lead any more itself. */ const MAX_SENT_ON = 2;
/**
 * Only the leader's answer counts: a follower may lag, and a refusal would then rest on what was. The client goes to the leader
 * that a follower names, with its next call.
 * @throws StreamDeleted, EventStoreUnavailable
 */ export async function* readStream(connection, stream, options = {}, idleMs = DEFAULT_READ_IDLE_MS) {
    if (options.maxCount !== undefined && options.maxCount <= 0) return;
    for(let sentOn = 0;; sentOn++){
        try {
            return yield* readFromLeader(connection, stream, options, idleMs);
        } catch (error) {
            // Before its first answer a node says that it does not lead, so nothing has been passed on.
            const notLeader = error.cause instanceof NotLeaderError;
            if (!notLeader || sentOn === MAX_SENT_ON) throw error;
            await setImmediate();
        }
    }
}
async function* readFromLeader(connection, stream, { from, direction = 'forwards', maxCount }, idleMs) {
    const lease = connection.lease();
    const read = lease.client.readStream(stream, {
        direction,
        fromRevision: from ?? (direction === 'backwards' ? END : 0n),
        maxCount,
        requiresLeader: true
    });
    // An error may come at any time, also when nobody iterates any more: unheard, it would end the process.
    read.on('error', ()=>{});
    let awaited = true;
    const idle = setTimeout(()=>{
        if (awaited) read.destroy(new Error(`no answer within ${idleMs} ms`));
    }, idleMs);
    try {
        for await (const { event } of read.iterator({
            destroyOnReturn: false
        })){
            awaited = false;
            if (event) yield toRecordedEvent(event);
            awaited = true;
            idle.refresh();
        }
    } catch (error) {
        if (error instanceof StreamNotFoundError) return;
        if (error instanceof StreamDeletedError) throw new StreamDeleted(stream);
        // Another client would have to find the leader anew.
        if (!(error instanceof AccessDeniedError || error instanceof NotLeaderError)) lease.failed();
        throw new EventStoreUnavailable(`EventStoreDB does not answer: ${error.message}`, {
            cause: error
        });
    } finally{
        clearTimeout(idle);
        endRead(read);
        lease.release();
    }
}
/**
 * Leaving the loop does not end the call behind the client's stream, and a call that has ended without being read
 * to its end makes the client's `dispose` wait for ever: it is cancelled, and what has arrived is read and dropped.
 */ export function endRead(read) {
    read.cancel().catch(()=>{});
    read.resume();
}
/** A position is missing on the reads of a stream before server 22.6: it then stands for the end of all logs. */ export function toRecordedEvent(event) {
    return {
        id: event.id,
        stream: event.streamId,
        revision: event.revision,
        type: event.type,
        data: event.data,
        metadata: event.metadata ?? {},
        recordedAt: event.created.getTime(),
        position: event.position
    };
}

//# sourceMappingURL=eventstoredb-read.js.map