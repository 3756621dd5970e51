import { Stripe } from 'stripe';
import type { Charge, ChargeRequest } from '../../ports/payment/payment-gateway.js';
import { obstacleTo } from './chargeable.js';
import { toStripe } from './stripe-amounts.js';
import { PAGE, type StripeCalls } from './stripe-calls.js';
import { ABANDONED, chargeOf, declined, metadataOf } from './stripe-intents.js';

/**
 * Stripe removes idempotency keys after 24 hours at the earliest
 * (https://docs.stripe.com/api/idempotent_requests). One hour less allows for clock differences.
 * Milliseconds.
 */
const KEY_LIFE_MS = 23 * 3_600_000;
/**
 * The search finds an intent after a minute, later in an outage
 * (https://docs.stripe.com/search#data-freshness). Only an older intent counts as missing when the
 * search does not find it. Milliseconds.
 */
const SEARCH_LAG_MS = 15 * 60_000;
/** Charges once per key. @throws Error while the outcome is unknown */
export async function charge(calls: StripeCalls, request: ChargeRequest): Promise<Charge> {
  const { stripe, reportError } = calls;
  const { idempotencyKey, amount } = request;
  const obstacle = obstacleTo(amount);
  if (obstacle) {
    reportError(
      `Stripe cannot charge ${amount.amountMinor} ${amount.currency} (${obstacle.reason}): ` +
        'seats at this price cannot be sold.',
    );
    return { status: 'failed', reason: 'declined' };
  }
  if (isForgotten(calls, request)) return forgottenCharge(calls, idempotencyKey);
  let intent: Stripe.PaymentIntent | undefined;
  try {
    intent = await openIntent(calls, request);
    return await confirm(calls, intent, request);
  } catch (error) {
    // Already sent with other parameters, or confirmed or canceled by another caller: the first
    // request counts.
    if (isKeyReused(error) || isUnexpectedState(error)) {
      const existing = await (intent
        ? stripe.paymentIntents.retrieve(intent.id)
        : searchIntent(calls, idempotencyKey));
      if (existing) return chargeOf(existing) ?? ABANDONED;
    }
    const failure = failureOf(error, reportError);
    if (failure) return failure;
    throw error;
  }
}

/** Takes the money. @throws Error when the hold has ended */
async function confirm(
  { stripe, now }: StripeCalls,
  { id }: Stripe.PaymentIntent,
  { idempotencyKey, token, holdExpiresAt }: ChargeRequest,
): Promise<Charge> {
  if (now() >= Date.parse(holdExpiresAt))
    throw new Error(`The hold has ended before the charge ${idempotencyKey} could be confirmed.`);
  const confirmed = await stripe.paymentIntents.confirm(
    id,
    {
      payment_method: token,
      // The buyer can no longer answer the bank's question, and must not be charged after the
      // seats are gone.
      error_on_requires_action: true,
    },
    { idempotencyKey: `${idempotencyKey}/confirm` },
  );
  return chargeOf(confirmed) ?? { status: 'failed', reason: 'declined' };
}

/** Returns the charge whose key Stripe may have removed. @throws Error when it is not found */
async function forgottenCharge(calls: StripeCalls, idempotencyKey: string): Promise<Charge> {
  const intent = await searchIntent(calls, idempotencyKey);
  const existing = intent && chargeOf(intent);
  if (existing) return existing;
  throw new Error(
    `The charge ${idempotencyKey} is too old to be sent again without the risk of charging twice.`,
  );
}

/**
 * Returns the unconfirmed intent of this charge, created now or by an earlier call with the same
 * key.
 */
function openIntent(
  { stripe }: StripeCalls,
  { idempotencyKey, amount, about }: ChargeRequest,
): Promise<Stripe.PaymentIntent> {
  return stripe.paymentIntents.create(
    {
      ...toStripe(amount)!,
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      metadata: metadataOf(idempotencyKey, about),
    },
    { idempotencyKey },
  );
}

const isForgotten = ({ now }: StripeCalls, { requestedAt }: ChargeRequest): boolean =>
  now() - Date.parse(requestedAt) >= KEY_LIFE_MS;

