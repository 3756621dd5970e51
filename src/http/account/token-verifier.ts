import { webcrypto } from 'node:crypto';
import {
  createRemoteJWKSet,
  errors,
  jwtVerify,
  SignJWT,
  type JWTPayload,
  type JWTVerifyOptions,
} from 'jose';
import { LRUCache } from 'lru-cache';
import { atMost } from '../../ports/shared/at-most.js';
import type { Clock } from '../../ports/system/clock.js';
import { isEmailAddress } from '../validation/rules.js';
import { ACCOUNT_ID, isRole, type Account, type Role } from './accounts.js';
import { Problem } from '../problems/problems.js';
import { openSharedSecretTokens } from './shared-secret-tokens.js';
import type { AuthSettings } from '../platform/http-settings.js';

/** Tolerated difference to the issuer's clock. Seconds. */
const CLOCK_TOLERANCE_SECONDS = 5;
/** Verified tokens in the cache: verifying a signature costs more than reserving a seat. */
const MAX_REMEMBERED = 50_000;
const MAX_TOKEN_LENGTH = 4_096;
/**
 * Algorithms of public-key issuers. A token that uses a public key as a shared secret is rejected.
 */
const PUBLIC_KEY_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
];
const JWKS_TIMEOUT_MS = 5_000;

export interface TokenVerifier {
  /**
   * Returns the account if it is known at once: the token was verified before or is signed with a
   * shared secret.
   * @throws Problem `token-invalid`, `token-expired`
   */
  remembered(token: string): Account | undefined;
  /**
   * Verifies the token.
   * @throws Problem `token-invalid`, `token-expired` or `token-keys-unavailable`
   */
  verify(token: string): Promise<Account>;
  /** Signs a token for development. @throws Error where there is no secret to sign with */
  issue(
    id: string,
    roles: readonly Role[],
    expiresInSeconds: number,
  ): Promise<{ token: string; expiresAt: number }>;
}

/**
 * Opens the verifier for a shared secret or an issuer's public keys.
 * @throws Error when the secret is too short
 */
export function openTokenVerifier(settings: AuthSettings, clock: Clock): TokenVerifier {
  const { issuer, audience } = settings;
  const keys =
    'jwksUrl' in settings.keys
      ? createRemoteJWKSet(new URL(settings.keys.jwksUrl), { timeoutDuration: JWKS_TIMEOUT_MS })
      : undefined;
  const shared =
    'secret' in settings.keys
      ? openSharedSecretTokens(settings.keys.secret, {
          issuer,
          audience,
          toleranceSeconds: CLOCK_TOLERANCE_SECONDS,
        })
      : undefined;
  const secret = 'secret' in settings.keys ? importSecret(settings.keys.secret) : undefined;
  const accounts = new LRUCache<string, Account>(atMost(MAX_REMEMBERED));

  const remember = (token: string, payload: JWTPayload): Account => {
    const account = accountOf(payload);
    accounts.set(token, account);
    return account;
  };
  const checkShared = (token: string, tokens: NonNullable<typeof shared>): Account => {
    if (token.length > MAX_TOKEN_LENGTH) throw new Problem('token-invalid');
    const checked = tokens.check(token, clock.now());
    if (typeof checked === 'string') throw new Problem(`token-${checked}`);
    return remember(token, checked.claims as JWTPayload);
  };
  const options = (): JWTVerifyOptions => ({
    algorithms: PUBLIC_KEY_ALGORITHMS,
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    currentDate: new Date(clock.now()),
    requiredClaims: ['exp', 'sub'],
    ...(issuer !== undefined && { issuer }),
    ...(audience !== undefined && { audience }),
  });

  return {
    remembered: (token) => {
      const account = accounts.get(token);
      if (!account) return shared && checkShared(token, shared);
      if (account.expiresAt + CLOCK_TOLERANCE_SECONDS * 1_000 <= clock.now()) {
        throw new Problem('token-expired');
      }
      return account;
    },
    verify: async (token) => {
      if (shared) return checkShared(token, shared);
      if (token.length > MAX_TOKEN_LENGTH) throw new Problem('token-invalid');
      const { payload } = await jwtVerify(token, keys!, options()).catch((error: unknown) => {
        throw new Problem(problemOf(error), {}, { cause: error });
      });
      return remember(token, payload);
    },
    issue: async (id, roles, expiresInSeconds) => {
      if (!secret)
        throw new Error('Tokens are signed by an external issuer, so none can be issued here.');
      const issuedAt = Math.floor(clock.now() / 1_000);
      const expiresAt = issuedAt + expiresInSeconds;
      const unsigned = new SignJWT({ roles })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setSubject(id)
        .setIssuedAt(issuedAt)
        .setExpirationTime(expiresAt);
      if (issuer !== undefined) unsigned.setIssuer(issuer);
      if (audience !== undefined) unsigned.setAudience(audience);
      return { token: await unsigned.sign(await secret), expiresAt: expiresAt * 1_000 };
    },
  };
}

/** Imports the secret once: an import costs as much as a signature. */
function importSecret(secret: string): Promise<webcrypto.CryptoKey> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  return webcrypto.subtle.importKey('raw', Buffer.from(secret, 'utf8'), algorithm, false, ['sign']);
}

function accountOf({ sub, exp, roles, email, email_verified: verified }: JWTPayload): Account {
  if (typeof sub !== 'string' || !ACCOUNT_ID.test(sub)) throw new Problem('token-invalid');
  return {
    id: sub,
    roles: Array.isArray(roles) ? roles.filter(isRole) : [],
    ...(isEmailAddress(email) && { email }),
    ...(verified === false && { emailVerified: false as const }),
    expiresAt: exp! * 1_000,
  };
}

/** An error that is not about the token comes from fetching the issuer's keys. */
function problemOf(error: unknown): 'token-expired' | 'token-invalid' | 'token-keys-unavailable' {
  if (error instanceof errors.JWTExpired) return 'token-expired';
  const fetching =
    !(error instanceof errors.JOSEError) ||
    error instanceof errors.JWKSTimeout ||
    error instanceof errors.JWKSInvalid ||
    error.code === errors.JOSEError.code;
  return fetching ? 'token-keys-unavailable' : 'token-invalid';
}
