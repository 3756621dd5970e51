import { Module } from '@nestjs/common';
import type { Config } from '../../config/config.js';
import { haveKeyInCommon } from '../../config/secrets.js';
import { CONFIG } from '../../config/token.js';
import { provide } from '../../ports/shared/provide.js';
import { FOR_SIGNED_HEADS, signingKeys, ticketKeys } from './ticket-keys.js';
import { AUDIT_KEYS, TICKET_KEYS } from './tokens.js';

/**
 * The keys that sign tickets and the log: of the configuration, or made and kept in the data
 * directory.
 */
@Module({
  providers: [
    provide(TICKET_KEYS, {
      inject: [CONFIG],
      useFactory: ({ ticketSigningKeys, dataDir }) => ticketKeys(ticketSigningKeys, dataDir),
    }),
    provide(AUDIT_KEYS, {
      inject: [CONFIG],
      useFactory: ({ auditSigningKeys, dataDir }) =>
        signingKeys(FOR_SIGNED_HEADS, auditSigningKeys, dataDir),
    }),
  ],
  exports: [TICKET_KEYS, AUDIT_KEYS],
})
export class SigningKeysModule {}

/** @throws Error when a key signs both tickets and the log, or a set cannot be read */
export function refuseSharedKeys({ ticketSigningKeys, auditSigningKeys, dataDir }: Config): void {
  const tickets = ticketKeys(ticketSigningKeys, dataDir);
  const audit = signingKeys(FOR_SIGNED_HEADS, auditSigningKeys, dataDir);
  const [ofTickets, ofAudit] = [tickets, audit].map((keys) => keys.map(({ x }) => x));
  if (!haveKeyInCommon(ofTickets!, ofAudit!)) return;
  throw new Error(
    'TICKET_SIGNING_KEYS and AUDIT_SIGNING_KEYS name files with a key in common: ' +
      'give each keys of its own.',
  );
}
