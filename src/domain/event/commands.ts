import type { PriceOfCategory, SingleSeatRule } from '../seat-inventory/events.js';

/** Default and limits of a hold, in seconds. */
export const DEFAULT_HOLD_SECONDS = 600;
export const MIN_HOLD_SECONDS = 1;
export const MAX_HOLD_SECONDS = 7_200;
export const DEFAULT_MAX_SEATS_PER_CUSTOMER = 10;
/**
 * Sales end at the start by default, and at most one week after it, for events of several days.
 * Minutes.
 */
export const MAX_SALES_END_MINUTES = 7 * 24 * 60;

export interface ScheduleEvent {
  readonly type: 'ScheduleEvent';
  readonly eventId: string;
  readonly venueId: string;
  readonly name: string;
  /** ISO 8601 in UTC, like all times here. */
  readonly startsAt: string;
  /** Missing: 0. */
  readonly salesEndMinutesAfterStart?: number;
  readonly timeZone?: string;
  readonly category?: string;
  readonly performers?: readonly string[];
  readonly description?: string;
  readonly prices: readonly PriceOfCategory[];
  readonly onSaleAt?: string;
  readonly holdSeconds?: number;
  readonly maxSeatsPerCustomer?: number;
  readonly singleSeatRule?: SingleSeatRule;
  readonly requireContactToHold?: boolean;
  readonly autoWaitingRoom?: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Details that an organizer may change after scheduling. A missing field stays as it is. */
export interface EventChanges {
  readonly name?: string;
  readonly category?: string | null;
  readonly performers?: readonly string[];
  readonly description?: string | null;
  readonly startsAt?: string;
  readonly salesEndMinutesAfterStart?: number;
  /** Null: the time zone of the venue. */
  readonly timeZone?: string | null;
  readonly requireContactToHold?: boolean;
  readonly autoWaitingRoom?: boolean;
  /** Null: on sale at once. Only checked against the start here; the inventory moves the sale. */
  readonly onSaleAt?: string | null;
}

export interface ChangeEvent {
  readonly type: 'ChangeEvent';
  readonly changes: EventChanges;
  /** Current opening of the sale in the inventory. Null: on sale at once. */
  readonly onSaleAt: string | null;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface CancelEvent {
  readonly type: 'CancelEvent';
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Records that all sales of a canceled event have been refunded. */
export interface FinishCancellation {
  readonly type: 'FinishCancellation';
  /** Number of refunded sales. */
  readonly sales: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export type EventCommand = ScheduleEvent | ChangeEvent | CancelEvent | FinishCancellation;

/** In order of precedence. */
export type EventRejection =
  | { readonly code: 'event-not-found' }
  | { readonly code: 'event-fixed'; readonly fields: readonly string[] }
  | { readonly code: 'event-cancelled' }
  | { readonly code: 'event-not-cancelled' }
  | { readonly code: 'start-in-the-past'; readonly startsAt: string }
  | { readonly code: 'on-sale-after-start'; readonly startsAt: string }
  | { readonly code: 'venue-not-found' }
  | { readonly code: 'prices-repeated'; readonly categories: readonly string[] }
  | { readonly code: 'prices-of-unknown-category'; readonly categories: readonly string[] }
  | { readonly code: 'prices-missing'; readonly categories: readonly string[] }
  | { readonly code: 'currencies-mixed'; readonly currencies: readonly string[] };
