import type { DomainEvent } from '../shared/domain-event.js';
import type { PriceOfCategory, SingleSeatRule } from '../seat-inventory/events.js';

/** Stream of one event: the show being sold, not what is stored. */
export const EVENT = 'event-';
export const eventStream = (eventId: string): string => EVENT + eventId;

export interface EventScheduledData {
  readonly eventId: string;
  readonly venueId: string;
  readonly name: string;
  readonly startsAt: string;
  /** Minutes after the start when sales end. Missing: 0. */
  readonly salesEndMinutesAfterStart?: number;
  /** IANA name of the zone that its times are told in; that of the venue unless told. */
  readonly timeZone?: string;
  readonly category: string | null;
  readonly performers: readonly string[];
  readonly description: string | null;
  readonly prices: readonly PriceOfCategory[];
  readonly onSaleAt: string | null;
  readonly holdSeconds: number;
  readonly maxSeatsPerCustomer: number;
  readonly singleSeatRule: SingleSeatRule;
  /** Whether a hold needs an account with a mail address. Missing: no. */
  readonly requireContactToHold?: boolean;
  /** Whether a waiting room starts automatically when too many seats are held unpaid or requested. Missing: no. */
  readonly autoWaitingRoom?: boolean;
  readonly seatingPlanHash: string;
  readonly seatCount: number;
  readonly scheduledAt: string;
}

export type EventScheduled = DomainEvent<'EventScheduled', EventScheduledData>;
export type EventRenamed = DomainEvent<
  'EventRenamed',
  { readonly eventId: string; readonly name: string; readonly renamedAt: string }
>;
/** All three, as they are from here on. */
export type EventDescribed = DomainEvent<
  'EventDescribed',
  {
    readonly eventId: string;
    readonly category: string | null;
    readonly performers: readonly string[];
    readonly description: string | null;
    readonly describedAt: string;
  }
>;
/** It begins at another time. What was sold stays sold. */
export type EventRescheduled = DomainEvent<
  'EventRescheduled',
  {
    readonly eventId: string;
    readonly startsAt: string;
    readonly fromStartsAt: string;
    readonly rescheduledAt: string;
  }
>;
/** The end of sales was changed, in minutes after the start. */
export type EventSalesEndChanged = DomainEvent<
  'EventSalesEndChanged',
  {
    readonly eventId: string;
    readonly salesEndMinutesAfterStart: number;
    readonly changedAt: string;
  }
>;
/** Its times are told in another zone; null: in that of the venue. The times themselves stay. */
export type EventTimeZoneChanged = DomainEvent<
  'EventTimeZoneChanged',
  { readonly eventId: string; readonly timeZone: string | null; readonly changedAt: string }
>;
/** The rules for holds and the automatic waiting room were changed; holds both new values. */
export type EventHoldRulesChanged = DomainEvent<
  'EventHoldRulesChanged',
  {
    readonly eventId: string;
    readonly requireContactToHold: boolean;
    readonly autoWaitingRoom: boolean;
    readonly changedAt: string;
  }
>;
/** It will not take place. From here on every sale is undone and paid back. */
export type EventCancelled = DomainEvent<
  'EventCancelled',
  { readonly eventId: string; readonly reason: string; readonly cancelledAt: string }
>;
/** Everybody has the money back. */
export type CancellationFinished = DomainEvent<
  'CancellationFinished',
  {
    readonly eventId: string;
    /** Reservations that were paid back because of it. */
    readonly sales: number;
    readonly finishedAt: string;
  }
>;
export type EventEvent =
  | EventScheduled
  | EventRenamed
  | EventDescribed
  | EventRescheduled
  | EventSalesEndChanged
  | EventTimeZoneChanged
  | EventHoldRulesChanged
  | EventCancelled
  | CancellationFinished;
