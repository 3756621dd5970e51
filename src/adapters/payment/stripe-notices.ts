import type { Stripe } from 'stripe';
import {
  NoticeRefused,
  type Charge,
  type NoticeContent,
  type NoticeHeaders,
  type PaymentNotice,
  type RefundReport,
} from '../../ports/payment/payment-gateway.js';
import { fromStripe } from './stripe-amounts.js';
import {
  ABANDONED,
  chargeOf,
  declined,
  isForeignAmount,
  refundStateOf,
  strayOf,
  subjectOf,
} from './stripe-intents.js';
import { parseSignature, checkTime, signatureHeader } from './webhook-signature.js';

const SIGNATURE_HEADER = 'stripe-signature';
/**
 * Turns off the SDK's check of the time, which knows the age only and accepts notices from the
 * future.
 */
const ANY_AGE = 0;

/**
 * Verifies a notice with the SDK and each of the secrets, then compares its time with the clock,
 * past and future.
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
  // Parsed like the SDK parses it, so that the compared time is the signed time.
  const { seconds } = parseSignature(header, 'v1');
  if (!secrets.some((secret) => isSignedWith(webhooks, body, header, secret)))
    throw new NoticeRefused(
      'webhook-signature-invalid',
      'The webhook is not signed with any secret known here.',
    );
  checkTime(seconds, now);
  try {
    return noticeOf(JSON.parse(body.toString('utf8')) as Stripe.Event);
  } catch (error) {
    throw new NoticeRefused('webhook-body-invalid', (error as Error).message);
  }
}

function isSignedWith(
  webhooks: Stripe['webhooks'],
  body: Buffer,
  header: string,
  secret: string,
): boolean {
  try {
    webhooks.constructEvent(body, header, secret, ANY_AGE);
    return true;
  } catch (error) {
    // The SDK parses the body after it has verified the signature. The caller reports a malformed
    // body.
    return error instanceof SyntaxError;
  }
}

function noticeOf(event: Stripe.Event): PaymentNotice {
  if (typeof event?.id !== 'string' || typeof event.type !== 'string')
    throw new TypeError('the webhook is not a Stripe event');
  const { id: noticeId, type } = event;
  if (isAboutRefund(event)) return { noticeId, type, ...refundContent(event) };
  if (isAboutCharge(event)) return { noticeId, type, ...chargeContent(event) };
  return { noticeId, type, kind: 'other' };
}

function refundContent({ data: { object: refund } }: AboutRefund): NoticeContent {
  const { payment_intent: intent, metadata, amount, currency } = refund;
  const reference = typeof intent === 'string' ? intent : (intent?.id ?? null);
  const stray = strayOf(metadata, { reference, amount, currency });
  if (reference === null) return { kind: 'stray', stray };
  if (isForeignAmount(amount, currency)) return { kind: 'stray', stray: { ...stray, ...MISMATCH } };
  return { kind: 'refund', refund: reportOf(refund, reference) };
}

function chargeContent(event: AboutCharge): NoticeContent {
  const { id: reference, metadata, amount, currency, amount_received } = event.data.object;
  // Checked first: charges by others on the same account may have values that ours never have.
  const about = subjectOf(metadata);
  const stray = strayOf(metadata, { reference, amount, currency });
  const isSuccess = event.type === 'payment_intent.succeeded';
  if (!about) {
    // Payments by others on the same account concern an operator only if they moved money.
    if (stray.problem === 'names-no-payment' && !isSuccess) return { kind: 'other' };
    return { kind: 'stray', stray };
  }
  if (isSuccess && isForeignAmount(amount_received, currency))
    return { kind: 'stray', stray: { ...stray, ...MISMATCH } };
  return { kind: 'charge', about, charge: chargeIn(event) };
}

const MISMATCH = { problem: 'payment-amount-mismatch' } as const;

type AboutCharge =
  | Stripe.PaymentIntentSucceededEvent
  | Stripe.PaymentIntentPaymentFailedEvent
  | Stripe.PaymentIntentCanceledEvent
  | Stripe.PaymentIntentProcessingEvent;
const ABOUT_CHARGE: ReadonlySet<string> = new Set<AboutCharge['type']>([
  'payment_intent.succeeded',
  'payment_intent.payment_failed',
  'payment_intent.canceled',
  'payment_intent.processing',
]);
const isAboutCharge = (event: Stripe.Event): event is AboutCharge => ABOUT_CHARGE.has(event.type);

/**
 * Accounts with an older API version get `charge.refund.updated` where newer ones get
 * `refund.updated`.
 */
type AboutRefund =
  | Stripe.RefundCreatedEvent
  | Stripe.RefundUpdatedEvent
  | Stripe.RefundFailedEvent
  | Stripe.ChargeRefundUpdatedEvent;
const ABOUT_REFUND: ReadonlySet<string> = new Set<AboutRefund['type']>([
  'refund.created',
  'refund.updated',
  'refund.failed',
  'charge.refund.updated',
]);
const isAboutRefund = (event: Stripe.Event): event is AboutRefund => ABOUT_REFUND.has(event.type);

/**
 * Reads the state that the notice reports. The intent in the notice may already have a later one.
 */
function chargeIn({ type, data }: AboutCharge): Charge {
  switch (type) {
    case 'payment_intent.succeeded':
      return chargeOf({ ...data.object, status: 'succeeded' })!;
    case 'payment_intent.canceled':
      // A charge that was withdrawn here. It is a decline only if the intent has an error.
      return data.object.last_payment_error
        ? declined(data.object.last_payment_error.payment_method)
        : ABANDONED;
    case 'payment_intent.payment_failed':
      return declined(data.object.last_payment_error?.payment_method);
    case 'payment_intent.processing':
      return { status: 'pending' };
  }
}

function reportOf(refund: Stripe.Refund, reference: string): RefundReport {
  const { metadata, amount, currency } = refund;
  const { key, eventId, reservationId } = metadata ?? {};
  return {
    about: eventId && reservationId ? { eventId, reservationId } : undefined,
    idempotencyKey: key,
    reference,
    amount: fromStripe(amount, currency),
    state: refundStateOf(refund),
  };
}
