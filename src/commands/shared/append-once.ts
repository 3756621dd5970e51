import type { Clock } from '../../ports/system/clock.js';
import {
  AmbiguousAppend,
  EventStoreUnavailable,
  WrongExpectedRevision,
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
} from '../../ports/event-store/event-store.js';

/** Tries of one append whose outcome is unknown, and the pause before the second, which doubles up to the last. Milliseconds. */
const TRIES = 8;
const PAUSE_MS = { first: 100, last: 1_000 };
/**
 * After this long no other try begins. One takes no more than five seconds, so callers know within ten: before a load balancer
 * gives them up, and before a process that ends has to end. Milliseconds.
 */
const LAST_TRY_MS = 5_000;

/** Revision of a stream that does not exist. */
export const NO_STREAM = -1n;

/** Several tries ended without an answer. The append may have landed: ask again with the same request. */
export class OutcomeUnknown extends Error {
  override name = 'OutcomeUnknown';
}

/**
 * Appends and finds out whether it landed. When nobody knows (time-out, lost connection), the same ids are sent
 * again at the **same** expected revision: success means that it has landed, now or before; a wrong revision means
 * to look whether the log holds those very ids. They are never sent at a newer revision, where they could land twice.
 *
 * @param revision of the last domain event in the stream, `NO_STREAM` when there must be none
 * @throws WrongExpectedRevision another writer was first and nothing of this append is in the log
 * @throws EventStoreUnavailable nothing was written
 * @throws OutcomeUnknown nobody knows, after several tries
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
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    if (attempt > 1)
      await clock.sleep(Math.min(PAUSE_MS.first * 2 ** (attempt - 2), PAUSE_MS.last));
    if (attempt > 1 && clock.now() - startedAt > LAST_TRY_MS) break;
    try {
      await eventStore.append(stream, expected, events);
      return;
    } catch (error) {
      if (error instanceof AmbiguousAppend) ambiguous = error;
      else if (ambiguous === undefined) throw error;
      else if (error instanceof WrongExpectedRevision) {
        const landed = await hasLanded(eventStore, stream, revision, events);
        if (landed === true) return;
        if (landed === false) throw error;
      } else if (!(error instanceof EventStoreUnavailable)) throw error;
    }
  }
  throw new OutcomeUnknown(`It is not known whether the append to ${stream} has landed.`, {
    cause: ambiguous,
  });
}

/** Undefined when the log cannot be read either. */
async function hasLanded(
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
