import { join } from 'node:path';
import { Global, Module } from '@nestjs/common';
import { ADDRESS_KEY } from '../audit/tokens.js';
import { tokenSecret } from '../config/token-secret.js';
import { CONFIG } from '../config/token.js';
import { AuditModule } from '../features/audit.module.js';
import { HTTP_SETTINGS } from '../http/platform/tokens.js';
import { provide } from '../ports/shared/provide.js';

/** The settings of the HTTP layer, which knows nothing of the configuration. */
@Global()
@Module({
  imports: [AuditModule],
  providers: [
    provide(HTTP_SETTINGS, {
      inject: [CONFIG, ADDRESS_KEY],
      useFactory: (config, addressKey) => ({
        auth: {
          keys: config.jwtJwksUrl
            ? { jwksUrl: config.jwtJwksUrl }
            : { secret: tokenSecret(config)! },
          issuer: config.jwtIssuer,
          audience: config.jwtAudience,
        },
        devTokens: config.devTokens,
        publicUrl: config.publicUrl,
        webFolder: join(import.meta.dirname, '..', '..', 'web'),
        maxStreams: config.sseMaxClients,
        addressKey,
        shutdownSeconds: config.shutdownSeconds,
      }),
    }),
  ],
  exports: [HTTP_SETTINGS],
})
export class HttpSettingsModule {}
