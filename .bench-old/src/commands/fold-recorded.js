import { evolve, UnknownDomainEvent } from '../domain/seat-inventory/state.js';
import { EventStoreUnavailable } from '../ports/event-store.js';
import { SCHEMA_VERSION } from './context.js';
/**
 * The log holds what a newer version of Boxoffice has written and this one cannot read. To fold it as nothing would be to sell
 * seats on half the truth, so this inventory is closed to this process; one of the newer version serves it.
 */ export class NewerLog extends EventStoreUnavailable {
    name = 'NewerLog';
}
/** Folds a domain event out of the log. @throws NewerLog when it, or its shape, is of a later version */ export function foldRecorded(inventory, event) {
    const { stream, revision, type } = event;
    // Written by hand or by an import, a domain event may come without; then its shape is the first.
    const { schemaVersion = 1 } = event.metadata;
    if (schemaVersion > SCHEMA_VERSION) throw new NewerLog(`${type} ${revision} of ${stream} has the shape of a later version: ${schemaVersion}.`);
    try {
        evolve(inventory, event);
    } catch (error) {
        if (!(error instanceof UnknownDomainEvent)) throw error;
        throw new NewerLog(`Domain event ${revision} of ${stream} is not known here: ${type}.`, {
            cause: error
        });
    }
}

//# sourceMappingURL=fold-recorded.js.map