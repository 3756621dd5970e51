import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { POOL } from '../../../src/adapters/postgres/tokens.js';
import { CONTACTS } from '../../../src/read-models/shared/tokens.js';
import { startApp, type TestApp } from '../../support/app.js';
import { confirm, onSale, reserve } from '../../support/seat-inventory/event-on-sale.js';
import { readPdf } from '../../support/printed.js';
import { until } from '../../support/read-side.js';
import { startAnotherNode } from '../another-node.js';
import { startSmtpServer, type TestSmtpServer } from '../../support/services/smtp-server.js';

const FAST = { MAIL: 'on', MAIL_PER_MINUTE: '60000' };
const OFTEN = { scanMs: 50 };
/** For tickets to be printed by a machine that has much else to do. Milliseconds. */
const PRINTED_MS = 60_000;

async function buy(app: TestApp, path: string, token: string, seatIds: string[]): Promise<string> {
  const { body } = await reserve(app, path, token, { seatIds });
  const sold = await confirm(app, path, token, body.reservationId);
  if (sold.status !== 200) throw new Error(JSON.stringify(sold.body));
  return body.reservationId;
}

const stateOf = async (app: TestApp, reservationId: string) => {
  const { rows } = await app.get(POOL).query<{
    status: string;
    attempts: number;
    error: string | null;
  }>(
    `select status, attempts, error from confirmation_mails
     where reservation_id = $1`,
    [reservationId],
  );
  return rows[0];
};
const ended = (app: TestApp, reservationId: string) =>
  until(async () => ((await stateOf(app, reservationId))?.status ?? 'due') !== 'due', PRINTED_MS);

/** Returns the text above the attachment, without its soft line breaks. */
const textOf = (message: string): string =>
  message.split('Content-Type: application/pdf')[0]!.replaceAll('\r', '').replaceAll('=\n', '');

/** The part after the blank line that follows a header of this type, decoded. */
function attachmentOf(message: string): Buffer {
  const [, encoded] = /Content-Type: application\/pdf[^]*?\r?\n\r?\n([^]*?)\r?\n--/.exec(message)!;
  return Buffer.from(encoded!, 'base64');
}

describe('the confirmation mail, as a file', () => {
  let app: TestApp;
  let dataDir: string;
  let anna: string;
  let path: string;
  const outbox = () => join(dataDir, 'outbox');
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'boxoffice-mail-'));
    app = await startApp('postgres', { ...FAST, DATA_DIR: dataDir }, OFTEN);
    anna = await app.token('anna', 'customer');
    ({ path } = await onSale(app));
  });
  afterAll(async () => {
    await app.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('says what was bought and brings a page for each seat', async () => {
    const reservationId = await buy(app, path, anna, ['A-1', 'A-2']);
    await ended(app, reservationId);
    const message = await readFile(join(outbox(), `confirmation-${reservationId}.eml`), 'utf8');
    expect(message).toContain('Subject: Your tickets: A night out');
    for (const line of [
      'A night out',
      'Saturday, 1 June 2030 at 20:00 (Europe/Berlin)',
      'Hall, row A, seat 1, Standard',
      'Hall, row A, seat 2, Standard',
      'Paid: EUR 50.00',
      `Reservation: ${reservationId}`,
    ]) {
      expect(textOf(message).split('\n')).toContain(line);
    }
    const pages = await readPdf(attachmentOf(message), { qr: true });
    const mine = await app.ask('GET', `${path}/reservations/${reservationId}`, { token: anna });
    const codes = mine.body.tickets.map(({ code }: { code: string }) => code);
    expect(pages.map(({ qr }) => qr)).toEqual(codes);
  });

  it('is not written for seats that are only held', async () => {
    const before = (await readdir(outbox())).length;
    await reserve(app, path, anna, { seatIds: ['B-1'] });
    const reservationId = await buy(app, path, anna, ['B-5']);
    await ended(app, reservationId);
    expect(await readdir(outbox())).toHaveLength(before + 1);
  });

  it('is the same file when a node died before it could write down that it was sent', async () => {
    const reservationId = await buy(app, path, anna, ['C-1']);
    await ended(app, reservationId);
    const files = await readdir(outbox());
    const file = join(outbox(), `confirmation-${reservationId}.eml`);
    const first = await readFile(file);
    await app.get(POOL).query(
      `update confirmation_mails set status = 'due', next_attempt_at = now()
         where reservation_id = $1`,
      [reservationId],
    );
    await ended(app, reservationId);
    expect(await readdir(outbox())).toEqual(files);
    expect((await readFile(file)).equals(first)).toBe(true);
  });

  it('is not written for a sale that is long past, found in an old log', async () => {
    const days = 24 * 3_600_000;
    await app
      .get(POOL)
      .query('insert into confirmation_mails values ($1, $2, $3)', [
        'old-event',
        'old',
        new Date(Date.now() - 4 * days),
      ]);
    await ended(app, 'old');
    expect(await stateOf(app, 'old')).toMatchObject({ status: 'too-late' });
  });
});

