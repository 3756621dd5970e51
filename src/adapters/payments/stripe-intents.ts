import type { Stripe } from 'stripe';
import type { Charge, ChargeSubject, RefundState } from '../../ports/payment-gateway.js';
import { fromStripe } from './stripe-amounts.js';

/** What is kept beside a payment intent, so that a notice, a search and the books can tell which charge it is. */
export const metadataOf = (idempotencyKey: string, about: ChargeSubject): Record<string, string> => ({
  eventId: about.eventId,
  reservationId: about.reservationId,
  attempt: String(about.attempt),
  key: idempotencyKey,
});

/** Undefined: something else on the same account. @throws TypeError when half of it is there */
export function subjectOf(metadata: Stripe.Metadata | null | undefined): ChargeSubject | undefined {
  const { eventId, reservationId, attempt, key } = metadata ?? {};
  if (key === undefined || reservationId === undefined) return undefined;
  if (!eventId || !/^[1-9]\d{0,8}$/.test(attempt ?? ''))
    throw new TypeError('the metadata of the payment intent is not complete');
  return { eventId, reservationId, attempt: Number(attempt) };
}

/**
 * The state of the charge; undefined for an intent that was created and never confirmed, which takes no money.
 * @throws TypeError when the intent says nothing that can be understood
 */
export function chargeOf(intent: Stripe.PaymentIntent): Charge | undefined {
  switch (intent.status) {
    case 'succeeded':
      return {
        status: 'captured',
        reference: intent.id,
        amount: fromStripe(intent.amount_received, intent.currency),
      };
    case 'requires_confirmation':
      return undefined;
    case 'requires_payment_method':
    case 'canceled':
      if (!intent.last_payment_error) return undefined;
      return declined(intent.last_payment_error.payment_method);
    // Nobody is asked to do more: an intent that waits for the buyer's bank ends there.
    case 'requires_action':
      return declined(intent.last_payment_error?.payment_method);
    case 'processing':
    case 'requires_capture':
      return { status: 'pending' };
    default:
      throw new TypeError(`a payment intent is ${String(intent.status)}`);
  }
}

/** A charge that failed with this card. */
export function declined(method: Stripe.PaymentMethod | null | undefined): Charge {
  const fingerprint = method?.card?.fingerprint;
  return { status: 'failed', reason: 'declined', ...(typeof fingerprint === 'string' && { fingerprint }) };
}

/**
 * A refund may wait for the bank, or for the buyer's account details, for days, and fail after it has succeeded
 * (https://docs.stripe.com/refunds#failed-refunds).
 */
export function refundStateOf({ id: refundReference, status, failure_reason }: Stripe.Refund): RefundState {
  switch (status) {
    case 'succeeded':
      return { status, refundReference };
    case 'failed':
    case 'canceled':
      return { status: 'failed', refundReference, reason: failure_reason ?? status };
    default:
      return { status: 'pending', refundReference };
  }
}
