import type { DomainEvent } from '../shared/domain-event.js';
import type { Money } from '../shared/money.js';

/** Stream of one event's seats. The name before the first `-` is the category in EventStoreDB. */
export const SEAT_INVENTORY = 'seatInventory-';
export const seatInventoryStream = (eventId: string): string => SEAT_INVENTORY + eventId;

/** Whether a purchase may leave one lone seat behind: never checked, refused when avoidable, always refused. */
export type SingleSeatRule = 'off' | 'lenient' | 'strict';

export interface PriceOfCategory extends Money {
  readonly category: string;
  /**
   * Seats for those who need them, such as places for wheelchairs: sold when they or their category are named, and never
   * handed out as best available of any category.
   */
  readonly byRequest?: boolean;
}

/** The rules of one event's sale, fixed when its inventory opens. Times are ISO 8601 in UTC. */
export interface InventoryOpenedData {
  readonly eventId: string;
  /** SHA-256 of the seating plan, hex; the plan itself is stored once, in a stream of its own. */
  readonly seatingPlanHash: string;
  readonly seatCount: number;
  readonly prices: readonly PriceOfCategory[];
  /** Reserving is refused before, until `OnSaleMoved` says otherwise; null: on sale at once. */
  readonly onSaleAt: string | null;
  /** No reservations from this time on. `SalesEndMoved` may change it. Missing in older logs. */
  readonly salesEndAt?: string;
  readonly holdSeconds: number;
  /** Longest life of a hold, its extension for payment included, in seconds. */
  readonly holdCapSeconds: number;
  /** Seats that one customer may hold and own together. */
  readonly maxSeatsPerCustomer: number;
  readonly singleSeatRule: SingleSeatRule;
  readonly openedAt: string;
}

export interface SeatsReservedData {
  readonly reservationId: string;
  /** Opaque account id. */
  readonly customerId: string;
  readonly seatIds: readonly string[];
  readonly total: Money;
  /** Digest of what was asked for, so that the same key with another wish is noticed. */
  readonly requestDigest: string;
  readonly reservedAt: string;
  readonly expiresAt: string;
}

/**
 * Why money that came cannot buy the seats: somebody else has them, the buyer gave them back, they are paid for or paid
 * back, they cannot be had in exchange or not for this amount, or the event is cancelled.
 */
export type TurnedDownReason =
  'seats-lost' | 'released' | 'paid-twice' | 'exchange-refused' | 'sale-cancelled';

/** Why a sale was undone. */
export type UndoneReason = 'refunded-by-organizer' | 'event-cancelled';

/** Every later domain event of a reservation repeats its seats, so a reader needs no earlier one. */
interface OfReservation {
  readonly reservationId: string;
  readonly seatIds: readonly string[];
}

export type InventoryOpened = DomainEvent<'InventoryOpened', InventoryOpenedData>;
export type SeatsReserved = DomainEvent<'SeatsReserved', SeatsReservedData>;
export type PaymentStarted = DomainEvent<
  'PaymentStarted',
  { reservationId: string; startedAt: string; expiresAt: string }
>;
export type ReservationConfirmed = DomainEvent<
  'ReservationConfirmed',
  OfReservation & { paymentReference: string; confirmedAt: string }
>;
export type ReservationExpired = DomainEvent<
  'ReservationExpired',
  OfReservation & { expiredAt: string }
>;
export type ReservationReleased = DomainEvent<
  'ReservationReleased',
  OfReservation & { releasedAt: string }
>;
/** An expired reservation whose payment came late holds its seats again; followed by its confirmation. */
export type ReservationReinstated = DomainEvent<
  'ReservationReinstated',
  OfReservation & { reinstatedAt: string; expiresAt: string }
>;
export type ReservationRefunded = DomainEvent<
  'ReservationRefunded',
  OfReservation & { reason: UndoneReason; refundedAt: string }
>;
/** Other seats for those of a sale. What is in both lists stays with the buyer. */
export type SeatsExchanged = DomainEvent<
  'SeatsExchanged',
  OfReservation & {
    fromSeatIds: readonly string[];
    fromTotal: Money;
    /** Of the new seats. What they cost less than the old ones is due back. */
    total: Money;
    /** Of the capture that paid for what they cost more; null when there was nothing to pay. */
    paymentReference: string | null;
    exchangedAt: string;
  }
>;
/** Money came for which the seats cannot be sold. It has to go back: this payment will never buy them. */
export type PaymentTurnedDown = DomainEvent<
  'PaymentTurnedDown',
  {
    reservationId: string;
    paymentReference: string;
    reason: TurnedDownReason;
    turnedDownAt: string;
  }
>;
/**
 * A refund or exchange was withdrawn before the inventory decided about it: its tickets are valid again, and it can no
 * longer take effect.
 */
export type SaleChangeWithdrawn = DomainEvent<
  'SaleChangeWithdrawn',
  { reservationId: string; changeId: string; withdrawnAt: string }
>;
export type SeatsBlocked = DomainEvent<
  'SeatsBlocked',
  { seatIds: readonly string[]; reason: string; blockedAt: string }
>;
export type SeatsUnblocked = DomainEvent<
  'SeatsUnblocked',
  { seatIds: readonly string[]; unblockedAt: string }
>;
/** Sales open at another time than was announced; null: they are open. Holds and sales stay as they are. */
export type OnSaleMoved = DomainEvent<'OnSaleMoved', { onSaleAt: string | null; movedAt: string }>;
/** Sales end with the start of the event, which was rescheduled, or was not known to this inventory. */
export type SalesEndMoved = DomainEvent<'SalesEndMoved', { salesEndAt: string; movedAt: string }>;
export type SalesClosed = DomainEvent<'SalesClosed', { reason: string; closedAt: string }>;
/** No sale comes about any more; `sales` that have are refunded from here on. */
export type SaleCancelled = DomainEvent<
  'SaleCancelled',
  { reason: string; sales: number; cancelledAt: string }
>;

export type SeatInventoryEvent =
  | InventoryOpened
  | SeatsReserved
  | PaymentStarted
  | ReservationConfirmed
  | ReservationExpired
  | ReservationReleased
  | ReservationReinstated
  | ReservationRefunded
  | SeatsExchanged
  | PaymentTurnedDown
  | SaleChangeWithdrawn
  | SeatsBlocked
  | SeatsUnblocked
  | OnSaleMoved
  | SalesEndMoved
  | SalesClosed
  | SaleCancelled;
