import { tableSet } from '../read-models/read-model.js';
import { CheckpointMoved, moveCheckpoint } from './checkpoints.js';
import { frozenStreams, park } from './parking.js';
import { DatabaseOutage } from './session.js';
/** How often a failing domain event is tried before it is parked. */ export const MAX_ATTEMPTS = 3;
/** Between those attempts, doubling. Milliseconds. */ const ATTEMPT_PAUSE_MS = 50;
/** How often a read model throws away what has grown old. Milliseconds. */ const PRUNE_EVERY_MS = 10_000;
/**
 * Writes what the domain events change, and the checkpoint, in one transaction. When that fails the batch is halved
 * until the domain event at fault is found; it alone is parked and its stream frozen, everything else is written.
 * @throws DatabaseOutage, CheckpointMoved
 */ export async function applyBatch(context, events, upTo) {
    try {
        await applyOnce(context, events, upTo);
    } catch (error) {
        if (isOutage(error)) throw error;
        if (events.length === 1) return retryThenPark(context, events[0], upTo, error);
        const half = events.length >> 1;
        await applyBatch(context, events.slice(0, half), events[half - 1].position);
        await applyBatch(context, events.slice(half), upTo);
    }
}
const isOutage = (error)=>error instanceof DatabaseOutage || error instanceof CheckpointMoved;
async function applyOnce(context, events, upTo) {
    const { projection, tables, role, session, progress, clock } = context;
    const { readModel } = projection;
    const now = clock.now();
    const step = {
        from: progress.checkpoint,
        to: upTo,
        first: events[0],
        last: events.at(-1),
        now
    };
    const pruning = readModel.prune !== undefined && now - progress.prunedAt >= PRUNE_EVERY_MS;
    let { frozen } = progress;
    let waiting = [];
    await session.transaction(async (transaction)=>{
        await moveCheckpoint(transaction, tables, role, step);
        // An operator may have thawed some; the checkpoint's row lock keeps them from doing so halfway.
        if (frozen.size > 0) frozen = await frozenStreams(transaction, tables);
        waiting = events.filter(({ stream })=>frozen.has(stream)).map(behindAnother);
        if (waiting.length > 0) await park(transaction, tables, waiting);
        await writeChanges(transaction, context, waiting.length === 0 ? events : events.filter(({ stream })=>!frozen.has(stream)));
        if (pruning) await readModel.prune(transaction, tableSet(tables));
    });
    progress.checkpoint = upTo;
    progress.frozen = frozen;
    progress.applied += events.length;
    progress.parked += waiting.length;
    if (pruning) progress.prunedAt = now;
}
const behindAnother = (event)=>({
        event,
        error: null,
        attempts: 0
    });
async function writeChanges(transaction, { projection: { project, readModel }, tables }, events) {
    const changes = [];
    for (const event of events){
        const some = project(event);
        if (some) for (const change of some)changes.push(change);
    }
    if (changes.length > 0) await readModel.write(transaction, tableSet(tables), changes);
}
async function retryThenPark(context, event, upTo, firstError) {
    const { projection, tables, role, session, progress, clock, log } = context;
    let lastError = firstError;
    for(let attempt = 2; attempt <= MAX_ATTEMPTS; attempt++){
        await clock.sleep(ATTEMPT_PAUSE_MS * 2 ** (attempt - 2), session.lost);
        try {
            return await applyOnce(context, [
                event
            ], upTo);
        } catch (error) {
            if (isOutage(error)) throw error;
            lastError = error;
        }
    }
    const error = lastError instanceof Error ? lastError.message : String(lastError);
    await session.transaction(async (transaction)=>{
        const step = {
            from: progress.checkpoint,
            to: upTo,
            first: event,
            last: event,
            now: clock.now()
        };
        await moveCheckpoint(transaction, tables, role, step);
        await park(transaction, tables, [
            {
                event,
                error,
                attempts: MAX_ATTEMPTS
            }
        ]);
    });
    progress.checkpoint = upTo;
    progress.frozen.add(event.stream);
    progress.parked++;
    progress.applied++;
    log(`${projection.readModel.name}: parked ${event.type} ${event.stream}@${event.revision}, its stream is frozen: ${error}`);
}

//# sourceMappingURL=apply-batch.js.map