import type {
  ChargeRequest,
  PaymentGateway,
  PaymentNotice,
  ProviderEntry,
} from '../../../src/ports/payment/payment-gateway.js';
import {
  chargeOf,
  SECRETS,
  stripeOverHttp,
  type StripeUnderTest,
} from '../../support/payment/payment-gateways.js';
import type { StripeServer } from '../../support/payment/stripe-server.js';

export const unknown = expect.objectContaining({ name: 'PaymentOutcomeUnknown' });

/** A gateway and its Stripe, both new for each test. */
export interface StripeFixture {
  readonly gateway: PaymentGateway;
  readonly server: StripeServer;
  /** Errors reported to the operator. */
  readonly logged: readonly string[];
  /** Charges a card. */
  captured(): ReturnType<typeof capture>;
  /** Returns all entries that the gateway lists. */
  entries(): Promise<ProviderEntry[]>;
  /** Reads a signed webhook. */
  read(body: string): PaymentNotice;
}

export function useStripe(): StripeFixture {
  let given: StripeUnderTest;
  beforeEach(async () => {
    given = await stripeOverHttp();
  });
  afterEach(async () => {
    await given.unreachable.close();
    await given.stop();
  });
  return {
    get gateway() {
      return given.gateway;
    },
    get server() {
      return given.server;
    },
    get logged() {
      return given.logged;
    },
    captured: () => capture(given.gateway),
    async entries() {
      const all: ProviderEntry[] = [];
      for await (const entry of given.gateway.entries()) all.push(entry);
      return all;
    },
    read(body) {
      const now = Date.now();
      const headers = given.headers(body, { secret: SECRETS[0]!, at: now });
      return given.gateway.readNotice(Buffer.from(body), headers, now);
    },
  };
}

async function capture(gateway: PaymentGateway) {
  const charge = await gateway.charge(chargeOf('pm_card_visa'));
  if (charge.status !== 'captured') throw new Error('not captured');
  return charge;
}

/** A charge as sent by releases that created and confirmed an intent in one call. */
export async function oneCallCharge(
  { url, secretKey }: StripeServer,
  request: ChargeRequest,
): Promise<void> {
  const { idempotencyKey, token, amount, about } = request;
  await fetch(`${url}/v1/payment_intents`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secretKey}`, 'idempotency-key': idempotencyKey },
    body: new URLSearchParams({
      amount: String(amount.amountMinor),
      currency: 'eur',
      payment_method: token,
      confirm: 'true',
      error_on_requires_action: 'true',
      'automatic_payment_methods[allow_redirects]': 'never',
      'metadata[key]': idempotencyKey,
      'metadata[attempt]': '1',
      'metadata[eventId]': about.eventId,
      'metadata[reservationId]': about.reservationId,
    }),
  });
}
