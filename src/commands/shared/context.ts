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

/** Principal and ids of a command, which are stored with each of its domain events. */
export interface CommandContext {
  /**
   * New for every request, including repeated ones, and never from a client: domain event ids are
   * derived from it.
   */
  readonly commandId: string;
  readonly correlationId: string;
  readonly causationId: string;
  readonly actor: Actor;
  /** Client of the request. Missing for commands of a process. */
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
 * Gives each domain event an id derived from the command's id, its place in the decision and its
 * content. An append that is sent again has the same ids and is stored once; another decision of
 * the same command has other ids, so that the store cannot take the one for the other.
 */
export function toNewEvents(events: readonly DomainEvent[], context: CommandContext): NewEvent[] {
  return events.map(({ type, data }, index) => {
    const text = JSON.stringify(data);
    return {
      id: derivedId(context.commandId, index, type, text),
      type,
      data,
      metadata: metadataOf(context, type),
      text: { data: text },
    };
  });
}
