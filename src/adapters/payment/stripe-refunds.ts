import { Stripe } from 'stripe';
import {
  RefundRefused,
  type RefundRequest,
  type RefundState,
} from '../../ports/payment/payment-gateway.js';
import { toStripe } from './stripe-amounts.js';
import { PAGE, paged, throwUnknown, type StripeCalls } from './stripe-calls.js';
import { refundStateOf } from './stripe-intents.js';

/** Maximum of refunds of one capture. */
const MAX_REFUNDS = 1_000;

/** Refunds once per key. @throws RefundRefused, PaymentOutcomeUnknown */
export async function refund(
  calls: StripeCalls,
  { idempotencyKey, about, reference, amount }: RefundRequest,
): Promise<RefundState> {
  const { stripe, within } = calls;
  const paid = toStripe(amount);
  if (!paid)
    throw new RefundRefused(`Stripe has no unit for ${amount.amountMinor} ${amount.currency}.`);
  const { eventId, reservationId } = about;
  try {
    const before = await refundBefore(calls, idempotencyKey, reference);
    const made =
      before ??
      (await within(
        stripe.refunds.create(
          {
            payment_intent: reference,
            amount: paid.amount,
            metadata: { key: idempotencyKey, eventId, reservationId },
          },
          { idempotencyKey },
        ),
      ));
    if (made.amount !== paid.amount || made.currency !== paid.currency)
      throw new RefundRefused(
        `This key was used with another amount: ` +
          `refund ${made.id} of ${made.amount} ${made.currency}.`,
      );
    return refundStateOf(made);
  } catch (error) {
    if (error instanceof RefundRefused) throw error;
    if (isFinalForRefund(error)) throw new RefundRefused(error.message, { cause: error });
    return throwUnknown(calls)(error);
  }
}

/** Not final: `balance_insufficient`, because later sales fill the balance. */
const isFinalForRefund = (error: unknown): error is Error =>
  error instanceof Stripe.errors.StripeIdempotencyError ||
  (error instanceof Stripe.errors.StripeInvalidRequestError &&
    error.code !== 'balance_insufficient');

async function refundBefore(
  calls: StripeCalls,
  key: string,
  reference: string,
): Promise<Stripe.Refund | undefined> {
  let looked = 0;
  const made = calls.stripe.refunds.list({ payment_intent: reference, limit: PAGE });
  for await (const refund of paged(calls, made)) {
    if (refund.metadata?.key === key) return refund;
    if (++looked >= MAX_REFUNDS)
      throw new RefundRefused(`${reference} already has ${MAX_REFUNDS} refunds.`);
  }
  return undefined;
}
