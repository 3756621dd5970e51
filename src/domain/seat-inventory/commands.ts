import type { Money } from '../shared/money.js';
import type { InventoryOpenedData, UndoneReason } from './events.js';

/** Most seats that an event may allow one customer, and so one reservation. */
export const MAX_SEATS_PER_CUSTOMER = 100;
/** Seats named in one block command, and in one `SeatsBlocked`, so that it stays far below 256 KiB. */
export const MAX_SEATS_PER_BLOCK = 1_000;
/** Reservations ended by one command, and the seats of them all, so that its domain events fit one append. */
export const MAX_EXPIRED_PER_COMMAND = 100;
export const MAX_SEATS_EXPIRED_PER_COMMAND = 2_000;
/** Payment reference of what cost nothing: no provider was asked. */
export const FREE_OF_CHARGE = 'free of charge';
/** Starting payment gives the hold at least this long, or its own length when that is shorter, within its cap. */
export const PAYMENT_EXTENSION_SECONDS = 300;

/** Milliseconds since the epoch, from the clock of the node that took the command. */
type Instant = number;

export interface OpenInventory {
  readonly type: 'OpenInventory';
  readonly inventory: Omit<InventoryOpenedData, 'openedAt'>;
  readonly now: Instant;
}

export interface BestAvailableWish {
  readonly quantity: number;
  readonly category?: string;
}

export interface ReserveSeats {
  readonly type: 'ReserveSeats';
  readonly reservationId: string;
  readonly customerId: string;
  /** Seats by name, or how many of which category. */
  readonly wish:
    { readonly seatIds: readonly string[] } | { readonly bestAvailable: BestAvailableWish };
  readonly requestDigest: string;
  readonly now: Instant;
}

interface NamesReservation {
  readonly reservationId: string;
  /** The asking customer, or null when the system asks. Somebody else's reservation is not found. */
  readonly customerId: string | null;
  readonly now: Instant;
}

export interface StartPayment extends NamesReservation {
  readonly type: 'StartPayment';
  /** No means of payment was given: for a reservation that costs something, nothing is written. */
  readonly onlyIfFree?: boolean;
}
export interface ConfirmReservation extends NamesReservation {
  readonly type: 'ConfirmReservation';
  readonly paymentReference: string;
}
/** Money has come: sell the seats for it, or turn it down for good. */
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
 * A refund or exchange that an organizer asks for. The tickets of the seats that it takes back must be void first: until
 * they are, the inventory accepts the command, writes nothing, and returns the current reservation.
 */
export interface SaleChange {
  readonly id: string;
  /** Seats whose tickets are void. */
  readonly voidedSeatIds: readonly string[];
}
export interface RefundReservation extends NamesReservation {
  readonly type: 'RefundReservation';
  readonly reason: UndoneReason;
  /** Missing when tickets need not be void first. */
  readonly change?: SaleChange;
}
/** Withdraws a refund or exchange for good, unless it has been decided. */
export interface WithdrawSaleChange extends NamesReservation {
  readonly type: 'WithdrawSaleChange';
  readonly changeId: string;
  /** Nothing is withdrawn unless the reservation has this seat. Missing: in any case. */
  readonly seatId?: string;
}
/** Other seats for those of a sale, all or nothing. */
export interface ExchangeSeats extends NamesReservation {
  readonly type: 'ExchangeSeats';
  /** All that the reservation is to consist of; it may have some of them already. */
  readonly seatIds: readonly string[];
  /** What has been taken for the difference in price; without it nothing dearer is given. */
  readonly payment?: { readonly reference: string; readonly amount: Money };
  /** Missing when tickets need not be void first. */
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
/** Reserving is refused before; null: on sale at once. */
export interface MoveOnSale {
  readonly type: 'MoveOnSale';
  /** ISO 8601 in UTC. */
  readonly onSaleAt: string | null;
  readonly now: Instant;
}
/** No reservations from this time on. */
export interface MoveSalesEnd {
  readonly type: 'MoveSalesEnd';
  /** ISO 8601 in UTC. */
  readonly salesEndAt: string;
  readonly now: Instant;
}
/** The event will not take place: from here on no sale can come about, and those that have are undone by `UndoSales`. */
export interface CancelSale {
  readonly type: 'CancelSale';
  readonly reason: string;
  readonly now: Instant;
}
/** Of a cancelled event: give back as many holds and sales as fit one append. */
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

/** Why not. In order of precedence: of several reasons that hold, the first one listed is given. */
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
