import type { SeatInventoryEvent } from '../../domain/seat-inventory/events.js';
import { evolve, UnknownDomainEvent } from '../../domain/seat-inventory/evolve.js';
import type { SeatInventory } from '../../domain/seat-inventory/state.js';
import { currentVersionOf, upcast } from '../../domain/shared/upcasters.js';
import { EventStoreUnavailable, type RecordedEvent } from '../../ports/event-store/event-store.js';

/**
 * The log holds what a newer version of Boxoffice has written and this one cannot read. To fold it
 * as nothing would be to sell seats on half the truth, so this inventory is closed to this process;
 * one of the newer version serves it.
 */
export class NewerLog extends EventStoreUnavailable {
  override name = 'NewerLog';
}

/**
 * Folds a domain event out of the log. @throws NewerLog when it, or its shape, is of a later
 * version
 */
export function foldRecorded(inventory: SeatInventory, event: RecordedEvent): void {
  const { stream, revision, type } = event;
  // Written by hand or by an import, a domain event may come without; then its shape is the first.
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
