import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Stripe } from 'stripe';
import {
  PaymentOutcomeUnknown,
  RefundRefused,
  type Charge,
  type ChargeRequest,
  type ChargeSubject,
  type PaymentGateway,
  type ProviderEntry,
  type RefundRequest,
  type RefundState,
} from '../../ports/payment/payment-gateway.js';
import { obstacleTo } from './chargeable.js';
import { fromStripe, toStripe } from './stripe-amounts.js';
import {
  ABANDONED,
  chargeOf,
  declined,
  metadataOf,
  refundStateOf,
  subjectOf,
} from './stripe-intents.js';
import { readStripeNotice } from './stripe-notices.js';

export interface StripeGatewayOptions {
  /** `sk_…`, or `rk_…` with write access to payment intents and refunds. */
  readonly secretKey: string;
  /** `whsec_…`. A webhook may be signed with any of them. */
  readonly webhookSecrets: readonly string[];
  /** `https://api.stripe.com` by default. */
  readonly baseUrl?: string;
  /** Limit of one call with its one repetition. Milliseconds, by default 15,000. */
  readonly timeoutMs?: number;
  /**
   * Called when an operator has to act: Stripe rejects the key, or does not understand a request.
   */
  readonly log?: (message: string) => void;
  /** Milliseconds since the epoch. Shows which idempotency keys Stripe may have removed. */
  readonly now?: () => number;
}

const BASE_URL = 'https://api.stripe.com';
const TIMEOUT_MS = 15_000;
const RETRIES = 1;
const MAX_SOCKETS = 256;
const PAGE = 100;
/**
 * Stripe removes idempotency keys after 24 hours at the earliest (https://docs.stripe.com/api/idempotent_requests). One
 * hour less allows for clock differences. Milliseconds.
 */
const KEY_LIFE_MS = 23 * 3_600_000;
/**
 * The search finds an intent after a minute, later in an outage (https://docs.stripe.com/search#data-freshness). Only
 * an older intent counts as missing when the search does not find it. Milliseconds.
 */
const SEARCH_LAG_MS = 15 * 60_000;
/** Maximum of refunds of one capture. */
const MAX_REFUNDS = 1_000;

/**
 * Uses payment intents and refunds through Stripe's SDK.
 * A charge is two calls: creating an intent takes no money, confirming it does. To ask about a
 * charge, the first call is repeated with its key. Stripe answers with the same intent, which is
 * then read by its id, so the answer depends neither on a lagging index nor on the number of other
 * charges. If the first call never arrived, the repetition creates an intent that takes no money.
 * After Stripe has removed the key, the search by metadata decides; by then it finds every intent
 * of that age.
 */
export function openStripeGateway(options: StripeGatewayOptions): PaymentGateway {
  const { webhookSecrets, timeoutMs = TIMEOUT_MS, log = () => {}, now = Date.now } = options;
  const { stripe, close } = openClient(options, timeoutMs);
  const calls: Calls = {
    ...{ stripe, now, log },
    within: (call) => within(timeoutMs, call),
  };
  return {
    provider: 'stripe',
    obstacleTo,
    charge: (request) => within(timeoutMs, charge(calls, request)).catch(asUnknown(log)),
    find: (request) => find(calls, request).catch(asUnknown(log)),
    withdraw: (request) => withdraw(calls, request).catch(asUnknown(log)),
    refund: (request) => refund(calls, request),
    subjectOf: (reference) => subjectBehind(calls, reference).catch(asUnknown(log)),
    readNotice: (body, headers, at) =>
      readStripeNotice(stripe.webhooks, { body, headers, secrets: webhookSecrets, now: at }),
    entries: () => entries(calls),
    close,
  };
}

interface Calls {
  readonly stripe: Stripe;
  readonly now: () => number;
  readonly log: (message: string) => void;
  /** Limits a call. The SDK's own timeout restarts with every byte that arrives. */
  within<T>(call: Promise<T>): Promise<T>;
}

function openClient(options: StripeGatewayOptions, timeout: number) {
  const url = new URL(options.baseUrl ?? BASE_URL);
  const isPlain = url.protocol === 'http:';
  const agent = new (isPlain ? HttpAgent : HttpsAgent)({
    keepAlive: true,
    maxSockets: MAX_SOCKETS,
  });
  const stripe = new Stripe(options.secretKey, {
    protocol: isPlain ? 'http' : 'https',
    host: url.hostname,
    port: url.port || (isPlain ? 80 : 443),
    httpClient: Stripe.createNodeHttpClient(agent),
    timeout,
    maxNetworkRetries: RETRIES,
    // Otherwise the SDK writes a file to the home directory.
    telemetry: false,
  });
  return { stripe, close: async () => agent.destroy() };
}

