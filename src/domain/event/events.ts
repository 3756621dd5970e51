import type { DomainEvent } from '../shared/domain-event.js';
import type { PriceOfCategory, SingleSeatRule } from '../seat-inventory/events.js';

/** Stream of one event, in the sense of the show that is sold. */
export const EVENT = 'event-';
export const eventStream = (eventId: string): string => EVENT + eventId;

export interface EventScheduledData {
  readonly eventId: string;
  readonly venueId: string;
  readonly name: string;
  readonly startsAt: string;
  /** Minutes after the start when sales end. Missing: 0. */
  readonly salesEndMinutesAfterStart?: number;
  /** IANA name of the time zone for its times. Missing: the time zone of the venue. */
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
  /**
   * Whether a waiting room starts automatically when too many seats are held unpaid or requested.
   * Missing: no.
   */
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
/** Holds the new values of all three fields. */
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
/** The start was moved. Sales stay valid. */
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
/** The time zone for its times was changed; null: the time zone of the venue. The times stay. */
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
/** The event will not take place. Every sale is refunded from here on. */
export type EventCancelled = DomainEvent<
  'EventCancelled',
  { readonly eventId: string; readonly reason: string; readonly cancelledAt: string }
>;
/** All sales have been refunded. */
export type CancellationFinished = DomainEvent<
  'CancellationFinished',
  {
    readonly eventId: string;
    /** Number of refunded reservations. */
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
