import { EVENT, type EventEvent } from '../domain/event/events.js';
import { SEAT_INVENTORY, type SeatInventoryEvent } from '../domain/seat-inventory/events.js';
import type { RecordedEvent } from '../ports/event-store/event-store.js';
import { events, type EventChange } from '../read-models/event/events.js';
import { unknownType, type Projection } from './projection.js';

/** Of the inventory it needs to know when sales open, and how many of them a cancellation has to undo. */
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
  const eventId = stream.slice(SEAT_INVENTORY.length);
  if (event.type === 'SaleCancelled')
    return { kind: 'changed', eventId, to: { sales_to_undo: event.data.sales } };
  if (event.type === 'OnSaleMoved')
    return { kind: 'changed', eventId, to: { on_sale_at: event.data.onSaleAt } };
  return undefined;
}

function ofEvent({ type, data }: RecordedEvent): EventChange {
  const event = { type, data } as EventEvent;
  switch (event.type) {
    case 'EventScheduled':
      return { kind: 'scheduled', ...event.data };
    case 'EventRenamed': {
      const { eventId, name, renamedAt } = event.data;
      return { kind: 'changed', eventId, to: { name }, announcedAt: renamedAt };
    }
    case 'EventDescribed': {
      const { eventId, describedAt, ...to } = event.data;
      return { kind: 'changed', eventId, to, announcedAt: describedAt };
    }
    case 'EventRescheduled': {
      const { eventId, startsAt, fromStartsAt, rescheduledAt } = event.data;
      const to = { starts_at: startsAt, rescheduled_from: fromStartsAt };
      return { kind: 'changed', eventId, to, announcedAt: rescheduledAt };
    }
    case 'EventSalesEndChanged': {
      const { eventId, salesEndMinutesAfterStart, changedAt } = event.data;
      const to = { sales_end_minutes: salesEndMinutesAfterStart };
      return { kind: 'changed', eventId, to, announcedAt: changedAt };
    }
    case 'EventTimeZoneChanged': {
      const { eventId, timeZone, changedAt } = event.data;
      return { kind: 'changed', eventId, to: { time_zone: timeZone }, announcedAt: changedAt };
    }
    case 'EventHoldRulesChanged': {
      const { eventId, requireContactToHold, autoWaitingRoom } = event.data;
      const to = {
        require_contact_to_hold: requireContactToHold,
        auto_waiting_room: autoWaitingRoom,
      };
      return { kind: 'changed', eventId, to };
    }
    case 'EventCancelled': {
      const { eventId, reason, cancelledAt } = event.data;
      const to = { cancelled_at: cancelledAt, cancel_reason: reason };
      return { kind: 'changed', eventId, to, announcedAt: cancelledAt };
    }
    case 'CancellationFinished': {
      const { eventId, finishedAt } = event.data;
      return { kind: 'changed', eventId, to: { finished_at: finishedAt } };
    }
    default:
      throw unknownType(event);
  }
}