describe('the confirmation mail, by SMTP', () => {
  let app: TestApp;
  let server: TestSmtpServer;
  let path: string;
  beforeAll(async () => {
    server = await startSmtpServer();
    app = await startApp(
      'postgres',
      { ...FAST, SMTP_URL: server.url, MAIL_FROM: 'shop@shop.example' },
      OFTEN,
    );
    ({ path } = await onSale(app));
  });
  afterAll(async () => {
    await app.close();
    await server.close();
  });
  const bought = async (customer: string, seatId: string, email?: string): Promise<string> => {
    if (email !== undefined) await app.get(CONTACTS).remember(customer, email);
    return buy(app, path, await app.token(customer, 'customer'), [seatId]);
  };
  const ofReservation = (id: string) =>
    server.delivered.filter(({ message }) => message.includes(id));

  it('goes to the address that the buyer gave, once, although two nodes send mails', async () => {
    const other = await startAnotherNode(app, {
      ...FAST,
      SMTP_URL: server.url,
      MAIL_FROM: 'shop@shop.example',
    });
    try {
      const ids = await Promise.all(
        Array.from({ length: 10 }, (_, at) =>
          bought(`anna-${at}`, `A-${at + 1}`, `anna-${at}@example.org`),
        ),
      );
      for (const id of ids) await ended(app, id);
      for (const [at, id] of ids.entries()) {
        expect(ofReservation(id).map(({ to }) => to)).toEqual([[`anna-${at}@example.org`]]);
        expect(await stateOf(app, id)).toMatchObject({ status: 'sent' });
      }
    } finally {
      await other.close();
    }
  });

  it('goes to the address in the confirmation, else to that in the token', async () => {
    const token = await app.token('carol', 'customer');
    const { body } = await reserve(app, path, token, { seatIds: ['C-1'] });
    const payment = { token: 'tok_success' };
    const at = `${path}/reservations/${body.reservationId}/confirm`;
    for (const email of [
      '',
      'carol',
      'carol@',
      'a@b\r\nBcc: c@d',
      'carol@example.org, dan@example.org',
      'a@x..de',
      'a@.x.de',
      'a@x.de.',
      'a..b@x.de',
      7,
    ]) {
      const refused = await app.ask('POST', at, { token, body: { payment, email } });
      expect(refused).toMatchObject({ status: 400, body: { code: 'validation-failed' } });
    }
    await app.ask('POST', at, { token, body: { payment, email: 'carol@example.org' } });
    await ended(app, body.reservationId);
    expect(ofReservation(body.reservationId).map(({ to }) => to)).toEqual([['carol@example.org']]);

    const id = await buy(app, path, await app.tokenWithEmail('dave', 'dave@example.org'), ['C-5']);
    await ended(app, id);
    expect(ofReservation(id).map(({ to }) => to)).toEqual([['dave@example.org']]);
  });

  it('is not sent to nobody', async () => {
    const id = await bought('nobody', 'B-1');
    await ended(app, id);
    expect(await stateOf(app, id)).toMatchObject({ status: 'no-address' });
    expect(ofReservation(id)).toEqual([]);
  });

  it('is given up when the mailbox does not exist', async () => {
    server.answer(550);
    const id = await bought('gone', 'B-2', 'gone@example.org');
    await ended(app, id);
    const state = await stateOf(app, id);
    expect(state).toMatchObject({ status: 'given-up' });
    expect(state!.error).not.toContain('gone@example.org');
    server.answer(undefined);
  });

  it('is tried again when the server could not take it', async () => {
    server.answer(451);
    const id = await bought('later', 'B-3', 'later@example.org');
    await until(async () => ((await stateOf(app, id))?.attempts ?? 0) > 0);
    expect((await stateOf(app, id))!.error).not.toContain('later@example.org');
    server.answer(undefined);
    await app.get(POOL).query('update confirmation_mails set next_attempt_at = now()');
    await ended(app, id);
    expect(ofReservation(id)).toHaveLength(1);
  });

  it('keeps its address out of the log of domain events', async () => {
    const { rows } = await app.get(POOL).query(
      `select from domain_events
         where data::text like '%example.org%' or metadata::text like '%example.org%'`,
    );
    expect(rows).toEqual([]);
  });
});
