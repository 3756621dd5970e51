import { Module } from '@nestjs/common';
import { EventStoreModule } from '../adapters/event-store/event-store.module.js';
import { PostgresReaderModule } from '../adapters/postgres/postgres-reader.module.js';
import { DATABASE_CLIENT } from '../adapters/postgres/tokens.js';
import { SigningKeysModule } from '../adapters/ticket/signing-keys.module.js';
import { AUDIT_KEYS } from '../adapters/ticket/tokens.js';
import type { SignedHead } from '../audit/signed-heads.js';
import { verifyLog, type Verdict } from '../audit/verify.js';
import { provide } from '../ports/shared/provide.js';
import { token } from '../ports/shared/token.js';
import { STORED_LOG } from '../ports/shared/tokens.js';

export interface LogVerification {
  /** Returns about how many domain events there are. */
  estimate(): Promise<number | undefined>;
  run(kept: readonly SignedHead[], onProgress: (domainEvents: number) => void): Promise<Verdict>;
}

export const LOG_VERIFICATION = token<LogVerification>('LogVerification');

/** Verifies the whole log. It only reads, beside a running Boxoffice or without one. */
@Module({
  imports: [PostgresReaderModule.with('boxoffice-audit'), EventStoreModule, SigningKeysModule],
  providers: [
    provide(LOG_VERIFICATION, {
      inject: [DATABASE_CLIENT, STORED_LOG, AUDIT_KEYS],
      useFactory: (db, log, keys) => ({
        estimate: () => log.estimate(),
        run: (kept, onProgress) => verifyLog({ db, log, keys, kept, onProgress }),
      }),
    }),
  ],
})
export class LogVerificationModule {}
