import { LRUCache } from 'lru-cache';
import type { SeatingPlans } from '../../commands/seating-plan/seating-plans.js';
import type { PriceOfCategory } from '../../domain/seat-inventory/events.js';
import type { SeatLayout } from '../../domain/seating-plan/layout.js';
import type { EventQueries } from '../../read-models/event/events-queries.js';

/** Events whose plan hash and prices are remembered. */
const MAX_REMEMBERED = 10_000;

/** The part of an event's seats that never changes. */
export interface EventLayout {
  readonly layout: SeatLayout;
  readonly prices: readonly PriceOfCategory[];
}

export interface EventLayouts {
  /** Undefined while the event is not projected. */
  of(eventId: string): Promise<EventLayout | undefined>;
}

export function openEventLayouts(events: EventQueries, plans: SeatingPlans): EventLayouts {
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