const isKeyReused = (error: unknown): boolean =>
  error instanceof Stripe.errors.StripeIdempotencyError;

const isUnexpectedState = (error: unknown): boolean =>
  error instanceof Stripe.errors.StripeInvalidRequestError &&
  error.code === 'payment_intent_unexpected_state';

/**
 * Returns the failure that Stripe reports as final; undefined if money may have moved or a
 * repetition may succeed.
 */
function failureOf(error: unknown, reportError: StripeCalls['reportError']): Charge | undefined {
  if (error instanceof Stripe.errors.StripeCardError)
    return declined(
      error.payment_method ?? error.payment_intent?.last_payment_error?.payment_method,
    );
  if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) return undefined;
  if (error.param === 'payment_method') return { status: 'failed', reason: 'token-unknown' };
  reportError(`Stripe rejects a charge: ${error.message}`);
  return { status: 'failed', reason: 'declined' };
}

/** Returns the current intent; undefined if there is none. @throws Error while this is unknown */
async function intentOf(
  calls: StripeCalls,
  request: ChargeRequest,
): Promise<Stripe.PaymentIntent | undefined> {
  const { stripe, within, now } = calls;
  const { idempotencyKey, amount, requestedAt } = request;
  if (obstacleTo(amount)) return undefined;
  if (isForgotten(calls, request)) return searchIntent(calls, idempotencyKey);
  try {
    const { id } = await within(openIntent(calls, request));
    return await within(stripe.paymentIntents.retrieve(id));
  } catch (error) {
    // Stripe also repeats a 500 for the same key. Older releases sent a charge in one call.
    const isAnswered = isKeyReused(error) || error instanceof Stripe.errors.StripeAPIError;
    const found = isAnswered ? await searchIntent(calls, idempotencyKey) : undefined;
    if (found || (isAnswered && now() - Date.parse(requestedAt) >= SEARCH_LAG_MS)) return found;
    throw error;
  }
}

/**
 * Returns the charge of an earlier request; undefined if it took no money.
 * @throws Error while unknown
 */
export async function find(
  calls: StripeCalls,
  request: ChargeRequest,
): Promise<Charge | undefined> {
  const intent = await intentOf(calls, request);
  return intent && chargeOf(intent);
}

/** Cancels an unconfirmed charge. Returns the charge if it was confirmed or has failed before. */
export async function withdraw(
  calls: StripeCalls,
  request: ChargeRequest,
): Promise<Charge | undefined> {
  const { stripe, within } = calls;
  const intent = await intentOf(calls, request);
  const existing = intent && chargeOf(intent);
  if (!intent || existing || intent.status === 'canceled') return existing;
  try {
    return chargeOf(await within(stripe.paymentIntents.cancel(intent.id)));
  } catch (error) {
    if (!isUnexpectedState(error)) throw error;
    // A confirmation still in flight arrived first.
    return chargeOf(await within(stripe.paymentIntents.retrieve(intent.id)));
  }
}

/** Returns the intent with this key from the search. */
async function searchIntent(
  { stripe, within }: StripeCalls,
  key: string,
): Promise<Stripe.PaymentIntent | undefined> {
  const hasKey = ({ metadata }: Stripe.PaymentIntent) => metadata.key === key;
  const query = `metadata['key']:'${key.replace(/[\\']/g, '\\$&')}'`;
  const { data } = await within(stripe.paymentIntents.search({ query, limit: PAGE }));
  // The search may show an outdated state of an intent.
  const known = await Promise.all(
    data.filter(hasKey).map(({ id }) => within(stripe.paymentIntents.retrieve(id))),
  );
  return foremost(known.filter(hasKey));
}

/** Order of intents with the same key: captured before pending, pending before failed. */
const WEIGHT: Readonly<Record<Charge['status'], number>> = { captured: 3, pending: 2, failed: 1 };
const weightOf = (intent: Stripe.PaymentIntent): number => {
  const charge = chargeOf(intent);
  return charge ? WEIGHT[charge.status] : 0;
};
const foremost = (intents: readonly Stripe.PaymentIntent[]): Stripe.PaymentIntent | undefined =>
  intents.toSorted((one, other) => weightOf(other) - weightOf(one))[0];
