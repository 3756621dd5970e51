import { v5 } from 'uuid';
import type { Actor, DomainEvent, DomainEventMetadata } from '../domain/domain-event.js';
import type { NewEvent } from '../ports/event-store.js';

/** Namespace of every id that Boxoffice derives; never changed, or old requests get new ids. */
const NAMESPACE = '6f1d8f0a-6c1c-4d0e-9a58-2f0f7a0b51c4';

/** Who asked, and what this command belongs to; stored with every domain event that it leads to. */
export interface CommandContext {
  readonly commandId: string;
  readonly correlationId: string;
  readonly causationId: string;
  readonly actor: Actor;
}

/** The same parts give the same UUID, always. */
export function derivedId(...parts: readonly (string | number)[]): string {
  return v5(parts.join('\n'), NAMESPACE);
}

/** Version of the shape of every domain event's `data`, until one changes. */
const SCHEMA_VERSION = 1;

export function metadataOf(context: CommandContext): DomainEventMetadata {
  return {
    $correlationId: context.correlationId,
    $causationId: context.causationId,
    commandId: context.commandId,
    actor: context.actor,
    schemaVersion: SCHEMA_VERSION,
  };
}

/** Domain event ids follow from the command's id, so that an append tried twice is written once. */
export function toNewEvents(events: readonly DomainEvent[], context: CommandContext): NewEvent[] {
  const metadata = metadataOf(context);
  return events.map(({ type, data }, index) => ({
    id: derivedId(context.commandId, index),
    type,
    data,
    metadata,
  }));
}
