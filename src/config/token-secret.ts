import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config.js';
import { SECRET_LENGTH } from './parsers.js';

const SECRET_FILE = 'jwt-secret';
const SECRET_BYTES = 48;

/**
 * Returns the key for tokens: JWT_SECRET, else a key that is created at the first start and kept in
 * the data directory (mode 0600), so that tokens stay valid after a restart. Undefined when tokens
 * are verified by JWT_JWKS_URL alone.
 * @throws Error when the file cannot be read or written
 */
export function tokenSecret(config: Config): string | undefined {
  if (config.jwtSecret !== undefined || config.jwtJwksUrl !== undefined) return config.jwtSecret;
  mkdirSync(config.dataDir, { recursive: true });
  const path = join(config.dataDir, SECRET_FILE);
  const candidate = `${path}.${process.pid}`;
  writeFileSync(candidate, `${randomBytes(SECRET_BYTES).toString('base64url')}\n`, { mode: 0o600 });
  try {
    // A hard link is atomic and never replaces the file that another process has created meanwhile.
    linkSync(candidate, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(candidate);
  }
  const kept = readFileSync(path, 'utf8').trim();
  if (kept.length < SECRET_LENGTH.min)
    throw new Error(
      `${path} holds no usable key: remove the file. Tokens issued so far become invalid.`,
    );
  return kept;
}
