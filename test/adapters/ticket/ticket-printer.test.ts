import { generateKeyPairSync } from 'node:crypto';
import { openTicketSigner } from '../../../src/adapters/ticket/ed25519-signer.js';
import { openTicketPrinter } from '../../../src/adapters/ticket/printer.js';
import { readKeySet } from '../../../src/adapters/ticket/ticket-keys.js';
import {
  PrinterBusy,
  type PrintedFor,
  type TicketPrinter,
  type TicketsToPrint,
} from '../../../src/ports/ticket/ticket-printer.js';
import { readPdf, readQr } from '../../support/printed.js';

const ANNA = { account: 'anna' };

const key = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
const signer = openTicketSigner(readKeySet(JSON.stringify({ keys: [key] }), 'the test'));
const codeOf = (seatId: string) =>
  signer.sign({
    ticketId: '5a1f6f0e-1f5b-5d0a-8f6e-0a4f5b2c9d44',
    eventId: '7b1c0f52-64f1-4c1e-8f5e-0c9a2b6d1e22',
    seatId,
    reservationId: '3f0e8a9c-5b7d-5e21-9c44-8d2f6a1b7c33',
    issuedAt: Date.UTC(2026, 5, 11),
    status: 'valid',
  });

const order = (name: string, seats = 1, venue = 'Estadio Azteca'): TicketsToPrint => ({
  event: {
    name,
    startsAt: '2026-06-11T19:00:00.000Z',
    venue: { name: venue, city: 'Mexico City', country: 'MX', timeZone: 'America/Mexico_City' },
  },
  reservationId: '3f0e8a9c-5b7d-5e21-9c44-8d2f6a1b7c33',
  issuedAt: '2026-01-15T10:00:03.000Z',
  tickets: Array.from({ length: seats }, (_, at) => ({
    ticketId: `5a1f6f0e-1f5b-5d0a-8f6e-0a4f5b2c9d4${at}`,
    section: 'Parquet',
    row: '1',
    number: String(at + 1),
    category: 'Stalls',
    price: { amountMinor: 4_500, currency: 'EUR' },
    code: codeOf(`A-1-${at + 1}`),
  })),
});

describe('the ticket printer', () => {
  let printer: TicketPrinter;
  beforeAll(() => {
    printer = openTicketPrinter();
  });
  afterAll(() => printer.close());

  it('draws a QR image that a phone reads, as PNG and as SVG', async () => {
    const code = codeOf('A-1-1');
    expect(readQr(await printer.qrPng(code, ANNA))).toBe(code);
    expect(await printer.qrSvg(code, ANNA)).toMatch(/^<svg .*viewBox="0 0 (\d+) \1".*<\/svg>\s*$/s);
  });

  it('prints a page for each seat, with all that the door and its bearer ask for', async () => {
    const pages = await readPdf(await printer.pdf(order('Mexico v. South Africa', 2), ANNA), {
      qr: true,
    });
    expect(pages).toHaveLength(2);
    for (const [at, { texts, qr }] of pages.entries()) {
      const page = texts.join('');
      for (const part of [
        'Mexico v. South Africa',
        'Thursday, 11 June 2026 at 13:00 (America/Mexico_City)',
        'Estadio Azteca, Mexico City (MX)',
        `Ticket ${at + 1} of 2`,
        'SectionParquetRow1',
        `Seat${at + 1}`,
        'EUR 45.00',
      ]) {
        expect(page.replaceAll('\u00a0', ' ')).toContain(part);
      }
      expect(qr).toBe(codeOf(`A-1-${at + 1}`));
      expect(page).toContain(qr!.slice(0, 60));
    }
  });

  it('prints the same order to the same bytes', async () => {
    const [one, other] = await Promise.all([
      printer.pdf(order('Twice'), ANNA),
      printer.pdf(order('Twice'), ANNA),
    ]);
    expect(Buffer.from(one).equals(Buffer.from(other))).toBe(true);
  });

  it.each([
    ['Latin with marks', 'Ünïçødé Łódź, Việt Nam', ['Ünïçødé Łódź, Việt Nam']],
    ['marks written apart', 'Cafe\u0301', ['Café']],
    ['Greek and Cyrillic', 'Ορφέας и Эвридика', ['Ορφέας и Эвридика']],
    ['Chinese, Japanese, Korean', '東京 ドーム 콘서트', ['東京', 'ドーム', '콘서트']],
    ['Thai and Hindi', 'ไทย हिन्दी', ['ไทย']],
    ['signs and emoji', 'Rock ♥ 🎸 𝔘', ['Rock', '🎸']],
    ['control characters', 'a\u0000b\u202ec', ['a']],
  ])('prints %s', async (_, name, parts) => {
    const [page] = await readPdf(await printer.pdf(order(name), ANNA));
    const text = page!.texts.join(' ').normalize('NFC');
    for (const part of parts) expect(text).toContain(part);
  });

  it('breaks a name of two hundred characters without a space, and cuts it to fit', async () => {
    const [page] = await readPdf(
      await printer.pdf(order('W'.repeat(200), 1, '漢'.repeat(200)), ANNA),
      {
        qr: true,
      },
    );
    expect(page!.texts.filter((text) => /^W+…?$/.test(text))).toHaveLength(3);
    expect(page!.texts.join('')).toContain('…');
    expect(page!.qr).toBe(codeOf('A-1-1'));
  });

  it('prints the amounts of currencies with other than two digits', async () => {
    const yen = order('Yen');
    const tickets = [{ ...yen.tickets[0]!, price: { amountMinor: 4_500, currency: 'JPY' } }];
    const [page] = await readPdf(await printer.pdf({ ...yen, tickets }, ANNA));
    expect(page!.texts.join('').replaceAll('\u00a0', ' ')).toContain('JPY 4,500');
  });

  it('refuses jobs of an account above its limit, and continues with other accounts', async () => {
    const narrow = openTicketPrinter({ maxWaitingPerAccount: 2, maxAccountsWaiting: 2 });
    const asked = [1, 2, 3, 4].map(() => narrow.qrSvg('x', ANNA));
    await expect(asked[3]).rejects.toThrow(PrinterBusy);
    const others = ['ben', 'carl'].map((account) => narrow.qrSvg('x', { account }));
    await expect(others[1]).rejects.toThrow(PrinterBusy);
    await Promise.all([...asked.slice(0, 3), others[0]!, narrow.qrSvg('x', 'mail')]);
    expect(await narrow.qrSvg('x', ANNA)).toContain('<svg');
    await narrow.close();
  });

  it('lets accounts take turns, and mails and downloads', async () => {
    const shared = openTicketPrinter();
    const ended: string[] = [];
    const print = (name: string, printedFor: PrintedFor) =>
      shared.pdf(order('Fair'), printedFor).then(() => void ended.push(name));
    await Promise.all([
      ...Array.from({ length: 40 }, () => print('anna', ANNA)),
      print('ben', { account: 'ben' }),
      ...[1, 2, 3].map(() => print('mail', 'mail')),
    ]);
    // One of each lane and one more of the first account may have begun.
    expect(ended.indexOf('ben')).toBeLessThan(5);
    expect(ended.indexOf('mail')).toBeLessThan(3);
    expect(ended.lastIndexOf('mail')).toBeLessThan(8);
    await shared.close();
  });
});
