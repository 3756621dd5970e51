import { EVENT, type EventEvent } from '../domain/event/events.js';
import { SEAT_INVENTORY, type SeatInventoryEvent } from '../domain/seat-inventory/events.js';
import type { RecordedEvent } from '../ports/event-store/event-store.js';
import { events, type ChangedColumns, type EventChange } from '../read-models/event/events.js';
import { handle, type Handlers, type Projection } from './projection.js';

/**
 * Reads inventory streams for the on-sale time and for the number of sales that a cancellation has
 * to undo.
 */
export const eventsProjection: Projection<EventChange> = {
  readModel: events,
  prefixes: [EVENT, SEAT_INVENTORY],
  project: (recorded) => {
    const change = recorded.stream.startsWith(EVENT)
      ? handle(HANDLERS, recorded)
      : changeFromInventory(recorded);
    return change && [change];
  },
};

function changeFromInventory({ stream, type, data }: RecordedEvent): EventChange | undefined {
  const event = { type, data } as SeatInventoryEvent;
  const eventId = stream.slice(SEAT_INVENTORY.length);
  if (event.type === 'SaleCancelled') return changed(eventId, { sales_to_undo: event.data.sales });
  if (event.type === 'OnSaleMoved') return changed(eventId, { on_sale_at: event.data.onSaleAt });
  return undefined;
}

const changed = (eventId: string, to: ChangedColumns): EventChange => ({
  kind: 'changed',
  eventId,
  to,
});

const announced = (eventId: string, to: ChangedColumns, announcedAt: string): EventChange => ({
  kind: 'changed',
  eventId,
  to,
  announcedAt,
});

const HANDLERS: Handlers<EventEvent, EventChange> = {
  EventScheduled: (data) => ({ kind: 'scheduled', ...data }),
  EventRenamed: ({ eventId, name, renamedAt }) => announced(eventId, { name }, renamedAt),
  EventDescribed: ({ eventId, describedAt, ...to }) => announced(eventId, to, describedAt),
  EventRescheduled: ({ eventId, startsAt, fromStartsAt, rescheduledAt }) =>
    announced(eventId, { starts_at: startsAt, rescheduled_from: fromStartsAt }, rescheduledAt),
  EventSalesEndChanged: ({ eventId, salesEndMinutesAfterStart, changedAt }) =>
    announced(eventId, { sales_end_minutes: salesEndMinutesAfterStart }, changedAt),
  EventTimeZoneChanged: ({ eventId, timeZone, changedAt }) =>
    announced(eventId, { time_zone: timeZone }, changedAt),
  EventHoldRulesChanged: ({ eventId, requireContactToHold, autoWaitingRoom }) =>
    changed(eventId, {
      require_contact_to_hold: requireContactToHold,
      auto_waiting_room: autoWaitingRoom,
    }),
  EventCancelled: ({ eventId, reason, cancelledAt }) =>
    announced(eventId, { cancelled_at: cancelledAt, cancel_reason: reason }, cancelledAt),
  CancellationFinished: ({ eventId, finishedAt }) => changed(eventId, { finished_at: finishedAt }),
};
