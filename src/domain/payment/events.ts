import type { DomainEvent } from '../domain-event.js';
import type { Money } from '../money.js';

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
      /** Also when somebody has gone in with a ticket of the seats that are given back. Missing: no. */
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
    /** Of the capture. */
    reference: string;
    amount: Money;
    reason: RefundReason;
    dueAt: string;
  }
>;

interface OfRefund extends OfPayment {
  readonly refundId: string;
  /** Of the capture. */
  readonly reference: string;
  readonly amount: Money;
}

/** The provider has accepted the refund and does not know yet whether the bank takes it. No money has moved in the books. */
export type RefundPending = DomainEvent<
  'RefundPending',
  OfRefund & {
    /** From 1: each try is a refund of its own at the provider. */
    try: number;
    /** The provider's id of the refund. */
    refundReference: string;
    pendingAt: string;
  }
>;
/** The provider says that the money is back with the buyer. */
export type RefundCompleted = DomainEvent<
  'RefundCompleted',
  OfRefund & {
    /** The provider's id of the refund. */
    refundReference: string;
    refundedAt: string;
    /** Missing: the first. */
    try?: number;
    /** The state of the refund before this event. Missing: due. */
    before?: 'pending';
  }
>;
/** The provider could not give the money back, days after it had accepted the refund or even reported success. It is due again. */
export type RefundFailed = DomainEvent<
  'RefundFailed',
  OfRefund & {
    try: number;
    /** The provider's id of the refund. */
    refundReference: string;
    /** The state of the refund before this event. `completed`: the books had posted it, and reverse that. */
    before: 'due' | 'pending' | 'completed';
    /** In the provider's words, for a person. */
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

/** Tries that the service makes on its own to pay back one obligation. After that a person decides. */
export const MAX_REFUND_TRIES = 3;

/**
 * The provider's idempotency key of one try to pay back. A provider answers a used key with the refund that failed, so
 * each try has a key of its own; the first is the id of the obligation.
 */
export const refundKeyOf = (refundId: string, number: number): string =>
  number === 1 ? refundId : `${refundId}/${number}`;
