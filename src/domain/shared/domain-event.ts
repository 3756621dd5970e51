/** What happened, in the past tense. `type` is storage format: it is never renamed. */
export interface DomainEvent<Type extends string = string, Data = unknown> {
  readonly type: Type;
  readonly data: Data;
}

/** Who asked, as far as the log may know: an opaque account id and the role used. Never personal data. */
export interface Actor {
  readonly id: string;
  readonly role: 'customer' | 'organizer' | 'operator' | 'auditor' | 'system';
}

/** From where somebody asked; enough to tell two apart, and not to find either. */
export interface Client {
  /** Of the network address, by a key that the log does not hold. */
  readonly addressHash: string;
  /** As the client names itself, at most `MAX_USER_AGENT_LENGTH` characters of ASCII. */
  readonly userAgent: string;
}

export const MAX_USER_AGENT_LENGTH = 160;

/** Stored beside every domain event. `$…` names are those that EventStoreDB's own tools read. */
export interface DomainEventMetadata {
  readonly $correlationId: string;
  readonly $causationId: string;
  readonly commandId: string;
  readonly actor: Actor;
  /** Version of the shape of `data`; an upcaster brings older ones forward. */
  readonly schemaVersion: number;
  /** Missing when nobody asked over the network. */
  readonly client?: Client;
  /** Digest of the domain event before it in its stream, put in on the way to the log (`chain.ts`). */
  readonly previousDigest?: string;
}
