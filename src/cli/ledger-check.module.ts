import { Module, type DynamicModule } from '@nestjs/common';
import { PostgresReaderModule } from '../adapters/postgres/postgres-reader.module.js';
import { DATABASE_CLIENT } from '../adapters/postgres/tokens.js';
import { paymentProviderToRead } from '../app/payment-provider.js';
import type { Config } from '../config/config.js';
import { provide } from '../ports/shared/provide.js';
import { token } from '../ports/shared/token.js';
import { CLOCK, PAYMENT_PROVIDER } from '../ports/shared/tokens.js';
import { checkLedger, type LedgerReport } from '../read-models/payment/ledger-check.js';

export interface LedgerCheck {
  /** Name of the payment provider. */
  readonly provider: string;
  run(onProgress: (entries: number) => void): Promise<LedgerReport>;
}

export const LEDGER_CHECK = token<LedgerCheck>('LedgerCheck');

/**
 * Compares the ledger with the payment provider's own list. It only reads, beside a running
 * Boxoffice or without one.
 */
@Module({})
export class LedgerCheckModule {
  static with(config: Config): DynamicModule {
    return {
      module: LedgerCheckModule,
      imports: [PostgresReaderModule.with('boxoffice-ledger'), paymentProviderToRead(config)],
      providers: [
        provide(LEDGER_CHECK, {
          inject: [DATABASE_CLIENT, PAYMENT_PROVIDER, CLOCK],
          useFactory: (client, gateway, clock) => ({
            provider: gateway.provider,
            run: (onProgress) =>
              checkLedger(client, gateway.entries(), {
                now: clock.now(),
                provider: gateway.provider,
                onProgress,
              }),
          }),
        }),
      ],
    };
  }
}
