import { randomUUID } from 'node:crypto';
import { link, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import type { Mailer } from '../../ports/ticket/mailer.js';
import { messageOf } from './message.js';

export interface OutboxOptions {
  /** Made when it is not there. */
  readonly directory: string;
  readonly from: string;
}

/**
 * Mails as files, to look at and for other programs to deliver: the embedded default. A mail has one name for ever, so
 * that the same one again, after a crash for instance, changes nothing.
 */
export function openOutbox({ directory, from }: OutboxOptions): Mailer {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'unix' });
  return {
    send: async (mail) => {
      const { message } = await transport.sendMail(messageOf(mail, from));
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await writeOnce(join(directory, `${mail.id}.eml`), message as Buffer);
      return 'sent';
    },
    close: () => Promise.resolve(),
  };
}

/** Whole or not at all, and never over what is there. */
async function writeOnce(path: string, content: Uint8Array): Promise<void> {
  const candidate = `${path}.${randomUUID()}`;
  const file = await open(candidate, 'w', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(candidate, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(candidate, { force: true });
  }
}
