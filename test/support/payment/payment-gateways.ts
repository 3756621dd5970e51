import { createHmac } from 'node:crypto';
import { Stripe } from 'stripe';
import {
  openRemoteSandboxGateway,
  openSandboxGateway,
  type SandboxGatewayOptions,
} from '../../../src/demo/payment-sandbox/sandbox-gateway.js';
import {
  serveSandbox,
  type SandboxServerOptions,
} from '../../../src/demo/payment-sandbox/sandbox-http.js';
import { openStripeGateway } from '../../../src/adapters/payment/stripe.js';
import { systemClock } from '../../../src/adapters/system/clock.js';
import type {
  ChargeRequest,
  NoticeHeaders,
  PaymentGateway,
  RefundRequest,
} from '../../../src/ports/payment/payment-gateway.js';
import { openStripeServer, type StripeServer } from './stripe-server.js';

export const OLD_SECRET = 'whsec_the-old-secret-of-the-webhooks';
export const NEW_SECRET = 'whsec_the-new-secret-of-the-webhooks';
export const STRANGE_SECRET = 'whsec_a-secret-of-somebody-else';
export const SECRETS = [NEW_SECRET, OLD_SECRET];

/** Long enough for an answer on a busy machine. Milliseconds. */
export const TIMEOUT_MS = 1_000;
export const API_KEY = 'the-key-of-the-sandbox';

/** Request of a charge; `parts` replace its defaults. */
let keys = 0;
export function chargeOf(token: string, parts: Partial<ChargeRequest> = {}): ChargeRequest {
  const idempotencyKey = `key-${process.pid}-${++keys}`;
  return {
    idempotencyKey,
    token,
    amount: { amountMinor: 12_500, currency: 'EUR' },
    about: { eventId: 'event-1', reservationId: `reservation-${idempotencyKey}`, attempt: 1 },
    holdExpiresAt: new Date(Date.now() + 600_000).toISOString(),
    requestedAt: new Date().toISOString(),
    ...parts,
  };
}

/** Subjects of a charge notification. */
export type NoticeKind =
  | 'captured'
  | 'failed'
  | 'processing'
  | 'refund pending'
  | 'refund succeeded'
  | 'refund failed'
  | 'something else';

/** A refund as every test of the contract asks for it. */
export const refundOf = (
  reference: string,
  amountMinor: number,
  idempotencyKey = chargeOf('').idempotencyKey,
): RefundRequest => ({
  ...{ idempotencyKey, reference, amount: { amountMinor, currency: 'EUR' } },
  about: { eventId: 'event-1', reservationId: 'reservation-1' },
});

/** A provider, and the gateway to it. */
export interface GatewayUnderTest {
  readonly gateway: PaymentGateway;
  readonly tokens: Readonly<Record<'success' | 'declined' | 'unknown' | 'slow', string>>;
  /** A charge that moves the money and is not answered. */
  silent(): ChargeRequest;
  /**
   * From now on refunds of this capture fail, also those that have succeeded. Undefined: the
   * provider can't be told.
   */
  readonly failRefunds?: (reference: string) => void;
  /** Until what is pending is settled. */
  settled(): Promise<void>;
  /** Another way to the same provider, while the first one is lost. */
  readonly unreachable: PaymentGateway;
  /** A body as the provider writes it. */
  body(kind: NoticeKind, request: ChargeRequest): string;
  headers(body: string, options: { secret: string; at: number }): NoticeHeaders;
  readonly signatureHeader: string;
  stop(): Promise<void>;
}

/** Nothing listens there. */
const NOWHERE = 'http://127.0.0.1:9';
const SLOW_MS = 150;
const WAITS = { slowMs: SLOW_MS, lostMs: SLOW_MS, lateMs: SLOW_MS, earlyMs: 2 * SLOW_MS };

export async function sandboxInProcess(): Promise<GatewayUnderTest> {
  const gateway = await openSandboxGateway(sandboxOptions());
  return sandboxUnderTest(gateway, () => gateway.close());
}

export async function sandboxOverHttp(): Promise<GatewayUnderTest> {
  const server = await serveSandbox(serverOptions());
  const gateway = openRemoteSandboxGateway({
    url: server.url,
    apiKey: API_KEY,
    webhookSecrets: SECRETS,
    timeoutMs: TIMEOUT_MS,
  });
  return sandboxUnderTest(gateway, async () => {
    await gateway.close();
    await server.close();
  });
}

export const sandboxOptions = (
  parts: Partial<SandboxGatewayOptions> = {},
): SandboxGatewayOptions => ({
  clock: systemClock,
  webhookSecrets: SECRETS,
  timeoutMs: TIMEOUT_MS,
  waits: WAITS,
  ...parts,
});

export const serverOptions = (parts: Partial<SandboxServerOptions> = {}): SandboxServerOptions => ({
  port: 0,
  apiKey: API_KEY,
  webhookSecret: NEW_SECRET,
  waits: WAITS,
  ...parts,
});

