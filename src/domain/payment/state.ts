import type { Money } from '../shared/money.js';
import {
  MAX_REFUND_TRIES,
  type PaymentEvent,
  type PaymentFailure,
  type PaymentPurpose,
  type PaymentRequestedData,
  type RefundReason,
} from './events.js';

/** One payment attempt: a separate charge at the provider. */
export interface Attempt {
  /** From 1. */
  readonly number: number;
  readonly idempotencyKey: string;
  readonly token: string;
  readonly amount: Money;
  readonly purpose: PaymentPurpose;
  readonly holdExpiresAt: string;
  /** Milliseconds since the epoch. */
  readonly requestedAt: number;
  readonly status: 'pending' | 'captured' | 'failed';
  readonly failure?: PaymentFailure;
}

/** Money that the provider has taken. */
export interface Capture {
  /** The provider's id of the capture. */
  readonly reference: string;
  readonly attempt: number;
  readonly amount: Money;
  /**
   * Whether seats were sold for the capture. Neither sold nor due back means that it is not settled
   * yet.
   */
  readonly kept: boolean;
  /** Part of `amount` that was refunded or is due. Minor units. */
  readonly dueBack: number;
}

export interface Refund {
  readonly refundId: string;
  readonly reference: string;
  readonly amount: Money;
  readonly reason: RefundReason;
  /**
   * `pending`: the provider has accepted the refund. Only `completed` means that the buyer has the
   * money.
   */
  readonly status: 'due' | 'pending' | 'completed';
  /** Number of the current attempt, from 1. */
  readonly try: number;
  /** The provider's id of the current attempt, once accepted. */
  readonly refundReference?: string;
}

/** The payment of one reservation; undefined before the first attempt. */
export type Payment =
  | {
      readonly reservationId: string;
      readonly eventId: string;
      readonly customerId: string;
      readonly attempts: readonly Attempt[];
      readonly captures: readonly Capture[];
      readonly refunds: readonly Refund[];
    }
  | undefined;

export type StartedPayment = NonNullable<Payment>;

export function evolvePayment(payment: Payment, event: PaymentEvent): StartedPayment {
  if (event.type === 'PaymentRequested') return addAttempt(payment, event.data);
  if (!payment) throw new Error(`${event.type} without a PaymentRequested before it.`);
  const { attempts, captures, refunds } = payment;
  switch (event.type) {
    case 'PaymentCaptured': {
      const { attempt, reference, amount } = event.data;
      return {
        ...payment,
        attempts: withAttempt(attempts, attempt, { status: 'captured' }),
        captures: [...captures, { reference, attempt, amount, kept: false, dueBack: 0 }],
      };
    }
    case 'PaymentFailed': {
      const { attempt, reason } = event.data;
      return {
        ...payment,
        attempts: withAttempt(attempts, attempt, { status: 'failed', failure: reason }),
      };
    }
    case 'PaymentKept':
      return {
        ...payment,
        captures: withCapture(captures, event.data.reference, () => ({ kept: true })),
      };
    case 'RefundDue': {
      const { refundId, reference, amount, reason } = event.data;
      return {
        ...payment,
        captures: withCapture(captures, reference, ({ dueBack }) => ({
          dueBack: dueBack + amount.amountMinor,
        })),
        refunds: [...refunds, { refundId, reference, amount, reason, status: 'due', try: 1 }],
      };
    }
    case 'RefundPending':
    case 'RefundCompleted': {
      const { refundId, refundReference } = event.data;
      const status = event.type === 'RefundPending' ? 'pending' : 'completed';
      return { ...payment, refunds: withRefund(refunds, refundId, { status, refundReference }) };
    }
    case 'RefundFailed': {
      const { refundId, try: number } = event.data;
      const next = { status: 'due', try: number + 1, refundReference: undefined } as const;
      return { ...payment, refunds: withRefund(refunds, refundId, next) };
    }
    default:
      throw new Error(
        `Unknown domain event type ${(event as { type: string }).type}: run the newer version.`,
      );
  }
}

/** The attempt in progress, if any. */
export const pendingAttempt = (payment: Payment): Attempt | undefined =>
  payment?.attempts.find(({ status }) => status === 'pending');

/** Captures for which no seats were sold and no refund is due yet. */
export const unsettledCaptures = (payment: Payment): readonly Capture[] =>
  payment?.captures.filter(({ kept, dueBack }) => !kept && dueBack === 0) ?? [];

/** Obligations whose money the buyer does not have yet. */
export const openRefunds = (payment: Payment): readonly Refund[] =>
  payment?.refunds.filter(({ status }) => status !== 'completed') ?? [];

/** All automatic attempts have failed: only a person can start another. */
export const isGivenUp = (refund: Refund): boolean =>
  refund.status === 'due' && refund.try > MAX_REFUND_TRIES;

/** No attempt is in progress and nothing is owed. */
export const isSettled = (payment: Payment): boolean =>
  !pendingAttempt(payment) &&
  unsettledCaptures(payment).length === 0 &&
  openRefunds(payment).length === 0;

function addAttempt(payment: Payment, data: PaymentRequestedData): StartedPayment {
  const { reservationId, eventId, customerId, requestedAt } = data;
  const { idempotencyKey, token, amount, purpose, holdExpiresAt } = data;
  const attempt: Attempt = {
    number: data.attempt,
    idempotencyKey,
    token,
    amount,
    purpose,
    holdExpiresAt,
    requestedAt: Date.parse(requestedAt),
    status: 'pending',
  };
  return {
    reservationId,
    eventId,
    customerId,
    attempts: [...(payment?.attempts ?? []), attempt],
    captures: payment?.captures ?? [],
    refunds: payment?.refunds ?? [],
  };
}

const withAttempt = (
  attempts: readonly Attempt[],
  number: number,
  changes: Partial<Attempt>,
): Attempt[] =>
  attempts.map((attempt) => (attempt.number === number ? { ...attempt, ...changes } : attempt));

const withRefund = (
  refunds: readonly Refund[],
  refundId: string,
  changes: Partial<Refund>,
): Refund[] =>
  refunds.map((refund) => (refund.refundId === refundId ? { ...refund, ...changes } : refund));

const withCapture = (
  captures: readonly Capture[],
  reference: string,
  changes: (capture: Capture) => Partial<Capture>,
): Capture[] =>
  captures.map((capture) =>
    capture.reference === reference ? { ...capture, ...changes(capture) } : capture,
  );
