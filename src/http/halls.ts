import { LRUCache } from 'lru-cache';
import { derivedId } from '../commands/context.js';
import type { SeatingPlans } from '../commands/seating-plans.js';
import type { PriceOfCategory } from '../domain/seat-inventory/events.js';
import type { SeatLayout } from '../domain/seating-plan/layout.js';
import type { EventQueries } from '../read-models/events-queries.js';

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

/** One sold seat, as its owner sees it. */
export interface Ticket {
  readonly ticketId: string;
  readonly seatId: string;
  readonly section: string;
  readonly row: string;
  readonly number: string;
  readonly category: string;
}

/** The same reservation has the same tickets, however often they are asked for. */
export function ticketsOf(layout: SeatLayout, reservationId: string, seatIds: readonly string[]): Ticket[] {
  return seatIds.map((seatId) => ({
    ticketId: derivedId('ticket', reservationId, seatId),
    seatId,
    ...placeOf(layout, layout.indexOf.get(seatId)!),
  }));
}

export function placeOf(layout: SeatLayout, seat: number) {
  return {
    section: layout.sections[layout.sectionOf[seat]!]!,
    row: layout.rows[layout.rowOf[seat]!]!,
    number: layout.numbers[seat]!,
    category: layout.categories[layout.categoryOf[seat]!]!.name,
  };
}
