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
/** An obligation that lives until `RefundCompleted`. */
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
export type RefundCompleted = DomainEvent<
  'RefundCompleted',
  OfPayment & {
    refundId: string;
    reference: string;
    amount: Money;
    /** The provider's id of the refund. */
    refundReference: string;
    refundedAt: string;
  }
>;

export type PaymentEvent =
  PaymentRequested | PaymentCaptured | PaymentFailed | PaymentKept | RefundDue | RefundCompleted;
