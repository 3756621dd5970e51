import { EVENT, type EventEvent } from '../domain/event/events.js';
import { SEAT_INVENTORY, type SeatInventoryEvent } from '../domain/seat-inventory/events.js';
import type { RecordedEvent } from '../ports/event-store.js';
import { events, type EventChange } from '../read-models/events.js';
import { unknownType, type Projection } from './projection.js';

/** Of the inventory it needs to know how many sales a cancellation has to undo. */
export const eventsProjection: Projection<EventChange> = {
  readModel: events,
  prefixes: [EVENT, SEAT_INVENTORY],
  project: (recorded) => {
    const change = recorded.stream.startsWith(EVENT) ? ofEvent(recorded) : ofInventory(recorded);
    return change && [change];
  },
};

function ofInventory({ stream, type, data }: RecordedEvent): EventChange | undefined {
  const event = { type, data } as SeatInventoryEvent;
  if (event.type !== 'SaleCancelled') return undefined;
  const eventId = stream.slice(SEAT_INVENTORY.length);
  return { kind: 'changed', eventId, salesToUndo: event.data.sales };
}

function ofEvent({ type, data }: RecordedEvent): EventChange {
  const event = { type, data } as EventEvent;
  switch (event.type) {
    case 'EventScheduled':
      return { kind: 'scheduled', ...event.data };
    case 'EventCancelled':
      return { kind: 'changed', ...event.data };
    case 'CancellationFinished': {
      const { eventId, finishedAt } = event.data;
      return { kind: 'changed', eventId, finishedAt };
    }
    default:
      throw unknownType(event);
  }
}
