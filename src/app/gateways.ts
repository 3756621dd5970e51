import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  openRemoteSandboxGateway,
  openSandboxGateway,
} from '../demo/payment-sandbox/sandbox-gateway.js';
import type { SandboxWaits } from '../demo/payment-sandbox/sandbox-tokens.js';
import { systemClock } from '../adapters/system/clock.js';
import type { Config } from '../config/config.js';
import type { PaymentGateway } from '../ports/payment/payment-gateway.js';

/** In the data directory: the books of the sandbox that lives in this process. */
export const SANDBOX_JOURNAL = 'payments-sandbox.jsonl';

export interface OpenedGateway {
  readonly gateway: PaymentGateway;
  /** For a gateway that lives in this process: where the shop takes webhooks, once it serves. */
  sendNoticesTo(shopUrl: string): void;
}

/** The payment gateway that the configuration names. @throws Error when the sandbox's journal cannot be read */
export async function openPaymentGateway(
  config: Config,
  log: (message: string) => void,
  /** Of a sandbox in this process. */
  waits?: Partial<SandboxWaits>,
): Promise<OpenedGateway> {
  if (config.payments === 'stripe') {
    // Its library is large: only a shop that uses it loads it.
    const { openStripeGateway } = await import('../adapters/payment/stripe.js');
    const gateway = openStripeGateway({
      secretKey: config.paymentsStripeSecretKey!,
      webhookSecrets: config.paymentsStripeWebhookSecrets!,
    });
    return { gateway, sendNoticesTo: () => {} };
  }
  const { paymentsSandboxUrl: url, paymentsSandboxSecret: secret } = config;
  if (url !== undefined) {
    const webhookSecrets = [secret!];
    const gateway = openRemoteSandboxGateway({
      url,
      apiKey: config.paymentsSandboxApiKey!,
      webhookSecrets,
    });
    return { gateway, sendNoticesTo: () => {} };
  }
  mkdirSync(config.dataDir, { recursive: true });
  const gateway = await openSandboxGateway({
    clock: systemClock,
    webhookSecrets: [secret ?? randomBytes(32).toString('hex')],
    journal: join(config.dataDir, SANDBOX_JOURNAL),
    waits,
    log,
  });
  return {
    gateway,
    sendNoticesTo: (shopUrl) => gateway.sendNoticesTo(`${shopUrl}/v1/payments/webhooks/sandbox`),
  };
}