async function charge(calls: Calls, request: ChargeRequest): Promise<Charge> {
  const { stripe, log } = calls;
  const { amountMinor, currency } = request.amount;
  const obstacle = obstacleTo(request.amount);
  if (obstacle) {
    log(
      `Stripe cannot charge ${amountMinor} ${currency} (${obstacle.reason}): seats at this price cannot be sold.`,
    );
    return { status: 'failed', reason: 'declined' };
  }
  const { idempotencyKey, token } = request;
  if (isForgotten(calls, request)) {
    const standing = await searched(calls, idempotencyKey);
    const state = standing && chargeOf(standing);
    if (state) return state;
    throw new Error(
      `The charge ${idempotencyKey} is too old to be sent again without the risk of charging twice.`,
    );
  }
  let intent: Stripe.PaymentIntent | undefined;
  try {
    intent = await opened(calls, request);
    if (calls.now() >= Date.parse(request.holdExpiresAt))
      throw new Error(`The hold has ended before the charge ${idempotencyKey} could be confirmed.`);
    return (
      chargeOf(
        await stripe.paymentIntents.confirm(
          intent.id,
          {
            payment_method: token,
            // The buyer can no longer answer the bank's question, and must not be charged after the
            // seats are gone.
            error_on_requires_action: true,
          },
          { idempotencyKey: `${idempotencyKey}/confirm` },
        ),
      ) ?? { status: 'failed', reason: 'declined' }
    );
  } catch (error) {
    // Already sent with other parameters, or confirmed or canceled by another caller: the first request counts.
    if (isKeyReused(error) || isUnexpectedState(error)) {
      const standing = await (intent
        ? stripe.paymentIntents.retrieve(intent.id)
        : searched(calls, idempotencyKey));
      if (standing) return chargeOf(standing) ?? ABANDONED;
    }
    const failure = failureOf(error, log);
    if (failure) return failure;
    throw error;
  }
}

/**
 * Returns the unconfirmed intent of this charge, created now or by an earlier call with the same
 * key.
 */
function opened(
  { stripe }: Calls,
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

const isForgotten = ({ now }: Calls, { requestedAt }: ChargeRequest): boolean =>
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
function failureOf(error: unknown, log: Calls['log']): Charge | undefined {
  if (error instanceof Stripe.errors.StripeCardError)
    return declined(
      error.payment_method ?? error.payment_intent?.last_payment_error?.payment_method,
    );
  if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) return undefined;
  if (error.param === 'payment_method') return { status: 'failed', reason: 'token-unknown' };
  log(`Stripe rejects a charge: ${error.message}`);
  return { status: 'failed', reason: 'declined' };
}

/** Returns the current intent; undefined if there is none. @throws Error while this is unknown */
async function intentOf(
  calls: Calls,
  request: ChargeRequest,
): Promise<Stripe.PaymentIntent | undefined> {
  const { stripe, within, now } = calls;
  const { idempotencyKey, amount, requestedAt } = request;
  if (obstacleTo(amount)) return undefined;
  if (isForgotten(calls, request)) return searched(calls, idempotencyKey);
  try {
    const { id } = await within(opened(calls, request));
    return await within(stripe.paymentIntents.retrieve(id));
  } catch (error) {
    // Stripe also repeats a 500 for the same key. Older releases sent a charge in one call.
    const isAnswered = isKeyReused(error) || error instanceof Stripe.errors.StripeAPIError;
    const found = isAnswered ? await searched(calls, idempotencyKey) : undefined;
    if (found || (isAnswered && now() - Date.parse(requestedAt) >= SEARCH_LAG_MS)) return found;
    throw error;
  }
}

async function find(calls: Calls, request: ChargeRequest): Promise<Charge | undefined> {
  const intent = await intentOf(calls, request);
  return intent && chargeOf(intent);
}

async function withdraw(calls: Calls, request: ChargeRequest): Promise<Charge | undefined> {
  const { stripe, within } = calls;
  const intent = await intentOf(calls, request);
  const standing = intent && chargeOf(intent);
  if (!intent || standing || intent.status === 'canceled') return standing;
  try {
    return chargeOf(await within(stripe.paymentIntents.cancel(intent.id)));
  } catch (error) {
    if (!isUnexpectedState(error)) throw error;
    // A confirmation still in flight arrived first.
    return chargeOf(await within(stripe.paymentIntents.retrieve(intent.id)));
  }
}

