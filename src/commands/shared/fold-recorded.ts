import type { SeatInventoryEvent } from '../../domain/seat-inventory/events.js';
import { evolve, UnknownDomainEvent } from '../../domain/seat-inventory/state/evolve.js';
import type { SeatInventory } from '../../domain/seat-inventory/state/state.js';
import { currentVersionOf, upcast } from '../../domain/shared/upcasters.js';
import { EventStoreUnavailable, type RecordedEvent } from '../../ports/event-store/event-store.js';

/**
 * The log has a domain event of a newer version of Boxoffice. Ignoring it could sell seats twice,
 * so this process does not serve the inventory; a process of the newer version does.
 */
export class NewerLog extends EventStoreUnavailable {
  override name = 'NewerLog';
}

/** Folds a domain event from the log. @throws NewerLog when its type or its version is newer */
export function foldRecorded(inventory: SeatInventory, event: RecordedEvent): void {
  const { stream, revision, type } = event;
  // Domain events written by hand or by an import may have no version: they have version 1.
  const { schemaVersion = 1 } = event.metadata as Partial<RecordedEvent['metadata']>;
  if (schemaVersion > currentVersionOf(type))
    throw new NewerLog(
      `${type} ${revision} of ${stream} has the shape of a later version: ${schemaVersion}.`,
    );
  try {
    evolve(inventory, upcast(event) as unknown as SeatInventoryEvent);
  } catch (error) {
    if (!(error instanceof UnknownDomainEvent)) throw error;
    throw new NewerLog(`Domain event ${revision} of ${stream} is not known here: ${type}.`, {
      cause: error,
    });
  }
}
