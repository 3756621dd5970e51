import { webcrypto } from 'node:crypto';
import { createRemoteJWKSet, errors, jwtVerify, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import { isEmailAddress } from '../read-models/contacts.js';
import { ACCOUNT_ID, isRole } from './accounts.js';
import { Problem } from './problems.js';
/** How far the issuer's clock may be off, in seconds. */ const CLOCK_TOLERANCE_SECONDS = 5;
/** Accounts remembered by their token: checking a signature costs more than reserving a seat. */ const MAX_REMEMBERED = 50_000;
const MAX_TOKEN_LENGTH = 4_096;
const MIN_SECRET_BYTES = 32;
/** Of public-key issuers. A token signed with one of them as if it were a shared secret is refused. */ const PUBLIC_KEY_ALGORITHMS = [
    'RS256',
    'RS384',
    'RS512',
    'PS256',
    'PS384',
    'PS512',
    'ES256',
    'ES384',
    'ES512',
    'EdDSA'
];
const JWKS_TIMEOUT_MS = 5_000;
/** @throws Error when the secret is too short to sign with */ export function openTokenVerifier(settings, clock) {
    const { issuer, audience } = settings;
    const secret = 'secret' in settings.keys ? importSecret(settings.keys.secret) : undefined;
    const keys = 'jwksUrl' in settings.keys ? createRemoteJWKSet(new URL(settings.keys.jwksUrl), {
        timeoutDuration: JWKS_TIMEOUT_MS
    }) : undefined;
    const accounts = new LRUCache({
        max: MAX_REMEMBERED
    });
    const payloadOf = async (token)=>{
        const options = {
            algorithms: secret ? [
                'HS256'
            ] : PUBLIC_KEY_ALGORITHMS,
            clockTolerance: CLOCK_TOLERANCE_SECONDS,
            currentDate: new Date(clock.now()),
            requiredClaims: [
                'exp',
                'sub'
            ],
            ...issuer !== undefined && {
                issuer
            },
            ...audience !== undefined && {
                audience
            }
        };
        const verified = secret ? await jwtVerify(token, await secret, options) : await jwtVerify(token, keys, options);
        return verified.payload;
    };
    return {
        remembered: (token)=>{
            const account = accounts.get(token);
            if (account && account.expiresAt + CLOCK_TOLERANCE_SECONDS * 1_000 <= clock.now()) {
                throw new Problem('token-expired');
            }
            return account;
        },
        verify: async (token)=>{
            if (token.length > MAX_TOKEN_LENGTH) throw new Problem('token-invalid');
            const payload = await payloadOf(token).catch((error)=>{
                throw new Problem(problemOf(error), {}, {
                    cause: error
                });
            });
            const account = accountOf(payload);
            accounts.set(token, account);
            return account;
        },
        issue: async (id, roles, expiresInSeconds)=>{
            if (!secret) throw new Error('Tokens are signed by the issuer, whose private key is not here.');
            const issuedAt = Math.floor(clock.now() / 1_000);
            const expiresAt = issuedAt + expiresInSeconds;
            const unsigned = new SignJWT({
                roles
            }).setProtectedHeader({
                alg: 'HS256',
                typ: 'JWT'
            }).setSubject(id).setIssuedAt(issuedAt).setExpirationTime(expiresAt);
            if (issuer !== undefined) unsigned.setIssuer(issuer);
            if (audience !== undefined) unsigned.setAudience(audience);
            return {
                token: await unsigned.sign(await secret),
                expiresAt: expiresAt * 1_000
            };
        }
    };
}
/** Imported once: an import for each token would cost as much as the check. */ function importSecret(secret) {
    const bytes = Buffer.from(secret, 'utf8');
    if (bytes.length < MIN_SECRET_BYTES) {
        throw new Error(`The token secret has ${bytes.length} bytes; give it at least ${MIN_SECRET_BYTES}.`);
    }
    const algorithm = {
        name: 'HMAC',
        hash: 'SHA-256'
    };
    return webcrypto.subtle.importKey('raw', bytes, algorithm, false, [
        'sign',
        'verify'
    ]);
}
function accountOf({ sub, exp, roles, email }) {
    if (typeof sub !== 'string' || !ACCOUNT_ID.test(sub)) throw new Problem('token-invalid');
    return {
        id: sub,
        roles: Array.isArray(roles) ? roles.filter(isRole) : [],
        ...isEmailAddress(email) && {
            email
        },
        expiresAt: exp * 1_000
    };
}
/** Whatever is not about the token itself is about fetching the issuer's keys. */ function problemOf(error) {
    if (error instanceof errors.JWTExpired) return 'token-expired';
    const fetching = !(error instanceof errors.JOSEError) || error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid || error.code === errors.JOSEError.code;
    return fetching ? 'token-keys-unavailable' : 'token-invalid';
}

//# sourceMappingURL=token-verifier.js.map