import { createHmac } from 'node:crypto';
import { compactVerify, decodeProtectedHeader } from 'jose';
import { openPlaceSigner } from '../../../src/adapters/waiting-room/place-signer.js';

const OLD = { kid: 'old', secret: Buffer.alloc(48, 1) };
const NEW = { kid: 'new', secret: Buffer.alloc(48, 2) };
const STRANGE = { kid: 'new', secret: Buffer.alloc(48, 3) };
const TICKET = { eventId: 'event-1', account: 'ann', number: 4_711, issuedAt: 1_768_471_203_120 };
const PASS = {
  eventId: 'event-1',
  account: 'ann',
  passId: 'pass-1',
  generation: 'generation-1',
  expiresAt: 1_768_471_800_000,
};

describe('signed places', () => {
  const signer = openPlaceSigner([NEW, OLD]);

  it('say what was signed, to the millisecond and the second', () => {
    expect(signer.readNumber(signer.signNumber(TICKET))).toEqual(TICKET);
    expect(signer.readPass(signer.signPass({ ...PASS, expiresAt: PASS.expiresAt + 999 }))).toEqual(
      PASS,
    );
  });

  it('are JWS that any other reader verifies who has the key', async () => {
    const text = signer.signNumber(TICKET);
    const { hkdfSync } = await import('node:crypto');
    const key = new Uint8Array(
      hkdfSync('sha256', NEW.secret, '', 'boxoffice waiting room number', 32),
    );
    const { payload, protectedHeader } = await compactVerify(text, key);
    expect(protectedHeader).toEqual({ alg: 'HS256', typ: 'boxoffice-number+jwt', kid: 'new' });
    expect(JSON.parse(new TextDecoder().decode(payload))).toEqual({
      evt: 'event-1',
      sub: 'ann',
      num: 4_711,
      iat: 1_768_471_203.12,
    });
    expect(decodeProtectedHeader(signer.signPass(PASS)).typ).toBe('boxoffice-pass+jwt');
  });

  it('of a key that signed before are still read', () => {
    expect(signer.readNumber(openPlaceSigner([OLD]).signNumber(TICKET))).toEqual(TICKET);
  });

  it('of another key with the same name are not', () => {
    expect(signer.readNumber(openPlaceSigner([STRANGE]).signNumber(TICKET))).toBeUndefined();
  });

  it('of one kind are never taken for the other', () => {
    expect(signer.readPass(signer.signNumber(TICKET))).toBeUndefined();
    expect(signer.readNumber(signer.signPass(PASS))).toBeUndefined();
  });

  it('with any one character altered are none', () => {
    const text = signer.signPass(PASS);
    for (let at = 0; at < text.length; at++) {
      const other = text[at] === 'A' ? 'B' : 'A';
      expect(signer.readPass(text.slice(0, at) + other + text.slice(at + 1))).toBeUndefined();
    }
  });

  it.each([
    ['nothing', ''],
    ['two parts', 'a.b'],
    ['four parts', 'a.b.c.d'],
    ['a very long text', 'a'.repeat(2_000)],
    ['no signature', `${openPlaceSigner([NEW]).signPass(PASS).split('.').slice(0, 2).join('.')}.`],
  ])('%s is none', (_, text) => {
    expect(signer.readPass(text)).toBeUndefined();
  });

  it.each(['none', 'HS512', 'EdDSA'])('with a header that says %s are none', (alg) => {
    const [, claims] = signer.signPass(PASS).split('.');
    const header = Buffer.from(
      JSON.stringify({ alg, typ: 'boxoffice-pass+jwt', kid: 'new' }),
    ).toString('base64url');
    const signature = createHmac('sha256', NEW.secret)
      .update(`${header}.${claims}`)
      .digest('base64url');
    expect(signer.readPass(`${header}.${claims}.${signature}`)).toBeUndefined();
    expect(signer.readPass(`${header}.${claims}.`)).toBeUndefined();
  });
});
