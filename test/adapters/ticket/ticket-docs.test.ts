import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openTicketSigner } from '../../../src/adapters/ticket/ed25519-signer.js';
import { readKeySet } from '../../../src/adapters/ticket/ticket-keys.js';
import { TICKET_PROBLEMS } from '../../../src/http/problems/table/ticket.js';

const page = readFileSync(join(import.meta.dirname, '../../../docs/concepts/tickets.md'), 'utf8');
const keys = [generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })];
const signer = openTicketSigner(readKeySet(JSON.stringify({ keys }), 'the test'));
const code = signer.sign({
  ticketId: 't1',
  eventId: 'e1',
  seatId: 'A1',
  reservationId: 'r1',
  issuedAt: 1_000,
  status: 'valid',
});

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

type ReadTicket = (code: string, jwks: object, eventId: string) => Promise<{ jti: string }>;

describe('the scanner in docs/concepts/tickets.md', () => {
  let directory: string;
  let readTicket: ReadTicket;
  const jwks = JSON.parse(JSON.stringify({ keys: signer.publicKeys }));
  beforeAll(async () => {
    const [, example] = /```js\n([^]*?)```/.exec(page)!;
    // Beside the tests, so that it finds the packages.
    directory = await mkdtemp(join(import.meta.dirname, 'scanner-'));
    const file = join(directory, 'scanner.mjs');
    await writeFile(file, example!);
    ({ readTicket } = (await import(file)) as { readTicket: ReadTicket });
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  it('reads a genuine ticket with nothing but the public keys', async () => {
    expect(await readTicket(code, jwks, 'e1')).toMatchObject({ jti: 't1', seat: 'A1', rsv: 'r1' });
  });

  it('rejects one for another event, of another shop, or with an altered character', async () => {
    await expect(readTicket(code, jwks, 'e2')).rejects.toThrow('another event');
    await expect(readTicket(code, { keys: [] }, 'e1')).rejects.toThrow();
    for (let at = 0; at < code.length; at++) {
      // At the end every one: there most of them decode to the same bytes.
      const characters = at < code.length - 1 ? 'AQgwBz_' : BASE64URL;
      for (const character of characters.replace(code[at]!, '')) {
        const altered = code.slice(0, at) + character + code.slice(at + 1);
        await expect(readTicket(altered, jwks, 'e1')).rejects.toThrow();
      }
    }
  });
});

it('docs/concepts/tickets.md names the check-in refusals as the table has them', () => {
  const rows = [...page.matchAll(/^\| `(ticket-[\w-]+)` \| (\d+) \|/gm)].map(([, code, status]) => [
    code,
    Number(status),
  ]);
  const table = Object.entries(TICKET_PROBLEMS).filter(([code]) => code.startsWith('ticket-'));
  expect(Object.fromEntries(rows)).toEqual(
    Object.fromEntries(table.map(([code, { status }]) => [code, status])),
  );
});
