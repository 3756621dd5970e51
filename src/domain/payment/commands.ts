import type { Money } from '../shared/money.js';
import type { HeardBy, PaymentFailure, PaymentRequestedData, RefundReason } from './events.js';

/** Payment attempts for one reservation. The limit also stops a thief who tests stolen cards. */
export const MAX_ATTEMPTS = 20;

/** Milliseconds since the epoch. */
type Instant = number;

/** Recorded before the provider is called. */
export interface RequestPayment extends Omit<
  PaymentRequestedData,
  'attempt' | 'requestedAt' | 'idempotencyKey'
> {
  readonly type: 'RequestPayment';
  /** No attempt may begin at or after this time; ISO 8601. Missing: no limit. */
  readonly salesEndAt?: string | undefined;
  readonly now: Instant;
}
export interface RecordCapture {
  readonly type: 'RecordCapture';
  readonly attempt: number;
  readonly reference: string;
  readonly amount: Money;
  readonly heardBy: HeardBy;
  readonly noticeId: string | null;
  readonly now: Instant;
}
export interface RecordFailure {
  readonly type: 'RecordFailure';
  readonly attempt: number;
  readonly reason: PaymentFailure;
  readonly now: Instant;
}
/** The inventory has sold the seats for this capture. */
export interface KeepPayment {
  readonly type: 'KeepPayment';
  readonly reference: string;
  readonly now: Instant;
}
export interface OweRefund {
  readonly type: 'OweRefund';
  readonly refundId: string;
  readonly reference: string;
  /** Minor units. Missing: the remainder of the capture. */
  readonly amountMinor?: number;
  readonly reason: RefundReason;
  readonly now: Instant;
}
/**
 * The new seats of an exchange cost less. The difference is refunded from any payment for the sale.
 */
export interface OweDifference {
  readonly type: 'OweDifference';
  /** Number of the exchange within its sale, from 1. The refund ids follow from it. */
  readonly exchange: number;
  /** Minor units. */
  readonly amountMinor: number;
  readonly now: Instant;
}
/** The provider's report about one refund attempt. */
export interface RecordRefund {
  readonly type: 'RecordRefund';
  readonly refundId: string;
  /** From 1. */
  readonly try: number;
  readonly outcome:
    | { readonly status: 'succeeded' | 'pending'; readonly refundReference: string }
    | { readonly status: 'failed'; readonly refundReference: string; readonly reason: string };
  readonly now: Instant;
}

export type PaymentCommand =
  | RequestPayment
  | RecordCapture
  | RecordFailure
  | KeepPayment
  | OweRefund
  | OweDifference
  | RecordRefund;

/** In order of precedence. */
export type PaymentRejection =
  | { readonly code: 'payment-unknown' }
  | { readonly code: 'payment-amount-mismatch'; readonly expected: Money; readonly told: Money }
  | { readonly code: 'payment-under-way' }
  | { readonly code: 'event-over'; readonly salesEndAt: string }
  | { readonly code: 'payment-attempts-exhausted'; readonly limit: number }
  /** The capture is already owed back, so no seats can be sold for it. */
  | { readonly code: 'payment-owed-back' }
  | { readonly code: 'refund-exceeds-payment' };
