import { LRUCache } from 'lru-cache';
import type { Clock } from '../../ports/system/clock.js';
import type { EventStore } from '../../ports/event-store/event-store.js';
import { readEvent } from '../event/event-stream.js';

/** Options of an organizer against unpaid holds. */
export interface HoldRules {
  readonly requireContactToHold: boolean;
  readonly autoWaitingRoom: boolean;
}

export interface HoldRulesOfEvents {
  /**
   * Returns the rules, at most two seconds old. All are off for an unknown event. @throws
   * EventStoreUnavailable
   */
  of(eventId: string): Promise<HoldRules>;
}

/** Maximum of events in the cache. */
const MAX_EVENTS = 10_000;
/** Milliseconds. */
const LOOK_AGAIN_MS = 2_000;

/**
 * Reads the short stream of an event. A busy sale reads it every two seconds, and waits only for
 * the first read.
 */
export function openHoldRules(eventStore: EventStore, clock: Clock): HoldRulesOfEvents {
  const known = new LRUCache<
    string,
    { readonly rules: Promise<HoldRules>; readonly readAt: number }
  >({
    max: MAX_EVENTS,
  });
  const read = async (eventId: string): Promise<HoldRules> => {
    const { state: event } = await readEvent(eventStore, eventId);
    const { requireContactToHold = false, autoWaitingRoom = false } = event ?? {};
    return { requireContactToHold, autoWaitingRoom };
  };
  return {
    of: (eventId) => {
      const before = known.get(eventId);
      if (before && clock.now() - before.readAt < LOOK_AGAIN_MS) return before.rules;
      const reading = read(eventId);
      const readAt = clock.now();
      if (!before) {
        known.set(eventId, { rules: reading, readAt });
        reading.catch(() => known.delete(eventId));
        return reading;
      }
      // While the log cannot be read, the last known rules apply.
      known.set(eventId, { rules: before.rules, readAt });
      reading.then(
        (rules) => known.set(eventId, { rules: Promise.resolve(rules), readAt }),
        () => undefined,
      );
      return before.rules;
    },
  };
}
