import { EventStoreUnavailable, type EventStore } from './event-store.js';

/** Identifies one domain event of one log, even after a restore elsewhere. A position does not. */
export interface EventIdentity {
  readonly stream: string;
  readonly revision: bigint;
  /** UUID of the domain event. */
  readonly id: string;
}

/**
 * How long a process may trust its cached state of a stream after an answer of the event store.
 * After a longer silence the last known domain event is read back before any decision. A failover,
 * a restart or a restore of an event store takes longer than this. Milliseconds.
 */
export const LOG_TRUST_MS = 1_000;

/** Whether an answer from `then` can still be trusted at `now`. False if the clock was set back. */
export const isTrusted = (then: number, now: number): boolean =>
  now >= then && now - then < LOG_TRUST_MS;

/**
 * The log is not the one that the read models were built from. Nothing was written, and nothing
 * will be until an operator restores the right log or accepts this one.
 */
export class LogReplaced extends EventStoreUnavailable {
  override name = 'LogReplaced';
}

/**
 * The stream ends before a revision that this process remembers, or holds another domain event
 * there.
 */
export class StreamWentBack extends Error {
  override name = 'StreamWentBack';
  constructor(
    readonly stream: string,
    readonly revision: bigint,
  ) {
    super(
      `Stream ${stream} no longer has the domain event ` +
        `that was read or written at revision ${revision}.`,
    );
  }
}

export const isSameId = (one: string, other: string): boolean =>
  one.toLowerCase() === other.toLowerCase();

/**
 * Returns the domain event at a place; undefined when there is none.
 * @throws EventStoreUnavailable
 */
export async function readBack(
  eventStore: Pick<EventStore, 'readStream'>,
  { stream, revision }: Pick<EventIdentity, 'stream' | 'revision'>,
): Promise<EventIdentity | undefined> {
  for await (const event of eventStore.readStream(stream, { from: revision, maxCount: 1 }))
    if (event.revision === revision) return { stream, revision, id: event.id };
  return undefined;
}
