import type { Clock } from '../../ports/system/clock.js';
import {
  AmbiguousAppend,
  EventStoreUnavailable,
  WrongExpectedRevision,
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
} from '../../ports/event-store/event-store.js';

/** Attempts of one append whose outcome is unknown. */
const MAX_ATTEMPTS = 8;
/** Pause before the second attempt, which doubles up to the longest one. Milliseconds. */
const PAUSE_MS = { first: 100, longest: 1_000 };
/**
 * Time after which no attempt begins. One takes at most five seconds, so callers get an answer
 * within ten: before a load balancer times out, and before a process has to end. Milliseconds.
 */
const LAST_ATTEMPT_MS = 5_000;

/** Revision of a stream that does not exist. */
export const NO_STREAM = -1n;

/** No attempt got an answer, so the append may have been committed. Repeat the same request. */
export class OutcomeUnknown extends Error {
  override name = 'OutcomeUnknown';
}

/**
 * Appends, and finds out whether the append was committed. After an unknown outcome (timeout, lost
 * connection), it sends the same ids again at the **same** expected revision: success means that
 * the append is committed. After a conflict it reads whether the stream holds these ids. It never
 * sends them at a newer revision, where they could be stored twice.
 *
 * @param revision of the last domain event in the stream; `NO_STREAM` if there must be none
 * @throws WrongExpectedRevision another writer was first, and nothing of this append is stored
 * @throws EventStoreUnavailable nothing was stored
 * @throws OutcomeUnknown after all attempts
 */
export async function appendOnce(
  eventStore: EventStore,
  clock: Clock,
  stream: string,
  revision: bigint,
  events: readonly NewEvent[],
): Promise<void> {
  const expected: ExpectedRevision = revision === NO_STREAM ? 'no-stream' : revision;
  const startedAt = clock.now();
  let ambiguous: unknown;
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    if (attempt > 1) {
      await clock.sleep(Math.min(PAUSE_MS.first * 2 ** (attempt - 2), PAUSE_MS.longest));
      if (clock.now() - startedAt > LAST_ATTEMPT_MS) break;
    }
    try {
      await eventStore.append(stream, expected, events);
      return;
    } catch (error) {
      if (error instanceof AmbiguousAppend) ambiguous = error;
      else if (ambiguous === undefined) throw error;
      else if (await isCommittedDespite(error, eventStore, stream, revision, events)) return;
    }
  }
  throw new OutcomeUnknown(`Unknown outcome of the append to ${stream}`, { cause: ambiguous });
}

/**
 * Interprets the error of a repeated append. False if the outcome is still unknown.
 * @throws the error itself if the append is certainly not committed
 */
async function isCommittedDespite(
  error: unknown,
  eventStore: EventStore,
  stream: string,
  revision: bigint,
  events: readonly NewEvent[],
): Promise<boolean> {
  if (error instanceof EventStoreUnavailable) return false;
  if (!(error instanceof WrongExpectedRevision)) throw error;
  const isCommitted = await holdsEvents(eventStore, stream, revision, events);
  if (isCommitted === false) throw error;
  return isCommitted === true;
}

/**
 * Whether the stream holds these domain events after the revision. Undefined if it cannot be read.
 */
async function holdsEvents(
  eventStore: EventStore,
  stream: string,
  revision: bigint,
  events: readonly NewEvent[],
): Promise<boolean | undefined> {
  let found = 0;
  try {
    for await (const { id } of eventStore.readStream(stream, {
      from: revision + 1n,
      maxCount: events.length,
    })) {
      if (id.toLowerCase() !== events[found]!.id.toLowerCase()) return false;
      found++;
    }
    return found === events.length;
  } catch (error) {
    if (error instanceof EventStoreUnavailable) return undefined;
    throw error;
  }
}
