import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { compactVerify, createLocalJWKSet } from 'jose';
import { openTicketSigner } from '../../../src/adapters/ticket/ed25519-signer.js';
import { readKeySet, ticketKeys } from '../../../src/adapters/ticket/ticket-keys.js';
import type { TicketClaims, ValidTicket } from '../../../src/ports/ticket/ticket-signer.js';

const jwk = (kid?: string) => ({
  ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }),
  kid,
});
const without = (name: 'd' | 'kid', key: object) =>
  Object.fromEntries(Object.entries(key).filter(([member]) => member !== name));
const set = (...keys: object[]) => JSON.stringify({ keys });
const signerOf = (...keys: object[]) => openTicketSigner(readKeySet(set(...keys), 'the test'));

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const claims: TicketClaims = {
  ticketId: '5a1f6f0e-1f5b-5d0a-8f6e-0a4f5b2c9d44',
  eventId: '7b1c0f52-64f1-4c1e-8f5e-0c9a2b6d1e22',
  seatId: 'Nordkurve Ä/12-7',
  reservationId: '3f0e8a9c-5b7d-5e21-9c44-8d2f6a1b7c33',
  issuedAt: Date.UTC(2026, 5, 11, 12, 0, 1),
};
const ticket: ValidTicket = { ...claims, status: 'valid' };

describe('the code on a ticket', () => {
  const key = jwk('2026');
  const signer = signerOf(key);
  const code = signer.sign(ticket);

  it('says what was signed, and is short enough for a QR image that a phone reads', () => {
    expect(signer.check(code)).toEqual({ genuine: true, claims });
    expect(code.length).toBeLessThan(420);
  });

  it('is the same each time', () => {
    expect(signer.sign(ticket)).toBe(code);
    expect(signerOf(key).sign({ ...ticket, issuedAt: claims.issuedAt + 999 })).toBe(code);
  });

  it('is a JWS that jose verifies with the public keys alone', async () => {
    const published = JSON.parse(JSON.stringify({ keys: signer.publicKeys }));
    expect(published.keys).toEqual([
      { kty: 'OKP', crv: 'Ed25519', x: key.x, kid: '2026', alg: 'EdDSA', use: 'sig' },
    ]);
    const { payload, protectedHeader } = await compactVerify(code, createLocalJWKSet(published));
    expect(protectedHeader).toEqual({ alg: 'EdDSA', kid: '2026' });
    expect(JSON.parse(new TextDecoder().decode(payload))).toMatchObject({
      jti: claims.ticketId,
      iat: 1781179201,
    });
  });

  it('fails with any one character altered, also where base64 has unused bits', () => {
    for (let at = 0; at < code.length; at++) {
      for (const character of `${BASE64URL}.=+/ é`) {
        if (character === code[at]) continue;
        const altered = code.slice(0, at) + character + code.slice(at + 1);
        expect({ at, character, ...signer.check(altered) }).toMatchObject({
          at,
          character,
          genuine: false,
        });
      }
    }
  });

  it('fails with characters taken out, put in or exchanged', () => {
    const character = fc.constantFrom(...BASE64URL, '.', '=', '\n', '\0');
    fc.assert(
      fc.property(
        fc.nat(code.length),
        fc.nat(8),
        fc.array(character, { maxLength: 8 }),
        (at, taken, put) => {
          const altered = code.slice(0, at) + put.join('') + code.slice(at + taken);
          expect(signer.check(altered).genuine).toBe(altered === code);
        },
      ),
    );
  });

  it('fails whatever else it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) =>
        expect(signer.check(text).genuine).toBe(false),
      ),
    );
    const [, payload] = code.split('.');
    const none = Buffer.from('{"alg":"none","kid":"2026"}').toString('base64url');
    const asksMore = Buffer.from('{"alg":"EdDSA","kid":"2026","crit":["x"],"x":1}').toString(
      'base64url',
    );
    for (const text of [
      '',
      '..',
      'a.b.c',
      `${none}.${payload}.`,
      `${none}.${payload}.AA`,
      'x'.repeat(100_000),
    ]) {
      expect(signer.check(text)).toEqual({ genuine: false, code: 'ticket-code-invalid' });
    }
    expect(signer.check(`${asksMore}.${code.split('.').slice(1).join('.')}`).genuine).toBe(false);
  });

  it('by another shop is of an unknown key; by a forger who names ours, invalid', () => {
    expect(signer.check(signerOf(jwk('theirs')).sign(ticket))).toEqual({
      genuine: false,
      code: 'ticket-key-unknown',
    });
    expect(signer.check(signerOf(jwk('2026')).sign(ticket))).toEqual({
      genuine: false,
      code: 'ticket-code-invalid',
    });
  });

  it('stays good when the next key signs, for as long as the old one is in the set', () => {
    const next = jwk('2027');
    const rotated = signerOf(next, without('d', key));
    expect(rotated.check(code)).toEqual({ genuine: true, claims });
    expect(rotated.check(rotated.sign(ticket))).toEqual({ genuine: true, claims });
    expect(rotated.publicKeys.map(({ kid }) => kid)).toEqual(['2027', '2026']);
    expect(JSON.stringify(rotated.publicKeys)).not.toContain(next.d);
    expect(signerOf(next).check(code)).toEqual({ genuine: false, code: 'ticket-key-unknown' });
  });

  it('costs a sale next to nothing', () => {
    const started = performance.now();
    for (let at = 0; at < 200; at++) signer.sign({ ...ticket, seatId: String(at) });
    expect((performance.now() - started) / 200).toBeLessThan(2);
  });
});

