import { Module } from '@nestjs/common';
import { provide } from '../../ports/shared/provide.js';
import { CLOCK } from '../../ports/shared/tokens.js';
import { HTTP_SETTINGS, TOKEN_VERIFIER } from '../platform/tokens.js';
import { DevTokensController } from './dev-tokens.controller.js';
import { openTokenVerifier } from './token-verifier.js';

@Module({
  controllers: [DevTokensController],
  providers: [
    provide(TOKEN_VERIFIER, {
      inject: [HTTP_SETTINGS, CLOCK],
      useFactory: ({ auth }, clock) => openTokenVerifier(auth, clock),
    }),
  ],
  exports: [TOKEN_VERIFIER],
})
export class AccountHttpModule {}
