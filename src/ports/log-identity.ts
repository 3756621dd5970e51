import { EventStoreUnavailable, type EventStore } from './event-store.js';

/** Names one domain event of one log, wherever that log is restored to: a position does not. */
export interface EventIdentity {
  readonly stream: string;
  readonly revision: bigint;
  /** UUID of the domain event. */
  readonly id: string;
}

/**
 * How long an answer of the event store vouches for what a process remembers of a stream. After a longer silence the
 * last known domain event is read back before anything is decided upon it. A failover, a restart or a restore of an
 * event store takes longer than this. Milliseconds.
 */
export const LOG_TRUST_MS = 1_000;

/** Whether an answer of `then` still vouches at `now`. A clock that was set back ends the trust. */
export const isTrusted = (then: number, now: number): boolean => now >= then && now - then < LOG_TRUST_MS;

/**
 * The log is not the one that the read models were built from. Nothing was written, and nothing is until an operator
 * restores the right log or accepts this one.
 */
export class LogReplaced extends EventStoreUnavailable {
  override name = 'LogReplaced';
}

/** The stream ends before a revision that this process remembers, or holds another domain event there. */
export class StreamWentBack extends Error {
  override name = 'StreamWentBack';
  constructor(
    readonly stream: string,
    readonly revision: bigint,
  ) {
    super(
      `Stream ${stream} no longer has the domain event that was read or written at revision ${revision}.`,
    );
  }
}

export const isSameId = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** The domain event that stands at that place now; undefined when there is none. @throws EventStoreUnavailable */
export async function readBack(
  eventStore: Pick<EventStore, 'readStream'>,
  { stream, revision }: Pick<EventIdentity, 'stream' | 'revision'>,
): Promise<EventIdentity | undefined> {
  for await (const event of eventStore.readStream(stream, { from: revision, maxCount: 1 }))
    if (event.revision === revision) return { stream, revision, id: event.id };
  return undefined;
}
