import { setTimeout } from 'node:timers/promises';
import {
  EventStoreForbidden,
  EventStoreUnavailable,
  EventStoreUnsupported,
} from '../../../ports/event-store/event-store.js';

/** Pause between two attempts. Milliseconds. */
const RETRY_MS = 100;

/**
 * Too many calls are waiting already. This alone is not an outage, but the queue may be long during
 * one.
 */
export class EventStoreBusy extends EventStoreUnavailable {
  override name = 'EventStoreBusy';
}

/**
 * Waits out the election of a leader, so that callers see a pause instead of an error. The wait
 * counts from the first failure, not from each call: in a longer outage every call fails at once.
 */
export interface Patience {
  succeeded(): void;
  /**
   * Resolves when the call should be retried.
   * @throws the error itself when the call should not be retried
   */
  failed(error: unknown): Promise<void>;
}

export function openPatience(waitMs: number, closing: AbortSignal): Patience {
  let firstFailure: number | undefined;
  let lastFailure = 0;
  return {
    succeeded: () => (firstFailure = undefined),
    async failed(error) {
      if (!(error instanceof EventStoreUnavailable) || isFinal(error) || closing.aborted)
        throw error;
      const now = performance.now();
      // There was no call for that long, so an earlier outage may be over.
      if (now - lastFailure > waitMs) firstFailure = undefined;
      if (firstFailure === undefined && error instanceof EventStoreBusy) throw error;
      firstFailure ??= now;
      lastFailure = now;
      if (now - firstFailure >= waitMs) throw error;
      await setTimeout(RETRY_MS);
      if (closing.aborted) throw error;
    },
  };
}

const isFinal = (error: EventStoreUnavailable): boolean =>
  error instanceof EventStoreForbidden || error instanceof EventStoreUnsupported;
