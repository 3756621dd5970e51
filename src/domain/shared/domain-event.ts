/** A domain event, named in the past tense. `type` is storage format and is never renamed. */
export interface DomainEvent<Type extends string = string, Data = unknown> {
  readonly type: Type;
  readonly data: Data;
}

/** Principal of a command: an opaque account id and the role. Never personal data. */
export interface Actor {
  readonly id: string;
  readonly role: 'customer' | 'organizer' | 'operator' | 'auditor' | 'system';
}

/** Client of a request: enough to distinguish two clients, not enough to identify a person. */
export interface Client {
  /** Keyed hash of the network address. The key is not in the log. */
  readonly addressHash: string;
  /** User agent, at most `MAX_USER_AGENT_LENGTH` characters of ASCII. */
  readonly userAgent: string;
}

export const MAX_USER_AGENT_LENGTH = 160;

/** Stored with every domain event. EventStoreDB's own tools read the `$…` names. */
export interface DomainEventMetadata {
  readonly $correlationId: string;
  readonly $causationId: string;
  readonly commandId: string;
  readonly actor: Actor;
  /** Version of the shape of `data`. Upcasters convert older versions. */
  readonly schemaVersion: number;
  /** Missing if the command did not come over the network. */
  readonly client?: Client;
  /**
   * Digest of the previous domain event in the stream, added by the event store adapter
   * (`chain.ts`).
   */
  readonly previousDigest?: string;
}
