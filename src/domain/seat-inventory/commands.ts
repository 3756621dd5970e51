import type { Decision } from '../shared/decider.js';
import type { Money } from '../shared/money.js';
import type { InventoryOpenedData, SeatInventoryEvent, UndoneReason } from './events.js';

/** Upper limit for the seats per customer of an event, and so for the seats of one reservation. */
export const MAX_SEATS_PER_CUSTOMER = 100;
/** Seats of one block command, so that its `SeatsBlocked` stays far below 256 KiB. */
export const MAX_SEATS_PER_BLOCK = 1_000;
/**
 * Reservations that one command ends, and their seats, so that its domain events fit one append.
 */
export const MAX_EXPIRED_PER_COMMAND = 100;
export const MAX_SEATS_EXPIRED_PER_COMMAND = 2_000;
/** Payment reference of a free sale, for which no payment provider was called. */
export const FREE_OF_CHARGE = 'free of charge';
/**
 * Starting payment extends the hold to at least this time from now, or to its own length if that is
 * shorter, up to its cap.
 */
export const PAYMENT_EXTENSION_SECONDS = 300;

/** Milliseconds since the epoch, from the clock of the node that took the command. */
type Instant = number;

export interface OpenInventory {
  readonly type: 'OpenInventory';
  readonly inventory: Omit<InventoryOpenedData, 'openedAt'>;
  readonly now: Instant;
}

/** The best available seats. */
export interface BestAvailable {
  readonly quantity: number;
  /** Missing: any category. */
  readonly category?: string;
}

/** The seats that a buyer asks for: by id, or the best available ones. */
export type SeatSelection =
  { readonly seatIds: readonly string[] } | { readonly bestAvailable: BestAvailable };

export interface ReserveSeats {
  readonly type: 'ReserveSeats';
  readonly reservationId: string;
  readonly customerId: string;
  readonly selection: SeatSelection;
  /** Digest of the selection. */
  readonly requestDigest: string;
  readonly now: Instant;
}

interface NamesReservation {
  readonly reservationId: string;
  /**
   * Customer of the reservation; null for the system. Other customers' reservations are not found.
   */
  readonly customerId: string | null;
  readonly now: Instant;
}

export interface StartPayment extends NamesReservation {
  readonly type: 'StartPayment';
  /** Without a payment method: nothing is written unless the reservation is free of charge. */
  readonly onlyIfFree?: boolean;
}
export interface ConfirmReservation extends NamesReservation {
  readonly type: 'ConfirmReservation';
  readonly paymentReference: string;
}
/** Sells the seats for a captured payment, or turns the payment down for good. */
export interface SettlePayment extends NamesReservation {
  readonly type: 'SettlePayment';
  readonly paymentReference: string;
}
export interface ReleaseReservation extends NamesReservation {
  readonly type: 'ReleaseReservation';
}
export interface ReinstateReservation extends NamesReservation {
  readonly type: 'ReinstateReservation';
  readonly paymentReference: string;
}
/**
 * A refund or exchange by an organizer. The tickets of the returned seats must be void first: until
 * then the inventory accepts the command, writes nothing, and returns the current reservation.
 */
