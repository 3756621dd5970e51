import { Module } from '@nestjs/common';
import { provide } from '../../ports/shared/provide.js';
import { TICKET_SIGNER } from '../../ports/shared/tokens.js';
import { openTicketSigner } from './ed25519-signer.js';
import { SigningKeysModule } from './signing-keys.module.js';
import { TICKET_KEYS } from './tokens.js';

@Module({
  imports: [SigningKeysModule],
  providers: [
    provide(TICKET_SIGNER, { inject: [TICKET_KEYS], useFactory: (keys) => openTicketSigner(keys) }),
  ],
  exports: [TICKET_SIGNER],
})
export class TicketSigningModule {}
