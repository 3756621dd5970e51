import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { CONFIG } from '../../config/token.js';
import { provide } from '../../ports/shared/provide.js';
import { MAILER } from '../../ports/shared/tokens.js';
import { openOutbox } from './outbox.js';
import { openSmtpMailer } from './smtp.js';

/** The mail server that `SMTP_URL` names, or files in the data directory. */
@Module({
  providers: [
    provide(MAILER, {
      inject: [CONFIG],
      useFactory: ({ mail, smtpUrl, mailFrom: from, dataDir }) => {
        if (!mail) return null;
        if (smtpUrl !== undefined) return openSmtpMailer({ url: smtpUrl, from });
        return openOutbox({ directory: join(dataDir, 'outbox'), from });
      },
      onApplicationShutdown: (mailer) => mailer.close(),
    }),
  ],
  exports: [MAILER],
})
export class MailModule {}
