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
  /** New for every request, also for a repeated one, and never taken from a client: domain event ids follow from it. */
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

/**
 * Gives each domain event an id derived from the command's id, its place in the decision and its content. An append that
 * is sent again has the same ids and is stored once; another decision of the same command has other ids, so that the
 * store cannot take the one for the other.
 */
export function toNewEvents(events: readonly DomainEvent[], context: CommandContext): NewEvent[] {
  return events.map(({ type, data }, index) => ({
    id: derivedId(context.commandId, index, type, JSON.stringify(data)),
    type,
    data,
    metadata: metadataOf(context, type),
  }));
}
