import type { Stripe } from 'stripe';
import type { Money } from '../../domain/shared/money.js';
import type {
  Charge,
  ChargeSubject,
  RefundState,
  StrayNotice,
} from '../../ports/payment/payment-gateway.js';
import { fromStripe } from './stripe-amounts.js';

/**
 * Metadata of a payment intent, by which a notice, a search and the ledger check identify the
 * charge.
 */
export const metadataOf = (
  idempotencyKey: string,
  about: ChargeSubject,
): Record<string, string> => ({
  eventId: about.eventId,
  reservationId: about.reservationId,
  attempt: String(about.attempt),
  key: idempotencyKey,
});

/** Undefined: the object is not ours, or a part of its metadata is missing. */
export function subjectOf(metadata: Stripe.Metadata | null | undefined): ChargeSubject | undefined {
  const { eventId, reservationId, attempt, key } = metadata ?? {};
  if (!key || !reservationId || !eventId || !/^[1-9]\d{0,8}$/.test(attempt ?? '')) return undefined;
  return { eventId, reservationId, attempt: Number(attempt) };
}

/** A charge or refund whose metadata does not name one of our payments. */
export function strayOf(
  metadata: Stripe.Metadata | null | undefined,
  of: { reference: string | null; amount: unknown; currency: unknown },
): StrayNotice {
  const { eventId = null, reservationId = null, attempt, key } = metadata ?? {};
  const named = [eventId, reservationId, attempt, key].filter((part) => typeof part === 'string');
  return {
    problem: named.length === 0 ? 'names-no-payment' : 'incomplete',
    reference: of.reference,
    eventId,
    reservationId,
    amount: readable(of.amount, of.currency),
  };
}

/** One of our payments with an amount that we never charge, such as a fraction of a króna. */
export const isForeignAmount = (amount: unknown, currency: unknown): boolean =>
  Number.isSafeInteger(amount) &&
  typeof currency === 'string' &&
  readable(amount, currency) === null;

/** Null: the amount is in units that we never use. */
function readable(amount: unknown, currency: unknown): Money | null {
  try {
    return fromStripe(amount, currency);
  } catch {
    return null;
  }
}

/**
 * The state of the charge; undefined for an intent that was created and never confirmed, which
 * takes no money.
 * @throws TypeError when the intent cannot be understood
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
    // The buyer is not asked for another step, so an intent that waits for the buyer's bank has
    // failed.
    case 'requires_action':
      return declined(intent.last_payment_error?.payment_method);
    case 'processing':
    case 'requires_capture':
      return { status: 'pending' };
    default:
      throw new TypeError(`a payment intent is ${String(intent.status)}`);
  }
}

/** The charge of an intent that ended before a card was asked. */
export const ABANDONED: Charge = { status: 'failed', reason: 'abandoned' };

/** A failed charge of this card. */
export function declined(method: Stripe.PaymentMethod | null | undefined): Charge {
  const fingerprint = method?.card?.fingerprint;
  return {
    status: 'failed',
    reason: 'declined',
    ...(typeof fingerprint === 'string' && { fingerprint }),
  };
}

/**
 * A refund may wait for the bank, or for the buyer's account details, for days, and fail after it
 * has succeeded (https://docs.stripe.com/refunds#failed-refunds).
 */
export function refundStateOf({
  id: refundReference,
  status,
  failure_reason,
}: Stripe.Refund): RefundState {
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
