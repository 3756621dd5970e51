import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { errors, jwtVerify } from 'jose';
import { openSharedSecretTokens } from '../../../src/http/account/shared-secret-tokens.js';

const SECRET = 'a secret that is long enough for this';
const NOW = Date.parse('2026-07-01T12:00:00.700Z');
const SECONDS = Math.floor(NOW / 1_000);
const WANTED = { issuer: 'shop', audience: 'boxoffice', toleranceSeconds: 5 };

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const signed = (header: unknown, claims: unknown, secret = SECRET, hash = 'sha256') => {
  const text = `${encode(header)}.${encode(claims)}`;
  return `${text}.${createHmac(hash, secret).update(text).digest('base64url')}`;
};
const GOOD = { sub: 'ann', exp: SECONDS + 60, iss: 'shop', aud: 'boxoffice' };

/** Returns the result of `jose`. */
async function verdictOf(token: string, wanted: typeof WANTED): Promise<unknown> {
  try {
    const { payload } = await jwtVerify(token, new TextEncoder().encode(SECRET), {
      ...{
        algorithms: ['HS256'],
        clockTolerance: wanted.toleranceSeconds,
        currentDate: new Date(NOW),
      },
      ...{ requiredClaims: ['exp', 'sub'], issuer: wanted.issuer, audience: wanted.audience },
    });
    return typeof payload.sub === 'string' ? { claims: payload } : 'invalid';
  } catch (error) {
    return error instanceof errors.JWTExpired ? 'expired' : 'invalid';
  }
}

describe('tokens signed with a shared secret', () => {
  const tokens = openSharedSecretTokens(SECRET, WANTED);

  it.each<[string, string, string]>([
    ['a good one', signed({ alg: 'HS256' }, GOOD), 'good'],
    [
      'for several audiences',
      signed({ alg: 'HS256', typ: 'JWT' }, { ...GOOD, aud: ['x', 'boxoffice'] }),
      'good',
    ],
    ['just within the tolerance', signed({ alg: 'HS256' }, { ...GOOD, exp: SECONDS - 4 }), 'good'],
    ['just expired', signed({ alg: 'HS256' }, { ...GOOD, exp: SECONDS - 5 }), 'expired'],
    ['not good yet', signed({ alg: 'HS256' }, { ...GOOD, nbf: SECONDS + 6 }), 'invalid'],
    ['good in a moment', signed({ alg: 'HS256' }, { ...GOOD, nbf: SECONDS + 5 }), 'good'],
    ['without an end', signed({ alg: 'HS256' }, { ...GOOD, exp: undefined }), 'invalid'],
    ['with an end in words', signed({ alg: 'HS256' }, { ...GOOD, exp: 'tomorrow' }), 'invalid'],
    ['of nobody', signed({ alg: 'HS256' }, { ...GOOD, sub: undefined }), 'invalid'],
    ['of another issuer', signed({ alg: 'HS256' }, { ...GOOD, iss: 'else' }), 'invalid'],
    ['for another audience', signed({ alg: 'HS256' }, { ...GOOD, aud: 'else' }), 'invalid'],
    ['for no audience', signed({ alg: 'HS256' }, { ...GOOD, aud: undefined }), 'invalid'],
    ['by another secret', signed({ alg: 'HS256' }, GOOD, `${SECRET}!`), 'invalid'],
    ['that says none', `${encode({ alg: 'none' })}.${encode(GOOD)}.`, 'invalid'],
    ['that says none, with a signature', signed({ alg: 'none' }, GOOD), 'invalid'],
    ['that says no algorithm', signed({}, GOOD), 'invalid'],
    ['that says another algorithm', signed({ alg: 'HS512' }, GOOD), 'invalid'],
    ['by another algorithm', signed({ alg: 'HS512' }, GOOD, SECRET, 'sha512'), 'invalid'],
    ['that says a public key', signed({ alg: 'RS256' }, GOOD), 'invalid'],
    ['without a signature', signed({ alg: 'HS256' }, GOOD).replace(/[^.]*$/, ''), 'invalid'],
    ['with an extension', signed({ alg: 'HS256', crit: ['x'], x: 1 }, GOOD), 'invalid'],
    ['with claims that are a list', signed({ alg: 'HS256' }, [GOOD]), 'invalid'],
    ['of two parts', signed({ alg: 'HS256' }, GOOD).split('.').slice(0, 2).join('.'), 'invalid'],
    ['of four parts', `${signed({ alg: 'HS256' }, GOOD)}.x`, 'invalid'],
    ['of nothing', '', 'invalid'],
  ])('%s has the result of jose', async (_, token, verdict) => {
    const checked = tokens.check(token, NOW);
    expect(typeof checked === 'string' ? checked : 'good').toBe(verdict);
    expect(checked).toEqual(await verdictOf(token, WANTED));
  });

  it('with any one character altered are invalid', () => {
    const token = signed({ alg: 'HS256' }, GOOD);
    // Two bits of the last character are not part of the signature.
    for (let at = 0; at < token.length - 1; at++) {
      const other = token[at] === 'A' ? 'B' : 'A';
      expect(tokens.check(token.slice(0, at) + other + token.slice(at + 1), NOW)).toBe('invalid');
    }
  });

  it('are valid until they expire, second by second', () => {
    const token = signed({ alg: 'HS256' }, { ...GOOD, exp: SECONDS });
    const end = (SECONDS + WANTED.toleranceSeconds) * 1_000;
    expect(tokens.check(token, end - 1)).toMatchObject({ claims: { sub: 'ann' } });
    expect(tokens.check(token, end)).toBe('expired');
    expect(tokens.check(token, end - 1_000)).toMatchObject({ claims: { sub: 'ann' } });
  });

  // They differ in the reason, and in an audience list with an element that is not a string, which
  // only this library rejects.
  it('with any claims are valid exactly if jose accepts them', async () => {
    const claim = fc.oneof(
      fc.constantFrom('shop', 'boxoffice', 'ann', SECONDS, SECONDS - 10, SECONDS + 10, null),
      fc.constantFrom(['boxoffice'], ['else', 'boxoffice'], []),
      fc.jsonValue().filter((value) => !Array.isArray(value)),
    );
    const claims = fc.record(
      { sub: claim, exp: claim, nbf: claim, iss: claim, aud: claim },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(claims, async (given) => {
        const token = signed({ alg: 'HS256' }, { ...GOOD, ...given });
        const [checked, verdict] = [tokens.check(token, NOW), await verdictOf(token, WANTED)];
        const good = typeof checked === 'object' && typeof checked.claims.sub === 'string';
        expect(good ? checked : 'refused').toEqual(
          typeof verdict === 'object' ? verdict : 'refused',
        );
      }),
      { numRuns: 600 },
    );
  });

  it('with any other header, secret or hash are invalid', () => {
    const algorithm = fc.oneof(
      fc.constantFrom(
        'none',
        'None',
        'HS384',
        'HS512',
        'RS256',
        'PS256',
        'ES256',
        'EdDSA',
        'hs256',
        null,
      ),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(
        algorithm,
        fc.constantFrom('sha256', 'sha384', 'sha512'),
        fc.constantFrom(SECRET, '', 'public'),
        (alg, hash, secret) => {
          fc.pre(alg !== 'HS256' || hash !== 'sha256' || secret !== SECRET);
          expect(tokens.check(signed({ alg }, GOOD, secret, hash), NOW)).toBe('invalid');
        },
      ),
      { numRuns: 400 },
    );
  });

  it('need a secret that is long enough', () => {
    expect(() => openSharedSecretTokens('short', WANTED)).toThrow('5 bytes');
  });
});