function sandboxUnderTest(gateway: PaymentGateway, stop: () => Promise<void>): GatewayUnderTest {
  return {
    gateway,
    tokens: {
      success: 'tok_success',
      declined: 'tok_declined',
      unknown: 'tok_nobody',
      slow: 'tok_slow',
    },
    silent: () => chargeOf('tok_silent'),
    settled: () => systemClock.sleep(2 * SLOW_MS),
    unreachable: openRemoteSandboxGateway({
      url: NOWHERE,
      apiKey: API_KEY,
      webhookSecrets: SECRETS,
      timeoutMs: TIMEOUT_MS,
    }),
    body: sandboxBody,
    // Computed here, not by the code under test.
    headers(body, { secret, at }) {
      const t = Math.floor(at / 1_000);
      const signature = createHmac('sha256', secret).update(`${t}.${body}`).digest('hex');
      return {
        'boxoffice-signature': `t=${t},v1=${signature}`,
      };
    },
    signatureHeader: 'boxoffice-signature',
    stop,
  };
}

const SANDBOX_TYPES = {
  captured: 'charge.captured',
  failed: 'charge.failed',
  processing: 'charge.processing',
  'refund pending': 'refund.pending',
  'refund succeeded': 'refund.completed',
  'refund failed': 'refund.failed',
  'something else': 'payout.paid',
};
const SANDBOX_REASONS: Partial<Record<NoticeKind, object>> = {
  failed: { reason: 'declined' },
  'refund failed': { reason: 'lost_or_stolen_card' },
};

function sandboxBody(kind: NoticeKind, { idempotencyKey, amount, about }: ChargeRequest): string {
  const refund = kind.startsWith('refund') ? { refundId: 're_1' } : {};
  const reason = SANDBOX_REASONS[kind];
  return JSON.stringify({
    id: 'evt_1',
    type: SANDBOX_TYPES[kind],
    createdAt: '2026-07-01T18:00:00.000Z',
    data: { idempotencyKey, reference: 'py_1', amount, about, ...reason, ...refund },
  });
}

export interface StripeUnderTest extends GatewayUnderTest {
  readonly server: StripeServer;
  readonly logged: readonly string[];
}

export async function stripeOverHttp(): Promise<StripeUnderTest> {
  const server = await openStripeServer();
  const logged: string[] = [];
  const error = (message: string) => void logged.push(message);
  const open = (baseUrl: string) =>
    openStripeGateway({
      secretKey: server.secretKey,
      webhookSecrets: SECRETS,
      baseUrl,
      timeoutMs: TIMEOUT_MS,
      error,
    });
  const gateway = open(server.url);
  return {
    gateway,
    server,
    logged,
    tokens: {
      success: 'pm_card_visa',
      declined: 'pm_card_chargeDeclined',
      unknown: 'pm_nobody',
      slow: 'pm_processing',
    },
    silent() {
      server.failNext('silent after', 1, '/confirm');
      return chargeOf('pm_card_visa');
    },
    settled: async () => server.account.settle('succeeded'),
    unreachable: open(NOWHERE),
    body: (kind, request) => stripeBody(server, kind, request),
    headers: (payload, { secret, at }) => ({
      'stripe-signature': Stripe.webhooks.generateTestHeaderString({
        payload,
        secret,
        timestamp: Math.floor(at / 1_000),
      }),
    }),
    signatureHeader: 'stripe-signature',
    stop: async () => {
      await gateway.close();
      await server.close();
    },
  };
}

const STRIPE_TYPES = {
  captured: 'payment_intent.succeeded',
  failed: 'payment_intent.payment_failed',
  processing: 'payment_intent.processing',
  'refund pending': 'refund.created',
  'refund succeeded': 'refund.updated',
  'refund failed': 'refund.failed',
  'something else': 'charge.refunded',
};

function stripeBody(
  server: StripeServer,
  kind: NoticeKind,
  { idempotencyKey, amount, about }: ChargeRequest,
): string {
  const { eventId, reservationId } = about;
  if (kind.startsWith('refund'))
    return server.eventOf(STRIPE_TYPES[kind], {
      ...{ id: 're_1', object: 'refund', payment_intent: 'py_1', status: kind.split(' ')[1] },
      ...{ amount: amount.amountMinor, currency: amount.currency.toLowerCase() },
      ...(kind === 'refund failed' && { failure_reason: 'lost_or_stolen_card' }),
      metadata: { key: idempotencyKey, eventId, reservationId },
    });
  return server.eventOf(STRIPE_TYPES[kind], {
    id: 'pi_1',
    object: 'payment_intent',
    status: 'processing',
    amount: amount.amountMinor,
    amount_received: kind === 'captured' ? amount.amountMinor : 0,
    currency: amount.currency.toLowerCase(),
    metadata: { ...about, attempt: String(about.attempt), key: idempotencyKey },
  });
}
