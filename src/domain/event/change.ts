import { accept, reject, type Decision } from '../shared/decider.js';
import type { ChangeEvent, EventChanges, EventRejection } from './commands.js';
import type {
  EventDescribed,
  EventHoldRulesChanged,
  EventRenamed,
  EventRescheduled,
  EventSalesEndChanged,
  EventTimeZoneChanged,
} from './events.js';
import type { PlannedEvent } from './state.js';

type Change =
  | EventRenamed
  | EventDescribed
  | EventRescheduled
  | EventSalesEndChanged
  | EventTimeZoneChanged
  | EventHoldRulesChanged;

/**
 * Appends one domain event for each group of fields that differs, so that the same change twice
 * appends nothing new. The start may still be moved after it has passed.
 */
export function changeEvent(
  { changes, now, ...current }: ChangeEvent,
  event: PlannedEvent,
): Decision<Change, EventRejection> {
  const at = new Date(now).toISOString();
  const changed: Change[] = [
    ...renamed(changes, event, at),
    ...described(changes, event, at),
    ...rescheduled(changes, event, at),
    ...salesEndChanged(changes, event, at),
    ...zoneChanged(changes, event, at),
    ...holdRulesChanged(changes, event, at),
  ];
  if (event.cancellation && changed.length > 0) return reject({ code: 'event-cancelled' });
  const { startsAt = event.startsAt } = changes;
  const isMoved = startsAt !== event.startsAt;
  const { onSaleAt = isMoved ? current.onSaleAt : null } = changes;
  if (isMoved && Date.parse(startsAt) <= now) {
    return reject({ code: 'start-in-the-past', startsAt });
  }
  if (onSaleAt && Date.parse(onSaleAt) >= Date.parse(startsAt)) {
    return reject({ code: 'on-sale-after-start', startsAt });
  }
  return accept(...changed);
}

function renamed({ name }: EventChanges, event: PlannedEvent, renamedAt: string): EventRenamed[] {
  if (name === undefined || name === event.name) return [];
  return [{ type: 'EventRenamed', data: { eventId: event.eventId, name, renamedAt } }];
}

function described(
  changes: EventChanges,
  event: PlannedEvent,
  describedAt: string,
): EventDescribed[] {
  const { eventId } = event;
  const before = {
    category: event.category,
    performers: event.performers,
    description: event.description,
  };
  const {
    category = before.category,
    performers = before.performers,
    description = before.description,
  } = changes;
  const after = { category, performers, description };
  if (JSON.stringify(after) === JSON.stringify(before)) return [];
  return [{ type: 'EventDescribed', data: { eventId, ...after, describedAt } }];
}

function rescheduled(
  { startsAt }: EventChanges,
  event: PlannedEvent,
  rescheduledAt: string,
): EventRescheduled[] {
  const { eventId, startsAt: fromStartsAt } = event;
  if (startsAt === undefined || startsAt === fromStartsAt) return [];
  return [{ type: 'EventRescheduled', data: { eventId, startsAt, fromStartsAt, rescheduledAt } }];
}

function salesEndChanged(
  { salesEndMinutesAfterStart }: EventChanges,
  event: PlannedEvent,
  changedAt: string,
): EventSalesEndChanged[] {
  const { eventId, salesEndMinutesAfterStart: before = 0 } = event;
  if (salesEndMinutesAfterStart === undefined || salesEndMinutesAfterStart === before) return [];
  return [
    { type: 'EventSalesEndChanged', data: { eventId, salesEndMinutesAfterStart, changedAt } },
  ];
}

function zoneChanged(
  { timeZone }: EventChanges,
  event: PlannedEvent,
  changedAt: string,
): EventTimeZoneChanged[] {
  if (timeZone === undefined || timeZone === (event.timeZone ?? null)) return [];
  return [{ type: 'EventTimeZoneChanged', data: { eventId: event.eventId, timeZone, changedAt } }];
}

function holdRulesChanged(
  changes: EventChanges,
  event: PlannedEvent,
  changedAt: string,
): EventHoldRulesChanged[] {
  const { eventId, requireContactToHold: contact = false, autoWaitingRoom: room = false } = event;
  const { requireContactToHold = contact, autoWaitingRoom = room } = changes;
  if (requireContactToHold === contact && autoWaitingRoom === room) return [];
  return [
    {
      type: 'EventHoldRulesChanged',
      data: { eventId, requireContactToHold, autoWaitingRoom, changedAt },
    },
  ];
}
