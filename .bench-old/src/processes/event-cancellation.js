import { FinishCancellationCommand } from '../commands/finish-cancellation.js';
import { UndoSalesCommand } from '../commands/undo-sales.js';
import { contextOfProcess, startScanning, workThrough } from './scanning.js';
/** Cancelled events looked at by one scan. */ const MAX_PER_SCAN = 200;
/** Events worked on at once. */ const EVENTS_AT_ONCE = 4;
/** Appends of one event in one scan, of up to 100 reservations each, so that no event keeps the others waiting. */ const APPENDS_PER_SCAN = 50;
/**
 * Undoes what was sold for cancelled events. The inventory knows itself what it has sold, so nothing is kept here and
 * no read model has to be up to date: a portion is undone by one append, and after a crash the next one goes on.
 * The money follows by the settlement process; once the read models show that everybody has it, that is written down.
 */ export function startEventCancellation(parts) {
    const context = ()=>contextOfProcess('event-cancellation', parts.randomness);
    /** Whether nothing is left in the inventory. */ const undo = async ({ eventId, reason }, stopping)=>{
        for(let appends = 0; appends < APPENDS_PER_SCAN && !stopping.aborted; appends++){
            const outcome = await parts.undoSales(new UndoSalesCommand(eventId, reason, context()));
            if (!outcome.accepted) throw new Error(outcome.rejection.code);
            if (!outcome.written) return true;
        }
        return false;
    };
    const goOn = async (cancellation, stopping)=>{
        const { eventId, sales, refunded } = cancellation;
        const isUndone = await undo(cancellation, stopping);
        if (isUndone && refunded === sales) {
            await parts.finish(new FinishCancellationCommand(eventId, sales, context()));
        }
    };
    return startScanning(parts, 'cancelled events not undone', async (stopping)=>{
        const unfinished = await parts.unfinished(MAX_PER_SCAN);
        await workThrough(unfinished, EVENTS_AT_ONCE, stopping, (cancellation)=>goOn(cancellation, stopping).catch((error)=>parts.log(`cancelled event ${cancellation.eventId} not undone, trying again: ${error.message}`)));
    });
}

//# sourceMappingURL=event-cancellation.js.map