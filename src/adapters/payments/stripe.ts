import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Stripe } from 'stripe';
import {
  PaymentOutcomeUnknown,
  RefundRefused,
  type Charge,
  type ChargeRequest,
  type PaymentGateway,
  type ProviderEntry,
  type RefundRequest,
} from '../../ports/payment-gateway.js';
import { fromStripe, toStripe } from './stripe-amounts.js';
import { chargeOf, declined, metadataOf, subjectOf } from './stripe-intents.js';
import { readStripeNotice } from './stripe-notices.js';

export interface StripeGatewayOptions {
  /** `sk_…`, or `rk_…` that may write payment intents and refunds, and read both. */
  readonly secretKey: string;
  /** `whsec_…`: a webhook may be signed with any of them. */
  readonly webhookSecrets: readonly string[];
  /** `https://api.stripe.com` by default. */
  readonly baseUrl?: string;
  /** Of one call with its one repetition. Milliseconds, by default 15,000. */
  readonly timeoutMs?: number;
  /** Told what an operator should see to: a key that is refused, a request that Stripe does not understand. */
  readonly log?: (message: string) => void;
  /** Milliseconds since the epoch; to tell which intents the search may not know yet. */
  readonly now?: () => number;
}

const BASE_URL = 'https://api.stripe.com';
const TIMEOUT_MS = 15_000;
const RETRIES = 1;
const MAX_SOCKETS = 256;
const PAGE = 100;
/** The search lags behind by a minute, more in an outage (https://docs.stripe.com/search#data-freshness). */
const SEARCH_LAG_SECONDS = 900;
/** Recent intents that are looked through for one that the search does not know. */
const MAX_RECENT = 2_000;
/** Refunds of one capture. */
const MAX_REFUNDS = 1_000;

/**
 * Payment intents and refunds by Stripe's own SDK.
 *
 * Stripe forgets an idempotency key after a day: a charge older than that is asked about with `find`, not sent again. A
 * refund is looked up first, so it is paid once however late it is repeated.
 */
export function openStripeGateway(options: StripeGatewayOptions): PaymentGateway {
  const { webhookSecrets, timeoutMs = TIMEOUT_MS, log = () => {}, now = Date.now } = options;
  const { stripe, close } = openClient(options, timeoutMs);
  const calls = { stripe, now, log, within: <T>(call: Promise<T>) => within(timeoutMs, call) };
  const find = (key: string) => findCharge(calls, key).catch(asUnknown(log));
  return {
    provider: 'stripe',
    charge: (request) => charge(calls, request, find),
    find,
    refund: (request) => refund(calls, request),
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
  /** The SDK's own limit starts anew with every byte that arrives. */
  within<T>(call: Promise<T>): Promise<T>;
}

function openClient(options: StripeGatewayOptions, timeout: number) {
  const url = new URL(options.baseUrl ?? BASE_URL);
  const isPlain = url.protocol === 'http:';
  const agent = new (isPlain ? HttpAgent : HttpsAgent)({ keepAlive: true, maxSockets: MAX_SOCKETS });
  const stripe = new Stripe(options.secretKey, {
    protocol: isPlain ? 'http' : 'https',
    host: url.hostname,
    port: url.port || (isPlain ? 80 : 443),
    httpClient: Stripe.createNodeHttpClient(agent),
    timeout,
    maxNetworkRetries: RETRIES,
    // With it on, the SDK writes a file of its own to the home directory.
    telemetry: false,
  });
  return { stripe, close: async () => agent.destroy() };
}

async function charge(
  { stripe, within, log }: Calls,
  { idempotencyKey, token, amount, about }: ChargeRequest,
  find: PaymentGateway['find'],
): Promise<Charge> {
  const charged = toStripe(amount);
  if (!charged) {
    const { amountMinor, currency } = amount;
    log(`Stripe has no unit for ${amountMinor} ${currency}: no such seat can be paid for.`);
    return { status: 'failed', reason: 'declined' };
  }
  try {
    const intent = await within(
      stripe.paymentIntents.create(
        {
          ...charged,
          payment_method: token,
          confirm: true,
          // The buyer is not here any more to answer the bank's question, and must not be charged when the seats are gone.
          error_on_requires_action: true,
          automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
          metadata: metadataOf(idempotencyKey, about),
        },
        { idempotencyKey },
      ),
    );
    return chargeOf(intent);
  } catch (error) {
    if (error instanceof Stripe.errors.StripeIdempotencyError) {
      // The first thing sent with a key is what counts.
      const standing = await find(idempotencyKey);
      if (standing) return standing;
    }
    return failureOf(error, log) ?? asUnknown(log)(error);
  }
}

/** What Stripe has refused for good; undefined when the money may have moved, or would another time. */
function failureOf(error: unknown, log: Calls['log']): Charge | undefined {
  if (error instanceof Stripe.errors.StripeCardError)
    return declined(error.payment_method ?? error.payment_intent?.last_payment_error?.payment_method);
  if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) return undefined;
  if (error.param === 'payment_method') return { status: 'failed', reason: 'token-unknown' };
  log(`Stripe does not take a charge: ${error.message}`);
  return { status: 'failed', reason: 'declined' };
}

