import { LRUCache } from 'lru-cache';
import type { SeatingPlans } from '../../commands/seating-plan/seating-plans.js';
import type { PriceOfCategory } from '../../domain/seat-inventory/events.js';
import type { SeatLayout } from '../../domain/seating-plan/layout.js';
import type { EventQueries } from '../../read-models/event/events-queries.js';

/** Events whose hall is remembered by its hash alone. */
const MAX_REMEMBERED = 10_000;

/** What never changes about an event's seats. */
export interface Hall {
  readonly layout: SeatLayout;
  readonly prices: readonly PriceOfCategory[];
}

export interface Halls {
  /** Undefined while the read model does not show the event. */
  of(eventId: string): Promise<Hall | undefined>;
}

export function openHalls(events: EventQueries, plans: SeatingPlans): Halls {
  const known = new LRUCache<string, { hash: string; prices: readonly PriceOfCategory[] }>({
    max: MAX_REMEMBERED,
  });
  return {
    of: async (eventId) => {
      let facts = known.get(eventId);
      if (!facts) {
        const event = await events.event(eventId);
        if (!event) return undefined;
        facts = { hash: event.seatingPlanHash, prices: event.prices };
        known.set(eventId, facts);
      }
      const { layout } = await plans.load(facts.hash);
      return { layout, prices: facts.prices };
    },
  };
}
