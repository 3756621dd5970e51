import type { DomainEvent } from '../shared/domain-event.js';
import type { Money } from '../shared/money.js';

/**
 * Stream of the seats of one event. The part before the first `-` is the category in EventStoreDB.
 */
export const SEAT_INVENTORY = 'seatInventory-';
export const seatInventoryStream = (eventId: string): string => SEAT_INVENTORY + eventId;

/**
 * Rule for purchases that leave a single seat: not checked, rejected if avoidable, always rejected.
 */
export type SingleSeatRule = 'off' | 'lenient' | 'strict';

export interface PriceOfCategory extends Money {
  readonly category: string;
  /**
   * For seats such as wheelchair places: sold only if the seats or their category are named, never
   * as best available seats of any category.
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
  /** Opening of the sale, until `OnSaleMoved` changes it; null: on sale at once. */
  readonly onSaleAt: string | null;
  /** End of the sale, until `SalesEndMoved` changes it. Missing in older streams. */
  readonly salesEndAt?: string;
  readonly holdSeconds: number;
  /** Longest duration of a hold including its extension for payment, in seconds. */
  readonly holdCapSeconds: number;
  /** Seats that one customer may hold and own in total. */
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
  /**
   * Digest of the selection, which detects an idempotency key that is reused with a different
   * request.
   */
  readonly requestDigest: string;
  readonly reservedAt: string;
  readonly expiresAt: string;
}

/**
 * Reason why a captured payment cannot buy the seats: another customer has them, the buyer released
 * them, they are already paid or refunded, the exchange or its amount is not possible, or the event
 * is canceled.
 */
export type TurnedDownReason =
  'seats-lost' | 'released' | 'paid-twice' | 'exchange-refused' | 'sale-cancelled';

/** Reason of a refund. */
export type UndoneReason = 'refunded-by-organizer' | 'event-cancelled';

/**
 * Later domain events repeat the seats of the reservation, so that a reader needs no earlier one.
 */
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
/** An ended hold was held again because its payment arrived late. Its confirmation follows. */
export type ReservationReinstated = DomainEvent<
  'ReservationReinstated',
  OfReservation & { reinstatedAt: string; expiresAt: string }
>;
export type ReservationRefunded = DomainEvent<
  'ReservationRefunded',
  OfReservation & { reason: UndoneReason; refundedAt: string }
>;
/** Seats of a sale were exchanged. Seats in both lists stay with the buyer. */
export type SeatsExchanged = DomainEvent<
  'SeatsExchanged',
  OfReservation & {
    fromSeatIds: readonly string[];
    fromTotal: Money;
    /** Total of the new seats. If they are cheaper, the difference is refunded. */
    total: Money;
    /** Reference of the capture for more expensive seats; null if there was nothing to pay. */
    paymentReference: string | null;
    exchangedAt: string;
  }
>;
/** A captured payment could not buy the seats. It has to be refunded and will never buy them. */
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
 * A refund or exchange was withdrawn before it was decided. Its tickets are valid again, and it can
 * no longer happen.
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
/** The opening of the sale was moved; null: on sale at once. Holds and sales stay. */
export type OnSaleMoved = DomainEvent<'OnSaleMoved', { onSaleAt: string | null; movedAt: string }>;
/**
 * The end of sales was moved, because the event was rescheduled or the inventory did not know its
 * start.
 */
export type SalesEndMoved = DomainEvent<'SalesEndMoved', { salesEndAt: string; movedAt: string }>;
export type SalesClosed = DomainEvent<'SalesClosed', { reason: string; closedAt: string }>;
/** The sale was canceled for good. Its `sales` are refunded from here on. */
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