/** The search is late, so what it does not know is looked for among the newest. @throws Error when there are too many of them */
async function findCharge(calls: Calls, key: string): Promise<Charge | undefined> {
  const { stripe, within, now } = calls;
  const isIt = ({ metadata }: Stripe.PaymentIntent) => metadata.key === key;
  const query = `metadata['key']:'${key.replace(/[\\']/g, '\\$&')}'`;
  const { data } = await within(stripe.paymentIntents.search({ query, limit: PAGE }));
  // The search may also show an older state of what it knows.
  const known = await Promise.all(
    data.filter(isIt).map(({ id }) => within(stripe.paymentIntents.retrieve(id))),
  );
  if (known.length > 0) return foremost(known.filter(isIt).map(chargeOf));
  const since = Math.floor(now() / 1_000) - SEARCH_LAG_SECONDS;
  let looked = 0;
  const recent = stripe.paymentIntents.list({ created: { gte: since }, limit: PAGE });
  for await (const intent of paged(calls, recent)) {
    if (isIt(intent)) return chargeOf(intent);
    if (++looked >= MAX_RECENT)
      throw new Error(`there are more than ${MAX_RECENT} newer charges; ask again in a few minutes`);
  }
  return undefined;
}

/** Money that has moved outweighs money that may move, and that outweighs a refusal. */
const WEIGHT: Readonly<Record<Charge['status'], number>> = { captured: 2, pending: 1, failed: 0 };
const foremost = (charges: readonly Charge[]): Charge | undefined =>
  charges.toSorted((one, other) => WEIGHT[other.status] - WEIGHT[one.status])[0];

async function refund(calls: Calls, { idempotencyKey, reference, amount }: RefundRequest): Promise<string> {
  const { stripe, within, log } = calls;
  const paid = toStripe(amount);
  if (!paid) throw new RefundRefused(`Stripe has no unit for ${amount.amountMinor} ${amount.currency}.`);
  try {
    const before = await refundBefore(calls, idempotencyKey, reference);
    const made =
      before ??
      (await within(
        stripe.refunds.create(
          { payment_intent: reference, amount: paid.amount, metadata: { key: idempotencyKey } },
          { idempotencyKey },
        ),
      ));
    if (made.amount !== paid.amount || made.currency !== paid.currency)
      throw new RefundRefused(
        `With this key another amount was paid back: refund ${made.id} of ${made.amount} ${made.currency}.`,
      );
    if (made.status === 'failed' || made.status === 'canceled')
      throw new RefundRefused(
        `Refund ${made.id} has ${made.status}: ${made.failure_reason ?? 'no reason given'}.`,
      );
    return made.id;
  } catch (error) {
    if (error instanceof RefundRefused) throw error;
    if (isFinalForRefund(error)) throw new RefundRefused(error.message, { cause: error });
    return asUnknown(log)(error);
  }
}

/** A balance that is too low today is filled by tomorrow's sales. */
const isFinalForRefund = (error: unknown): error is Error =>
  error instanceof Stripe.errors.StripeIdempotencyError ||
  (error instanceof Stripe.errors.StripeInvalidRequestError && error.code !== 'balance_insufficient');

async function refundBefore(
  calls: Calls,
  key: string,
  reference: string,
): Promise<Stripe.Refund | undefined> {
  let looked = 0;
  const made = calls.stripe.refunds.list({ payment_intent: reference, limit: PAGE });
  for await (const refund of paged(calls, made)) {
    if (refund.metadata?.key === key) return refund;
    if (++looked >= MAX_REFUNDS) throw new RefundRefused(`${reference} has ${MAX_REFUNDS} refunds already.`);
  }
  return undefined;
}

/** Refunds first: each of them then has its capture among those that follow. */
async function* entries(calls: Calls): AsyncGenerator<ProviderEntry> {
  const { stripe, log } = calls;
  try {
    const refunds = stripe.refunds.list({ limit: PAGE, expand: ['data.payment_intent'] });
    for await (const { amount, currency, payment_intent: intent, status } of paged(calls, refunds)) {
      if (typeof intent !== 'object' || !intent || !subjectOf(intent.metadata)) continue;
      if (status === 'failed' || status === 'canceled') continue;
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

/** All pages of a list, each in bounded time. */
async function* paged<T>({ within }: Calls, list: AsyncIterable<T>): AsyncGenerator<T> {
  const items = list[Symbol.asyncIterator]();
  for (let item = await within(items.next()); !item.done; item = await within(items.next())) yield item.value;
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
    if (isOurs) log(`Stripe does not accept our key: ${message}`);
    throw new PaymentOutcomeUnknown(`Stripe leaves the outcome open: ${message}`, { cause: error });
  };
