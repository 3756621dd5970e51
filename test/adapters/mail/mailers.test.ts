import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openOutbox } from '../../../src/adapters/mail/outbox.js';
import { openSmtpMailer } from '../../../src/adapters/mail/smtp.js';
import { MailRefused, type Mail } from '../../../src/ports/ticket/mailer.js';
import { startSmtpServer, type TestSmtpServer } from '../../support/services/smtp-server.js';

const from = 'Box office <tickets@shop.example>';
const mail: Mail = {
  to: 'anna@example.org',
  id: 'confirmation-r1',
  subject: 'Your tickets: Ünïçødé 東京',
  text: 'Thank you.\n.\nA line with a lone dot stays.\n',
  attachment: {
    filename: 'tickets.pdf',
    type: 'application/pdf',
    content: Buffer.from('%PDF-1.3 pretended'),
  },
};

function expectWhole(message: string): void {
  expect(message).toMatch(/^From: Box office <tickets@shop\.example>$/m);
  expect(message).toMatch(/^To: anna@example\.org$/m);
  expect(message).toMatch(/^Message-ID: <confirmation-r1@shop\.example>$/im);
  expect(message).toMatch(/^Auto-Submitted: auto-generated$/m);
  expect(message).toMatch(/^Subject: =\?UTF-8\?/m);
  expect(message).toContain('filename=tickets.pdf');
  expect(message.replace(/\s/g, '')).toContain(
    Buffer.from('%PDF-1.3 pretended').toString('base64'),
  );
}

describe('the outbox', () => {
  let directory: string;
  beforeEach(async () => {
    directory = join(await mkdtemp(join(tmpdir(), 'boxoffice-mail-')), 'outbox');
  });
  afterEach(() => rm(join(directory, '..'), { recursive: true, force: true }));

  it('keeps a mail as a file that only its owner reads', async () => {
    expect(await openOutbox({ directory, from }).send(mail)).toBe('sent');
    expect(await readdir(directory)).toEqual(['confirmation-r1.eml']);
    const path = join(directory, 'confirmation-r1.eml');
    expectWhole((await readFile(path, 'utf8')).replaceAll('\r', ''));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('keeps the first of the same mail, and leaves nothing else behind', async () => {
    const outbox = openOutbox({ directory, from });
    await outbox.send(mail);
    const first = await readFile(join(directory, 'confirmation-r1.eml'));
    await Promise.all(
      [1, 2].map(() => openOutbox({ directory, from }).send({ ...mail, text: 'again' })),
    );
    expect(await readdir(directory)).toEqual(['confirmation-r1.eml']);
    expect((await readFile(join(directory, 'confirmation-r1.eml'))).equals(first)).toBe(true);
  });

  it('takes a mail without a recipient, which an operator can read there', async () => {
    expect(await openOutbox({ directory, from }).send({ ...mail, to: undefined })).toBe('sent');
    expect(await readFile(join(directory, 'confirmation-r1.eml'), 'utf8')).not.toMatch(/^To:/m);
  });
});

describe('SMTP', () => {
  let server: TestSmtpServer;
  beforeEach(async () => {
    server = await startSmtpServer();
  });
  afterEach(() => server.close());

  it('hands the mail to the server', async () => {
    const mailer = openSmtpMailer({ url: server.url, from });
    expect(await mailer.send(mail)).toBe('sent');
    expect(server.delivered.map(({ to }) => to)).toEqual([['anna@example.org']]);
    expectWhole(server.delivered[0]!.message.replaceAll('\r', ''));
    await mailer.close();
  });

  it('sends nothing to nobody', async () => {
    const mailer = openSmtpMailer({ url: server.url, from });
    expect(await mailer.send({ ...mail, to: undefined })).toBe('no-address');
    expect(server.delivered).toEqual([]);
    await mailer.close();
  });

  it('distinguishes a missing mailbox from a full one, and repeats no address', async () => {
    const mailer = openSmtpMailer({ url: server.url, from });
    const errorOf = () =>
      mailer.send(mail).then(
        () => undefined,
        (error: Error) => error,
      );
    server.answer(550);
    const never = await errorOf();
    expect(never).toBeInstanceOf(MailRefused);
    server.answer(452);
    const later = await errorOf();
    expect(later).not.toBeInstanceOf(MailRefused);
    for (const error of [never, later])
      expect(error!.message).toMatch(/^(?!.*anna@).*the recipient/s);
    server.answer(undefined);
    expect(await mailer.send(mail)).toBe('sent');
    await mailer.close();
  });

  it('says when there is no server', async () => {
    const mailer = openSmtpMailer({ url: 'smtp://127.0.0.1:1', from });
    const error = await mailer.send(mail).catch((caught: Error) => caught);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(MailRefused);
    await mailer.close();
  });
});
