import type { SendMailOptions } from 'nodemailer';
import type { Mail } from '../../ports/ticket/mailer.js';

/** Builds a message for nodemailer, which may load neither files nor URLs. */
export function messageOf(mail: Mail, from: string): SendMailOptions {
  const { to, id, subject, text, attachment } = mail;
  const [, domain = 'localhost'] = /@([^\s>]+)/.exec(from) ?? [];
  return {
    from,
    ...(to !== undefined && { to: { name: '', address: to } }),
    subject,
    text,
    messageId: `<${id}@${domain}>`,
    // Suppresses automatic replies.
    headers: { 'Auto-Submitted': 'auto-generated' },
    attachments: [
      {
        filename: attachment.filename,
        contentType: attachment.type,
        content: Buffer.from(attachment.content),
      },
    ],
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
