import { hash } from 'node:crypto';
import type { Actor, DomainEvent, DomainEventMetadata } from '../domain/domain-event.js';
import type { NewEvent } from '../ports/event-store.js';

/** Namespace of every id that Boxoffice derives; never changed, or old requests get new ids. */
const NAMESPACE = Buffer.from('6f1d8f0a6c1c4d0e9a582f0f7a0b51c4', 'hex');

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
}

/**
 * The same parts give the same UUID, always: version 5 of RFC 9562. Three are made per sale, and the `uuid` package
 * takes three times as long; a test holds this against it.
 */
export function derivedId(...parts: readonly (string | number)[]): string {
  const digest = hash('sha1', Buffer.concat([NAMESPACE, Buffer.from(parts.join('\n'))]), 'hex');
  const variant = '89ab'[Number.parseInt(digest[16]!, 16) & 3];
  return [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `5${digest.slice(13, 16)}`,
    `${variant}${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ].join('-');
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
