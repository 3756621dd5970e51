import type { EventEvent, EventScheduledData } from './events.js';

export interface Cancellation {
  readonly reason: string;
  /** ISO 8601. */
  readonly cancelledAt: string;
  /** When all sales had been refunded; ISO 8601. Missing while refunds are in progress. */
  readonly finishedAt?: string;
}

/** `onSaleAt` is the value at scheduling; the inventory holds the current one. */
export type PlannedEvent = EventScheduledData & { readonly cancellation?: Cancellation };

/** Undefined until the event is scheduled. */
export type ScheduledEvent = PlannedEvent | undefined;

const MINUTE_MS = 60_000;

/** Returns the end of sales; ISO 8601 in UTC. */
export function salesEndOf({
  startsAt,
  salesEndMinutesAfterStart = 0,
}: Pick<EventScheduledData, 'startsAt' | 'salesEndMinutesAfterStart'>): string {
  return new Date(Date.parse(startsAt) + salesEndMinutesAfterStart * MINUTE_MS).toISOString();
}

export function evolveEvent(event: ScheduledEvent, domainEvent: EventEvent): ScheduledEvent {
  if (domainEvent.type === 'EventScheduled') return domainEvent.data;
  if (!event) throw new Error(`${domainEvent.type} for an event that was never scheduled`);
  switch (domainEvent.type) {
    case 'EventRenamed':
      return { ...event, name: domainEvent.data.name };
    case 'EventDescribed': {
      const { category, performers, description } = domainEvent.data;
      return { ...event, category, performers, description };
    }
    case 'EventRescheduled':
      return { ...event, startsAt: domainEvent.data.startsAt };
    case 'EventSalesEndChanged':
      return { ...event, salesEndMinutesAfterStart: domainEvent.data.salesEndMinutesAfterStart };
    case 'EventTimeZoneChanged':
      return { ...event, timeZone: domainEvent.data.timeZone ?? undefined };
    case 'EventHoldRulesChanged': {
      const { requireContactToHold, autoWaitingRoom } = domainEvent.data;
      return { ...event, requireContactToHold, autoWaitingRoom };
    }
    case 'EventCancelled': {
      const { reason, cancelledAt } = domainEvent.data;
      return { ...event, cancellation: { reason, cancelledAt } };
    }
    case 'CancellationFinished': {
      const { finishedAt } = domainEvent.data;
      return { ...event, cancellation: { ...event.cancellation!, finishedAt } };
    }
    default:
      throw new Error(
        `Unknown domain event type ${(domainEvent as { type: string }).type}: run a newer version`,
      );
  }
}
