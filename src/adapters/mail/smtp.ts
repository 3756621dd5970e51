import { createTransport } from 'nodemailer';
import type SMTPPool from 'nodemailer/lib/smtp-pool/index.js';
import { MailRefused, type Mailer } from '../../ports/ticket/mailer.js';
import { messageOf } from './message.js';

/** To reach the server, to be greeted by it, and between two signs of life. Milliseconds. */
const CONNECTION_MS = 10_000;
const GREETING_MS = 10_000;
const SILENCE_MS = 30_000;
const MAX_CONNECTIONS = 4;
/** The server's own "never": of the recipient or of the message. What it says while logging in is about us. */
const ABOUT_THE_MAIL = ['EENVELOPE', 'EMESSAGE'];

export interface SmtpOptions {
  /** `smtp://` or `smtps://`, with user and password where the server asks for them. */
  readonly url: string;
  readonly from: string;
}

export function openSmtpMailer({ url, from }: SmtpOptions): Mailer {
  const options: SMTPPool.Options = {
    url,
    pool: true,
    maxConnections: MAX_CONNECTIONS,
    connectionTimeout: CONNECTION_MS,
    greetingTimeout: GREETING_MS,
    socketTimeout: SILENCE_MS,
  };
  const transport = createTransport(options);
  return {
    send: async (mail) => {
      if (mail.to === undefined) return 'no-address';
      try {
        await transport.sendMail(messageOf(mail, from));
        return 'sent';
      } catch (error) {
        const { responseCode = 0, code = '', message } = error as SmtpError;
        // The server repeats the address, which is nobody's business who reads the log.
        const reason = message.replaceAll(mail.to, 'the recipient');
        if (responseCode >= 500 && ABOUT_THE_MAIL.includes(code)) throw new MailRefused(reason);
        // Without its cause, which has the address in it.
        // eslint-disable-next-line preserve-caught-error
        throw new Error(reason);
      }
    },
    close: () => {
      transport.close();
      return Promise.resolve();
    },
  };
}

interface SmtpError extends Error {
  readonly responseCode?: number;
  readonly code?: string;
}
