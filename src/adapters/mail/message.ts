import type { SendMailOptions } from 'nodemailer';
import type { Mail } from '../../ports/ticket/mailer.js';

/** What nodemailer makes a message of. It fetches nothing: neither files nor addresses of the web. */
export function messageOf(mail: Mail, from: string): SendMailOptions {
  const { to, id, subject, text, attachment } = mail;
  const [, domain = 'localhost'] = /@([^\s>]+)/.exec(from) ?? [];
  return {
    from,
    ...(to !== undefined && { to: { name: '', address: to } }),
    subject,
    text,
    messageId: `<${id}@${domain}>`,
    // Nobody's holiday notice is wanted in answer.
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
