import type { DomainEvent } from '../shared/domain-event.js';
import type { Money } from '../shared/money.js';

/** Stream of one reservation's money: every try to pay, every capture, every refund. */
export const PAYMENT = 'payment-';
export const paymentStream = (reservationId: string): string => PAYMENT + reservationId;

/** Why a charge came to nothing. `abandoned`: the provider had never heard of it when the hold was over. */
export type PaymentFailure = 'declined' | 'token-unknown' | 'abandoned';

/** Who told us of a capture: the answer to the charge, the provider's webhook, or its answer to a question. */
export type HeardBy = 'answer' | 'notice' | 'inquiry';

/** Why money goes back. */
export type RefundReason =
  /** The hold was over and its seats were somebody else's. */
  | 'seats-lost'
  /** The buyer had given the seats back. */
  | 'released'
  /** The reservation had been paid for, or paid back, already. */
  | 'paid-twice'
  /** The seats could not be had in exchange any more, or not for this amount. */
  | 'exchange-refused'
  /** It came when the event had been cancelled. */
  | 'sale-cancelled'
  | 'refunded-by-organizer'
  | 'event-cancelled'
  /** The new seats cost less. */
  | 'exchange';

/** What is being paid for. */
export type PaymentPurpose =
  | { readonly type: 'reservation' }
  /** The difference in price; seats in exchange for those of a confirmed reservation. */
  | {
      readonly type: 'exchange';
      readonly seatIds: readonly string[];
      /** Exchange even if a ticket of the returned seats was checked in. Missing: no. */
      readonly force?: boolean;
    };

/** Written before the provider is called, so that no charge is ever unknown to us. */
export interface PaymentRequestedData {
  readonly reservationId: string;
  readonly eventId: string;
  readonly customerId: string;
  /** From 1. */
  readonly attempt: number;
  readonly provider: string;
  /** Under which the provider charges this attempt once. */
  readonly idempotencyKey: string;
  /** The provider's name for a card; worthless to anybody but the provider and us. */
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
    /** The provider's id of the notice that told us; null when none did. */
    noticeId: string | null;
    capturedAt: string;
  }
>;
export type PaymentFailed = DomainEvent<
  'PaymentFailed',
  OfPayment & { attempt: number; reason: PaymentFailure; failedAt: string }
>;
/** The seats are the buyer's: from here on the money is ours. */
export type PaymentKept = DomainEvent<
  'PaymentKept',
  OfPayment & { reference: string; amount: Money; keptAt: string }
>;
/** An obligation that lives until `RefundCompleted`, and again after a `RefundFailed`. */
export type RefundDue = DomainEvent<
  'RefundDue',
  OfPayment & {
    /** Under which the provider pays it back once. */
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

/** The provider has accepted the refund; the bank has not confirmed it yet. Nothing is posted in the ledger. */
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
/** The refund failed, possibly days after the provider accepted it or reported success. It is due again. */
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
 * Idempotency key of one refund attempt. A provider answers a used key with the refund that failed, so
 * each attempt has its own key; the first is the id of the obligation.
 */
export const refundKeyOf = (refundId: string, number: number): string =>
  number === 1 ? refundId : `${refundId}/${number}`;