export interface SaleChange {
  readonly id: string;
  /** Seats whose tickets are void. */
  readonly voidedSeatIds: readonly string[];
}
export interface RefundReservation extends NamesReservation {
  readonly type: 'RefundReservation';
  readonly reason: UndoneReason;
  /** Missing if tickets need not be void first. */
  readonly change?: SaleChange;
}
/** Withdraws a refund or exchange for good, unless it has already happened. */
export interface WithdrawSaleChange extends NamesReservation {
  readonly type: 'WithdrawSaleChange';
  readonly changeId: string;
  /** Withdraws only if the reservation has this seat. Missing: in any case. */
  readonly seatId?: string;
}
/** Exchanges seats of a sale. */
export interface ExchangeSeats extends NamesReservation {
  readonly type: 'ExchangeSeats';
  /** All seats of the sale after the exchange, including those that stay. */
  readonly seatIds: readonly string[];
  /** Captured payment for the difference in price. Required for more expensive seats. */
  readonly payment?: { readonly reference: string; readonly amount: Money };
  /** Missing if tickets need not be void first. */
  readonly change?: SaleChange;
}
export interface ExpireReservations {
  readonly type: 'ExpireReservations';
  readonly reservationIds: readonly string[];
  readonly now: Instant;
}
export interface BlockSeats {
  readonly type: 'BlockSeats';
  readonly seatIds: readonly string[];
  readonly reason: string;
  readonly now: Instant;
}
export interface UnblockSeats {
  readonly type: 'UnblockSeats';
  readonly seatIds: readonly string[];
  readonly now: Instant;
}
export interface CloseSales {
  readonly type: 'CloseSales';
  readonly reason: string;
  readonly now: Instant;
}
/** Moves the opening of the sale. */
export interface MoveOnSale {
  readonly type: 'MoveOnSale';
  /** ISO 8601 in UTC; null: on sale at once. */
  readonly onSaleAt: string | null;
  readonly now: Instant;
}
/** Moves the end of the sale. */
export interface MoveSalesEnd {
  readonly type: 'MoveSalesEnd';
  /** ISO 8601 in UTC. */
  readonly salesEndAt: string;
  readonly now: Instant;
}
/** Ends the sale of a canceled event for good. `UndoSales` then undoes its sales. */
export interface CancelSale {
  readonly type: 'CancelSale';
  readonly reason: string;
  readonly now: Instant;
}
/** Undoes holds and sales of a canceled event, as many as fit one append. */
export interface UndoSales {
  readonly type: 'UndoSales';
  readonly now: Instant;
}

export type SeatInventoryCommand =
  | OpenInventory
  | ReserveSeats
  | StartPayment
  | ConfirmReservation
  | SettlePayment
  | ReleaseReservation
  | ReinstateReservation
  | RefundReservation
  | ExchangeSeats
  | WithdrawSaleChange
  | ExpireReservations
  | BlockSeats
  | UnblockSeats
  | MoveOnSale
  | MoveSalesEnd
  | CloseSales
  | CancelSale
  | UndoSales;

/** In order of precedence: if several reasons apply, the first one is returned. */
export type SeatInventoryRejection =
  | { readonly code: 'event-not-found' }
  | { readonly code: 'inventory-already-open' }
  | { readonly code: 'idempotency-key-reused' }
  | { readonly code: 'reservation-not-found' }
  | { readonly code: 'reservation-expired' }
  | { readonly code: 'reservation-released' }
  | { readonly code: 'reservation-refunded' }
  | { readonly code: 'reservation-confirmed' }
  | { readonly code: 'reservation-not-confirmed' }
  | { readonly code: 'reservation-not-expired' }
  | { readonly code: 'event-cancelled' }
  | { readonly code: 'event-over'; readonly salesEndAt: string }
  | { readonly code: 'sales-closed' }
  | { readonly code: 'sales-not-open'; readonly onSaleAt: string }
  | { readonly code: 'no-seats-requested' }
  | { readonly code: 'seats-repeated'; readonly seatIds: readonly string[] }
  | { readonly code: 'seats-unknown'; readonly seatIds: readonly string[] }
  | { readonly code: 'category-unknown'; readonly category: string }
  | { readonly code: 'too-many-seats'; readonly limit: number; readonly alreadyYours: number }
  | { readonly code: 'seats-unavailable'; readonly unavailableSeatIds: readonly string[] }
  | { readonly code: 'single-seat-left'; readonly strandedSeatIds: readonly string[] }
  | { readonly code: 'payment-required'; readonly difference: Money };

export type SeatInventoryDecision = Decision<SeatInventoryEvent, SeatInventoryRejection>;
