import { createTransport } from 'nodemailer';
import type SMTPPool from 'nodemailer/lib/smtp-pool/index.js';
import { MailRefused, type Mailer } from '../../ports/ticket/mailer.js';
import { messageOf } from './message.js';

/** Limits for connecting, for the greeting, and for silence on the socket. Milliseconds. */
const CONNECTION_MS = 10_000;
const GREETING_MS = 10_000;
const SILENCE_MS = 30_000;
const MAX_CONNECTIONS = 4;
/**
 * A permanent error (5xx) of the recipient or the message. An error at login is a configuration
 * error here.
 */
const ABOUT_THE_MAIL = ['EENVELOPE', 'EMESSAGE'];

export interface SmtpOptions {
  /** `smtp://` or `smtps://`, with user and password if the server requires them. */
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
        // The server's text may repeat the address, which must not be logged.
        const reason = message.replaceAll(mail.to, 'the recipient');
        if (responseCode >= 500 && ABOUT_THE_MAIL.includes(code)) throw new MailRefused(reason);
        // Without its cause, which contains the address.
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
