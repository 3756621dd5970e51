import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  type KeyObject,
} from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** An Ed25519 key. Without its private part it can only verify. */
export interface TicketKey {
  readonly kid: string;
  /** The public key as a JWK. */
  readonly x: string;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject | undefined;
}

/** Maximum of keys in a set: a check may try each of them. */
const MAX_KEYS = 20;
const MAX_KID_LENGTH = 64;
const KID = new RegExp(`^[\\w.-]{1,${MAX_KID_LENGTH}}$`);
/**
 * Characters of a derived key id, of the 43 of a thumbprint (RFC 7638). Short, because every code
 * contains it.
 */
const DERIVED_KID_LENGTH = 11;

/** Setting with the keys of one purpose, and the file in the data directory for generated keys. */
export interface KeysFor {
  readonly setting: string;
  readonly file: string;
}

const FOR_TICKETS: KeysFor = { setting: 'TICKET_SIGNING_KEYS', file: 'ticket-keys.json' };
/**
 * Keys of signed heads of the log. Separate from ticket keys: a signer of tickets cannot sign
 * heads.
 */
export const FOR_SIGNED_HEADS: KeysFor = { setting: 'AUDIT_SIGNING_KEYS', file: 'audit-keys.json' };

interface Jwk {
  readonly kty?: unknown;
  readonly crv?: unknown;
  readonly x?: unknown;
  readonly d?: unknown;
  readonly kid?: unknown;
}

/**
 * Returns the keys of `TICKET_SIGNING_KEYS` (a JWK set, or the path of a file with one). Otherwise
 * generates a key at the first start and stores it in the data directory, readable only by its
 * owner, so that tickets stay valid after a restart.
 * @throws Error that names the problem and no secret
 */
export const ticketKeys = (setting: string | undefined, dataDir: string): TicketKey[] =>
  signingKeys(FOR_TICKETS, setting, dataDir);

/** Returns the keys of another purpose. @throws Error that names the problem and no secret */
export function signingKeys(
  { setting: name, file }: KeysFor,
  setting: string | undefined,
  dataDir: string,
): TicketKey[] {
  if (setting === undefined) {
    const path = storedKeys(dataDir, file);
    return readKeySet(readFileSync(path, 'utf8'), path);
  }
  if (setting.trimStart().startsWith('{')) return readKeySet(setting, name);
  let text: string;
  try {
    text = readFileSync(setting, 'utf8');
  } catch (error) {
    throw new Error(`${name} names a file that cannot be read: ${codeOf(error)}.`, {
      cause: error,
    });
  }
  return readKeySet(text, `The file that ${name} names`);
}

/**
 * @param name source of the text, for messages
 * @throws Error
 */
export function readKeySet(text: string, name: string): TicketKey[] {
  const keys = keysOf(text);
  if (!keys) throw new Error(`${name} is not a JWK set: expected {"keys":[…]}.`);
  if (keys.length === 0 || keys.length > MAX_KEYS) {
    throw new Error(`${name} has ${keys.length} keys; expected 1 to ${MAX_KEYS}.`);
  }
  const read = keys.map((jwk, at) => {
    const key = readKey(jwk);
    if (!key)
      throw new Error(
        `${name}: key ${at + 1} is not an Ed25519 key (kty OKP, crv Ed25519, x and d).`,
      );
    return key;
  });
  if (!read[0]!.privateKey) {
    throw new Error(`${name}: key 1 signs and needs the private part "d".`);
  }
  if (new Set(read.map(({ kid }) => kid)).size < read.length) {
    throw new Error(`${name} has two keys with the same "kid".`);
  }
  return read;
}

function keysOf(text: string): Jwk[] | undefined {
  try {
    const { keys } = JSON.parse(text) as { keys?: unknown };
    return Array.isArray(keys) ? (keys as Jwk[]) : undefined;
  } catch {
    return undefined;
  }
}

function readKey(jwk: Jwk | null): TicketKey | undefined {
  const { kty, crv, x, d, kid = derivedKid(x) } = jwk ?? {};
  if (kty !== 'OKP' || crv !== 'Ed25519' || typeof x !== 'string') return undefined;
  if (typeof kid !== 'string' || !KID.test(kid)) return undefined;
  if (d !== undefined && typeof d !== 'string') return undefined;
  try {
    return importKey(kid, x, d);
  } catch {
    return undefined;
  }
}

/** Undefined when the two parts are not one pair. @throws Error for a part that is no key */
function importKey(kid: string, x: string, d: string | undefined): TicketKey | undefined {
  const publicPart = { kty: 'OKP', crv: 'Ed25519', x };
  const publicKey = createPublicKey({ key: publicPart, format: 'jwk' });
  if (d === undefined) return { kid, x, publicKey, privateKey: undefined };
  const privateKey = createPrivateKey({ key: { ...publicPart, d }, format: 'jwk' });
  // A set written by hand may pair the parts of two keys: all its tickets would be invalid.
  const { x: derived } = createPublicKey(privateKey).export({ format: 'jwk' });
  return derived === x ? { kid, x, publicKey, privateKey } : undefined;
}

const derivedKid = (x: unknown): string =>
  hash('sha256', JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x }), 'base64url').slice(
    0,
    DERIVED_KID_LENGTH,
  );

/** Returns the path of the stored key, which is generated if it is missing. */
function storedKeys(dataDir: string, file: string): string {
  mkdirSync(dataDir, { recursive: true });
  const path = join(dataDir, file);
  const { privateKey } = generateKeyPairSync('ed25519');
  const { kty, crv, x, d } = privateKey.export({ format: 'jwk' });
  const candidate = `${path}.${process.pid}`;
  const set = { keys: [{ kty, crv, x, d, kid: derivedKid(x), alg: 'EdDSA', use: 'sig' }] };
  writeFileSync(candidate, `${JSON.stringify(set, undefined, 2)}\n`, { mode: 0o600 });
  try {
    // A link is created atomically and never replaces a key that another process has created.
    linkSync(candidate, path);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(candidate);
  }
  return path;
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);
