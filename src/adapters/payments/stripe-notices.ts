import type { Stripe } from 'stripe';
import {
  NoticeRefused,
  type Charge,
  type NoticeHeaders,
  type PaymentNotice,
  type RefundNews,
} from '../../ports/payment-gateway.js';
import { fromStripe } from './stripe-amounts.js';
import { chargeOf, declined, refundStateOf, subjectOf } from './stripe-intents.js';
import { parseSignature, refuseOtherTimes, signatureHeader } from './webhook-signature.js';

const SIGNATURE_HEADER = 'stripe-signature';
/** To the SDK: do not look at the time. It knows no notice from the future, and looks at its age only. */
const ANY_AGE = 0;

/**
 * Verified by the SDK with each of the secrets, then held against the clock, past and future.
 * @param now milliseconds since the epoch
 * @throws NoticeRefused
 */
export function readStripeNotice(
  webhooks: Stripe['webhooks'],
  {
    body,
    headers,
    secrets,
    now,
  }: { body: Buffer; headers: NoticeHeaders; secrets: readonly string[]; now: number },
): PaymentNotice {
  const header = signatureHeader(headers, SIGNATURE_HEADER);
  // Read here as the SDK reads it, so that the time that is compared is the time that was signed.
  const { seconds } = parseSignature(header, 'v1');
  if (!secrets.some((secret) => isSignedWith(webhooks, body, header, secret)))
    throw new NoticeRefused(
      'webhook-signature-invalid',
      'The webhook is not signed with any secret known here.',
    );
  refuseOtherTimes(seconds, now);
  try {
    return noticeOf(JSON.parse(body.toString('utf8')) as Stripe.Event);
  } catch (error) {
    throw new NoticeRefused('webhook-body-invalid', (error as Error).message);
  }
}

function isSignedWith(webhooks: Stripe['webhooks'], body: Buffer, header: string, secret: string): boolean {
  try {
    webhooks.constructEvent(body, header, secret, ANY_AGE);
    return true;
  } catch (error) {
    // It reads the body after the signature has passed; what is wrong with the body is said by who reads it here.
    return error instanceof SyntaxError;
  }
}

function noticeOf(event: Stripe.Event): PaymentNotice {
  if (typeof event?.id !== 'string' || typeof event.type !== 'string')
    throw new TypeError('the webhook is no event of Stripe');
  const noticeId = event.id;
  const refund = refundIn(event);
  if (refund) return { noticeId, kind: 'refund', refund };
  const charge = chargeIn(event);
  const about = charge && subjectOf((event.data.object as Stripe.PaymentIntent).metadata);
  return charge && about ? { noticeId, kind: 'charge', about, charge } : { noticeId, kind: 'other' };
}

/** What the notice says happened, not where the intent stood when it was written: that may be another thing by now. */
function chargeIn(event: Stripe.Event): Charge | undefined {
  switch (event.type) {
    case 'payment_intent.succeeded':
      return chargeOf({ ...event.data.object, status: 'succeeded' });
    case 'payment_intent.payment_failed':
    case 'payment_intent.canceled':
      return declined(event.data.object.last_payment_error?.payment_method);
    case 'payment_intent.processing':
      return { status: 'pending' };
    default:
      return undefined;
  }
}

/** Accounts with an older API version get `charge.refund.updated` where newer ones get `refund.updated`. */
function refundIn(event: Stripe.Event): RefundNews | undefined {
  switch (event.type) {
    case 'refund.created':
    case 'refund.updated':
    case 'refund.failed':
    case 'charge.refund.updated':
      return newsOf(event.data.object);
    default:
      return undefined;
  }
}

/** Undefined: it pays back something that is not an intent, which is not ours. */
function newsOf(refund: Stripe.Refund): RefundNews | undefined {
  const { payment_intent: intent, metadata, amount, currency } = refund;
  const reference = typeof intent === 'string' ? intent : intent?.id;
  if (reference === undefined) return undefined;
  const { key, eventId, reservationId } = metadata ?? {};
  return {
    about: eventId && reservationId ? { eventId, reservationId } : undefined,
    idempotencyKey: key,
    ...{ reference, amount: fromStripe(amount, currency), state: refundStateOf(refund) },
  };
}
