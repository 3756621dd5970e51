import { derivedId } from '../shared/derived-id.js';
import type { DomainEvent } from '../shared/domain-event.js';
import type { Money } from '../shared/money.js';

/** Stream of one reservation's payment: every attempt, every capture, every refund. */
export const PAYMENT = 'payment-';
export const paymentStream = (reservationId: string): string => PAYMENT + reservationId;

/**
 * Why a charge failed. `abandoned`: it was withdrawn after the hold had ended, before any money was
 * taken.
 */
export type PaymentFailure = 'declined' | 'token-unknown' | 'abandoned';

/**
 * Source of a capture: the answer to the charge, the provider's webhook, or its answer to an
 * inquiry.
 */
export type HeardBy = 'answer' | 'notice' | 'inquiry';

/** Why money is refunded. */
export type RefundReason =
  /** The hold had ended, and another customer has its seats. */
  | 'seats-lost'
  /** The buyer had released the seats. */
  | 'released'
  /** The reservation had already been paid for or refunded. */
  | 'paid-twice'
  /** The exchange was no longer possible, or not for this amount. */
  | 'exchange-refused'
  /** The event had been canceled before the payment arrived. */
  | 'sale-cancelled'
  | 'refunded-by-organizer'
  | 'event-cancelled'
  /** The new seats cost less. */
  | 'exchange';

/** Purpose of a payment. */
export type PaymentPurpose =
  | { readonly type: 'reservation' }
  /** The price difference of an exchange of the seats of a confirmed reservation. */
  | {
      readonly type: 'exchange';
      readonly seatIds: readonly string[];
      /** Exchange even if a ticket of the returned seats was checked in. Missing: false. */
      readonly force?: boolean;
    };

/**
 * Written before the provider is called, so that every charge at the provider has a record here.
 */
export interface PaymentRequestedData {
  readonly reservationId: string;
  readonly eventId: string;
  readonly customerId: string;
  /** From 1. */
  readonly attempt: number;
  readonly provider: string;
  /** The provider charges this key once. */
  readonly idempotencyKey: string;
  /** The provider's name for a card. Only this service can use it at the provider. */
  readonly token: string;
  readonly amount: Money;
  readonly purpose: PaymentPurpose;
  /** When the hold may end; ISO 8601. */
  readonly holdExpiresAt: string;
  readonly requestedAt: string;
}

interface OfPayment {
  readonly reservationId: string;
  readonly eventId: string;
}

export type PaymentRequested = DomainEvent<'PaymentRequested', PaymentRequestedData>;
export type PaymentCaptured = DomainEvent<
  'PaymentCaptured',
  OfPayment & {
    attempt: number;
    /** The provider's id of the capture. */
    reference: string;
    amount: Money;
    heardBy: HeardBy;
    /** The provider's id of the notice that reported the capture; null for another source. */
    noticeId: string | null;
    capturedAt: string;
  }
>;
export type PaymentFailed = DomainEvent<
  'PaymentFailed',
  OfPayment & { attempt: number; reason: PaymentFailure; failedAt: string }
>;
/** The seats are sold for this capture. */
export type PaymentKept = DomainEvent<
  'PaymentKept',
  OfPayment & { reference: string; amount: Money; keptAt: string }
>;
/** An obligation that is open until `RefundCompleted`, and again after a `RefundFailed`. */
export type RefundDue = DomainEvent<
  'RefundDue',
  OfPayment & {
    /** The provider refunds this id once. */
    refundId: string;
    /** Provider's id of the capture. */
    reference: string;
    amount: Money;
    reason: RefundReason;
    dueAt: string;
  }
>;

interface OfRefund extends OfPayment {
  readonly refundId: string;
  /** Provider's id of the capture. */
  readonly reference: string;
  readonly amount: Money;
}

/**
 * The provider has accepted the refund; the bank has not confirmed it yet. Nothing is posted in the
 * ledger.
 */
export type RefundPending = DomainEvent<
  'RefundPending',
  OfRefund & {
    /** From 1: each attempt is a separate refund at the provider. */
    try: number;
    /** The provider's id of the refund. */
    refundReference: string;
    pendingAt: string;
  }
>;
/** The provider reports that the buyer has the money. */
export type RefundCompleted = DomainEvent<
  'RefundCompleted',
  OfRefund & {
    /** The provider's id of the refund. */
    refundReference: string;
    refundedAt: string;
    /** Missing: 1. */
    try?: number;
    /** The state of the refund before this event. Missing: due. */
    before?: 'pending';
  }
>;
/**
 * The refund failed, possibly days after the provider accepted it or reported success. It is due
 * again.
 */
export type RefundFailed = DomainEvent<
  'RefundFailed',
  OfRefund & {
    try: number;
    /** The provider's id of the refund. */
    refundReference: string;
    /** The state of the refund before this event. `completed`: the ledger reverses its posting. */
    before: 'due' | 'pending' | 'completed';
    /** The provider's reason, for a person. */
    reason: string;
    failedAt: string;
  }
>;

export type PaymentEvent =
  | PaymentRequested
  | PaymentCaptured
  | PaymentFailed
  | PaymentKept
  | RefundDue
  | RefundPending
  | RefundCompleted
  | RefundFailed;

/** Automatic refund attempts for one obligation. After that a person decides. */
export const MAX_REFUND_TRIES = 3;

/**
 * Idempotency key of one refund attempt. A provider answers a used key with the refund that failed,
 * so each attempt has its own key; the first is the id of the obligation.
 */
export const refundKeyOf = (refundId: string, number: number): string =>
  number === 1 ? refundId : `${refundId}/${number}`;

/** Idempotency key of one payment attempt, from 1. */
export const chargeKeyOf = (reservationId: string, attempt: number): string =>
  derivedId('charge', reservationId, attempt);

/**
 * Id of the refund of one capture for one reason: the same for every process that finds out that it
 * is due. `undone`: the sale was refunded, whatever the reason.
 */
export const refundIdOf = (
  reservationId: string,
  reference: string,
  reason: RefundReason | 'undone',
): string => derivedId('refund', reservationId, reference, reason);

/**
 * Id of the refund from one capture for the price difference of an exchange, numbered from 1 within
 * its sale.
 */
export const exchangeRefundIdOf = (
  reservationId: string,
  reference: string,
  exchange: number,
): string => derivedId('refund', reservationId, reference, `exchange ${exchange}`);
