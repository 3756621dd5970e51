import { Global, Module } from '@nestjs/common';
import { CONFIG } from '../../config/token.js';
import { provide } from '../../ports/shared/provide.js';
import { LOG, PAYMENT_PROVIDER } from '../../ports/shared/tokens.js';

/**
 * Stripe, with `PAYMENTS=stripe`. Global, because `src/app` chooses the provider for the modules
 * that pay.
 */
@Global()
@Module({
  providers: [
    provide(PAYMENT_PROVIDER, {
      inject: [CONFIG, LOG],
      useFactory: async ({ paymentsStripeSecretKey, paymentsStripeWebhookSecrets }, { error }) => {
        // Its library is large: only a shop that uses it loads it.
        const { openStripeGateway } = await import('./stripe.js');
        return openStripeGateway({
          secretKey: paymentsStripeSecretKey!,
          webhookSecrets: paymentsStripeWebhookSecrets!,
          error,
        });
      },
      onApplicationShutdown: (gateway) => gateway.close(),
    }),
  ],
  exports: [PAYMENT_PROVIDER],
})
export class StripeModule {}
