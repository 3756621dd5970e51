import type {
  Actor,
  Client,
  DomainEvent,
  DomainEventMetadata,
} from '../../domain/shared/domain-event.js';
import { derivedId } from '../../domain/shared/derived-id.js';
import { currentVersionOf } from '../../domain/shared/upcasters.js';
import type { NewEvent } from '../../ports/event-store/event-store.js';

export { derivedId };

/** Who asked, and what this command belongs to; stored with every domain event that it leads to. */
export interface CommandContext {
  /**
   * New for every request, also when it repeats an earlier one, and never taken from a client: domain event ids follow
   * from it, and a store takes two appends with the same ids at the same revision for one, whatever they say.
   */
  readonly commandId: string;
  readonly correlationId: string;
  readonly causationId: string;
  readonly actor: Actor;
  /** From where; missing when the command came from a process. */
  readonly client?: Client;
}

export function metadataOf(context: CommandContext, type: string): DomainEventMetadata {
  return {
    $correlationId: context.correlationId,
    $causationId: context.causationId,
    commandId: context.commandId,
    actor: context.actor,
    schemaVersion: currentVersionOf(type),
    ...(context.client && { client: context.client }),
  };
}

/** Domain event ids follow from the command's id, so that an append tried twice is written once. */
export function toNewEvents(events: readonly DomainEvent[], context: CommandContext): NewEvent[] {
  return events.map(({ type, data }, index) => ({
    id: derivedId(context.commandId, index),
    type,
    data,
    metadata: metadataOf(context, type),
  }));
}
