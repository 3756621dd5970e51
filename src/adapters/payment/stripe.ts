import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Stripe } from 'stripe';
import type {
  ChargeSubject,
  PaymentGateway,
  ProviderEntry,
} from '../../ports/payment/payment-gateway.js';
import { obstacleTo } from './chargeable.js';
import { fromStripe } from './stripe-amounts.js';
import { PAGE, paged, throwUnknown, within, type StripeCalls } from './stripe-calls.js';
import { charge, find, withdraw } from './stripe-charges.js';
import { chargeOf, subjectOf } from './stripe-intents.js';
import { readStripeNotice } from './stripe-notices.js';
import { refund } from './stripe-refunds.js';

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
  readonly error: (message: string) => void;
  /** Milliseconds since the epoch. Shows which idempotency keys Stripe may have removed. */
  readonly now?: () => number;
}

const BASE_URL = 'https://api.stripe.com';
const TIMEOUT_MS = 15_000;
const RETRIES = 1;
const MAX_SOCKETS = 256;

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
  const { webhookSecrets, timeoutMs = TIMEOUT_MS, now = Date.now } = options;
  const { stripe, close } = openClient(options, timeoutMs);
  const calls: StripeCalls = {
    stripe,
    now,
    reportError: options.error,
    within: (call) => within(timeoutMs, call),
  };
  return {
    provider: 'stripe',
    obstacleTo,
    charge: (request) => within(timeoutMs, charge(calls, request)).catch(throwUnknown(calls)),
    find: (request) => find(calls, request).catch(throwUnknown(calls)),
    withdraw: (request) => withdraw(calls, request).catch(throwUnknown(calls)),
    refund: (request) => refund(calls, request),
    subjectOf: (reference) => subjectOfIntent(calls, reference).catch(throwUnknown(calls)),
    readNotice: (body, headers, at) =>
      readStripeNotice(stripe.webhooks, { body, headers, secrets: webhookSecrets, now: at }),
    entries: () => entries(calls),
    close,
  };
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

async function subjectOfIntent(
  { stripe, within }: StripeCalls,
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

/** Lists refunds first, so that the capture of each refund follows in the same pass. */
async function* entries(calls: StripeCalls): AsyncGenerator<ProviderEntry> {
  const { stripe } = calls;
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
    throwUnknown(calls)(error);
  }
}
