import type { Money } from '../../shared/money.js';
import type { TurnedDownReason, UndoneReason } from '../events.js';

export type ReservationStatus = 'held' | 'confirmed' | 'expired' | 'released' | 'refunded';

/** Seats of one customer. A record is replaced, never changed in place, so callers may keep it. */
export interface Reservation {
  readonly id: string;
  /** Number within the inventory, from 1. The inventory stores it for each seat. */
  readonly number: number;
  readonly customerId: string;
  readonly seatIds: readonly string[];
  readonly status: ReservationStatus;
  readonly total: Money;
  readonly requestDigest: string;
  /** Milliseconds since the epoch. */
  readonly reservedAt: number;
  /**
   * Time from which the hold may be expired, in milliseconds since the epoch. The hold lasts until
   * the stream contains its expiry.
   */
  readonly expiresAt: number;
  readonly paymentStarted: boolean;
  readonly paymentReference?: string;
  /** Time of the sale, in milliseconds since the epoch. Part of the ticket codes. */
  readonly confirmedAt?: number;
  /** Reason of the refund of a sale. */
  readonly refundReason?: UndoneReason;
  /** Captured payments that could not buy the seats. */
  readonly turnedDown?: readonly {
    readonly paymentReference: string;
    readonly reason: TurnedDownReason;
  }[];
  /** Oldest first. */
  readonly exchanges?: readonly Exchange[];
  /** Ids of refunds and exchanges that were withdrawn before they were decided. */
  readonly withdrawn?: readonly string[];
}

/** A completed exchange of seats. */
export interface Exchange {
  /** Reference of the capture for more expensive seats; null if there was nothing to pay. */
  readonly paymentReference: string | null;
  /** Difference that cheaper seats leave to refund, in minor units. */
  readonly dueBackMinor: number;
}

/** A sale that is still valid. Only this type gets tickets. */
export type ConfirmedReservation = Reservation & {
  readonly status: 'confirmed';
  readonly confirmedAt: number;
};

export const isConfirmed = (
  reservation: Reservation | undefined,
): reservation is ConfirmedReservation =>
  reservation?.status === 'confirmed' && reservation.confirmedAt !== undefined;

/** Whether the hold is past its time, but not yet expired in the stream. `now` in milliseconds. */
export const isOverdue = ({ status, expiresAt }: Reservation, now: number): boolean =>
  status === 'held' && expiresAt <= now;

/** Whether seats were sold for this payment. */
export const wasBoughtWith = (
  { paymentReference, exchanges = [] }: Reservation,
  reference: string,
): boolean =>
  paymentReference === reference ||
  exchanges.some((exchange) => exchange.paymentReference === reference);

/** Returns the reason for which this payment was turned down, or undefined. */
export const turnedDownReason = (
  { turnedDown = [] }: Reservation,
  reference: string,
): TurnedDownReason | undefined =>
  turnedDown.find(({ paymentReference }) => paymentReference === reference)?.reason;

/** Whether this refund or exchange was withdrawn. */
export const isWithdrawn = ({ withdrawn = [] }: Reservation, changeId: string): boolean =>
  withdrawn.includes(changeId);
