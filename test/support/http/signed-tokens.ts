import { SignJWT, type JWTPayload } from 'jose';

export const SECRET = 'a secret of at least thirty-two bytes';
export const ISSUER = 'https://accounts.example';
export const AUDIENCE = 'boxoffice';

interface TokenChanges {
  readonly claims?: JWTPayload;
  readonly alg?: string;
  readonly secret?: string;
}

/** Signs a valid token with changes. */
export function sign({
  claims = {},
  alg = 'HS256',
  secret = SECRET,
}: TokenChanges = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1_000);
  const valid = {
    sub: 'carl',
    roles: ['customer'],
    iss: ISSUER,
    aud: AUDIENCE,
    iat: now,
    exp: now + 3_600,
  };
  return new SignJWT({ ...valid, ...claims })
    .setProtectedHeader({ alg })
    .sign(new TextEncoder().encode(secret));
}