describe('the keys that sign tickets', () => {
  const publicHalf = without('d', jwk('public'));
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey.export({
    format: 'jwk',
  });
  const twins = { ...jwk('mixed'), x: jwk().x };

  it.each<[string, string, RegExp]>([
    ['no JSON', '{', /is not a JWK set/],
    ['no set', '{"kty":"OKP"}', /is not a JWK set/],
    ['an empty set', '{"keys":[]}', /0 keys; expected 1 to 20/],
    ['null', '{"keys":[null]}', /key 1 is not an Ed25519 key/],
    ['a key of another kind', set(jwk('a'), rsa), /key 2 is not an Ed25519 key/],
    ['the halves of two keys', set(twins), /key 1 is not an Ed25519 key/],
    [
      'a first key that cannot sign',
      set(publicHalf, jwk('a')),
      /key 1 signs and needs the private part/,
    ],
    ['two keys of one name', set(jwk('a'), jwk('a')), /two keys with the same "kid"/],
    ['a name that is none', set(jwk('a b')), /key 1 is not an Ed25519 key/],
  ])('are not %s', (_name, text, reason) => {
    expect(() => readKeySet(text, 'TICKET_SIGNING_KEYS')).toThrow(reason);
  });

  it('get a name of their own when they have none, always the same', () => {
    const nameless = without('kid', jwk());
    const [first] = signerOf(nameless).publicKeys;
    expect(first!.kid).toMatch(/^[\w-]{11}$/);
    expect(signerOf(nameless).publicKeys[0]).toEqual(first);
  });

  describe('kept on disk', () => {
    let directory: string;
    beforeEach(async () => {
      directory = await mkdtemp(join(tmpdir(), 'boxoffice-keys-'));
    });
    afterEach(() => rm(directory, { recursive: true, force: true }));

    it('are made once, for their owner alone', async () => {
      const code = openTicketSigner(ticketKeys(undefined, join(directory, 'data'))).sign(ticket);
      const again = openTicketSigner(ticketKeys(undefined, join(directory, 'data')));
      expect(again.check(code)).toEqual({ genuine: true, claims });
      expect((await stat(join(directory, 'data', 'ticket-keys.json'))).mode & 0o777).toBe(0o600);
    });

    it('can be handed to another node as they are', async () => {
      const code = openTicketSigner(ticketKeys(undefined, directory)).sign(ticket);
      const path = join(directory, 'ticket-keys.json');
      for (const setting of [path, await readFile(path, 'utf8')]) {
        expect(openTicketSigner(ticketKeys(setting, '/nowhere')).check(code).genuine).toBe(true);
      }
    });

    it('are missed by name, and never printed', async () => {
      expect(() => ticketKeys(join(directory, 'none.json'), directory)).toThrow(
        /cannot be read: ENOENT/,
      );
      const path = join(directory, 'broken.json');
      await writeFile(path, `{"keys":[{"d":"very-secret"}]}`);
      expect(() => ticketKeys(path, directory)).toThrow(/^(?!.*very-secret).*not an Ed25519 key/);
    });
  });
});
