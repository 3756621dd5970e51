import type { DynamicModule, Type } from '@nestjs/common';
import { StripeModule } from '../adapters/payment/stripe.module.js';
import type { Config } from '../config/config.js';
import { SandboxModule } from '../demo/payment-sandbox/sandbox.module.js';
import type { SandboxWaits } from '../demo/payment-sandbox/sandbox-tokens.js';

/**
 * Returns the module of the payment provider that `PAYMENTS` names.
 * @param waits of a sandbox in this process
 */
export const paymentProvider = (
  { payments }: Config,
  waits?: Partial<SandboxWaits>,
): DynamicModule | Type => (payments === 'stripe' ? StripeModule : SandboxModule.with(waits));

/** The same for a process that only reads, beside a running Boxoffice. */
export const paymentProviderToRead = ({ payments }: Config): DynamicModule | Type =>
  payments === 'stripe' ? StripeModule : SandboxModule.reading();