/** Returns the intent with this key from the search. */
async function searched(
  { stripe, within }: Calls,
  key: string,
): Promise<Stripe.PaymentIntent | undefined> {
  const isIt = ({ metadata }: Stripe.PaymentIntent) => metadata.key === key;
  const query = `metadata['key']:'${key.replace(/[\\']/g, '\\$&')}'`;
  const { data } = await within(stripe.paymentIntents.search({ query, limit: PAGE }));
  // The search may show an outdated state of an intent.
  const known = await Promise.all(
    data.filter(isIt).map(({ id }) => within(stripe.paymentIntents.retrieve(id))),
  );
  return foremost(known.filter(isIt));
}

/** Order of intents with the same key: captured before pending, pending before failed. */
const WEIGHT: Readonly<Record<Charge['status'], number>> = { captured: 3, pending: 2, failed: 1 };
const weightOf = (intent: Stripe.PaymentIntent): number => {
  const charge = chargeOf(intent);
  return charge ? WEIGHT[charge.status] : 0;
};
const foremost = (intents: readonly Stripe.PaymentIntent[]): Stripe.PaymentIntent | undefined =>
  intents.toSorted((one, other) => weightOf(other) - weightOf(one))[0];

async function subjectBehind(
  { stripe, within }: Calls,
  reference: string,
): Promise<ChargeSubject | undefined> {
  try {
    return subjectOf((await within(stripe.paymentIntents.retrieve(reference))).metadata);
  } catch (error) {
    const isMissing =
      error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'resource_missing';
    if (isMissing) return undefined;
    throw error;
  }
}

async function refund(
  calls: Calls,
  { idempotencyKey, about, reference, amount }: RefundRequest,
): Promise<RefundState> {
  const { stripe, within, log } = calls;
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
        `This key was used with another amount: refund ${made.id} of ${made.amount} ${made.currency}.`,
      );
    return refundStateOf(made);
  } catch (error) {
    if (error instanceof RefundRefused) throw error;
    if (isFinalForRefund(error)) throw new RefundRefused(error.message, { cause: error });
    return asUnknown(log)(error);
  }
}

/** Not final: `balance_insufficient`, because later sales fill the balance. */
const isFinalForRefund = (error: unknown): error is Error =>
  error instanceof Stripe.errors.StripeIdempotencyError ||
  (error instanceof Stripe.errors.StripeInvalidRequestError &&
    error.code !== 'balance_insufficient');

async function refundBefore(
  calls: Calls,
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

/** Lists refunds first, so that the capture of each refund follows in the same pass. */
async function* entries(calls: Calls): AsyncGenerator<ProviderEntry> {
  const { stripe, log } = calls;
  try {
    const refunds = stripe.refunds.list({ limit: PAGE, expand: ['data.payment_intent'] });
    for await (const { amount, currency, payment_intent: intent, status } of paged(
      calls,
      refunds,
    )) {
      if (typeof intent !== 'object' || !intent || !subjectOf(intent.metadata)) continue;
      if (status !== 'succeeded') continue;
      yield { kind: 'refund', reference: intent.id, amount: fromStripe(amount, currency) };
    }
    for await (const intent of paged(calls, stripe.paymentIntents.list({ limit: PAGE }))) {
      const charge = subjectOf(intent.metadata) && chargeOf(intent);
      if (charge?.status !== 'captured') continue;
      yield { kind: 'capture', reference: charge.reference, amount: charge.amount };
    }
  } catch (error) {
    asUnknown(log)(error);
  }
}

/** Iterates over all pages of a list, each within the time limit. */
async function* paged<T>({ within }: Calls, list: AsyncIterable<T>): AsyncGenerator<T> {
  const items = list[Symbol.asyncIterator]();
  for (let item = await within(items.next()); !item.done; item = await within(items.next()))
    yield item.value;
}

function within<T>(ms: number, call: Promise<T>): Promise<T> {
  return new Promise((resolve, refuse) => {
    const timer = setTimeout(() => refuse(new Error(`no answer within ${ms} ms`)), ms);
    call.then(resolve, refuse).finally(() => clearTimeout(timer));
  });
}

const asUnknown =
  (log: Calls['log']) =>
  (error: unknown): never => {
    if (error instanceof PaymentOutcomeUnknown) throw error;
    const { message } = error as Error;
    const isOurs =
      error instanceof Stripe.errors.StripeAuthenticationError ||
      error instanceof Stripe.errors.StripePermissionError;
    if (isOurs) log(`Stripe rejects the secret key: ${message}`);
    throw new PaymentOutcomeUnknown(`Outcome at Stripe unknown: ${message}`, { cause: error });
  };
