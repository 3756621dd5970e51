import { Global, Module } from '@nestjs/common';
import { CONFIG } from '../../config/token.js';
import { provide } from '../../ports/shared/provide.js';
import { PAYMENT_PROVIDER } from '../../ports/shared/tokens.js';

/**
 * Stripe, with `PAYMENTS=stripe`. Global, because `src/app` chooses the provider for the modules
 * that pay.
 */
@Global()
@Module({
  providers: [
    provide(PAYMENT_PROVIDER, {
      inject: [CONFIG],
      useFactory: async ({ paymentsStripeSecretKey, paymentsStripeWebhookSecrets }) => {
        // Its library is large: only a shop that uses it loads it.
        const { openStripeGateway } = await import('./stripe.js');
        return openStripeGateway({
          secretKey: paymentsStripeSecretKey!,
          webhookSecrets: paymentsStripeWebhookSecrets!,
        });
      },
      onApplicationShutdown: (gateway) => gateway.close(),
    }),
  ],
  exports: [PAYMENT_PROVIDER],
})
export class StripeModule {}
