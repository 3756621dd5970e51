import { accept, reject, type Decision } from '../shared/decider.js';
import type {
  EventDescribed,
  EventHoldRulesChanged,
  EventRenamed,
  EventRescheduled,
  EventSalesEndChanged,
  EventTimeZoneChanged,
} from './events.js';
import type { ScheduledEvent } from './state.js';

/** What an organiser may change once an event is announced. What is left out stays. Times are ISO 8601 in UTC. */
export interface EventChanges {
  readonly name?: string;
  readonly category?: string | null;
  readonly performers?: readonly string[];
  readonly description?: string | null;
  readonly startsAt?: string;
  readonly salesEndMinutesAfterStart?: number;
  /** Null: that of the venue. */
  readonly timeZone?: string | null;
  readonly requireContactToHold?: boolean;
  readonly autoWaitingRoom?: boolean;
  /** Null: at once. Decided here only as far as it goes by the start; the inventory moves it. */
  readonly onSaleAt?: string | null;
}

export interface ChangeEvent {
  readonly type: 'ChangeEvent';
  readonly changes: EventChanges;
  /** When sales open, as the inventory has it; ISO 8601. Null: at once. */
  readonly onSaleAt: string | null;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** In order of precedence. */
export type ChangeEventRejection =
  | { readonly code: 'event-not-found' }
  | { readonly code: 'event-cancelled' }
  | { readonly code: 'start-in-the-past'; readonly startsAt: string }
  | { readonly code: 'on-sale-after-start'; readonly startsAt: string };

type Change =
  | EventRenamed
  | EventDescribed
  | EventRescheduled
  | EventSalesEndChanged
  | EventTimeZoneChanged
  | EventHoldRulesChanged;
type Announced = NonNullable<ScheduledEvent>;

/**
 * One domain event for each thing that is other than it was, so the same change twice appends nothing new, whatever has happened since. An event that should
 * have begun may still be put off: rain knows no schedule.
 */
export function decideChange(
  { changes, now, ...current }: ChangeEvent,
  event: ScheduledEvent,
): Decision<Change, ChangeEventRejection> {
  if (!event) return reject({ code: 'event-not-found' });
  const at = new Date(now).toISOString();
  const done: Change[] = [
    ...renamed(changes, event, at),
    ...described(changes, event, at),
    ...rescheduled(changes, event, at),
    ...salesEndChanged(changes, event, at),
    ...zoneChanged(changes, event, at),
    ...holdRulesChanged(changes, event, at),
  ];
  if (event.cancellation && done.length > 0) return reject({ code: 'event-cancelled' });
  const { startsAt = event.startsAt } = changes;
  const isMoved = startsAt !== event.startsAt;
  const { onSaleAt = isMoved ? current.onSaleAt : null } = changes;
  if (isMoved && Date.parse(startsAt) <= now) {
    return reject({ code: 'start-in-the-past', startsAt });
  }
  if (onSaleAt && Date.parse(onSaleAt) >= Date.parse(startsAt)) {
    return reject({ code: 'on-sale-after-start', startsAt });
  }
  return accept(...done);
}

function renamed({ name }: EventChanges, event: Announced, renamedAt: string): EventRenamed[] {
  if (name === undefined || name === event.name) return [];
  return [{ type: 'EventRenamed', data: { eventId: event.eventId, name, renamedAt } }];
}

function described(changes: EventChanges, event: Announced, describedAt: string): EventDescribed[] {
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
  event: Announced,
  rescheduledAt: string,
): EventRescheduled[] {
  const { eventId, startsAt: fromStartsAt } = event;
  if (startsAt === undefined || startsAt === fromStartsAt) return [];
  return [{ type: 'EventRescheduled', data: { eventId, startsAt, fromStartsAt, rescheduledAt } }];
}

function salesEndChanged(
  { salesEndMinutesAfterStart }: EventChanges,
  event: Announced,
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
  event: Announced,
  changedAt: string,
): EventTimeZoneChanged[] {
  if (timeZone === undefined || timeZone === (event.timeZone ?? null)) return [];
  return [{ type: 'EventTimeZoneChanged', data: { eventId: event.eventId, timeZone, changedAt } }];
}

function holdRulesChanged(
  changes: EventChanges,
  event: Announced,
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
