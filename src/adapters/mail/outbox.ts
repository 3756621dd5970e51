import { randomUUID } from 'node:crypto';
import { link, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import type { Mailer } from '../../ports/ticket/mailer.js';
import { messageOf } from './message.js';

export interface OutboxOptions {
  /** Created if missing. */
  readonly directory: string;
  readonly from: string;
}

/**
 * Writes mails as files, to read or for another program to deliver: the embedded default. A
 * repeated mail has the same file name, so sending it again after a crash changes nothing.
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

/** Writes a file atomically and never replaces an existing one. */
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
