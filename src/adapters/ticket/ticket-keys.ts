import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  type KeyObject,
} from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One Ed25519 key; without its private half it only verifies. */
export interface TicketKey {
  readonly kid: string;
  /** The public key as a JWK writes it. */
  readonly x: string;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject | undefined;
}

/** Keys of one set: as many as a door can be expected to try. */
const MAX_KEYS = 20;
const MAX_KID_LENGTH = 64;
const KID = new RegExp(`^[\\w.-]{1,${MAX_KID_LENGTH}}$`);
/** Characters of a derived key id, of the 43 that a thumbprint (RFC 7638) has: it stands in every code. */
const DERIVED_KID_LENGTH = 11;

/** Keys of one purpose: the setting that names them, and the file in the data directory that keeps those made here. */
export interface KeysFor {
  readonly setting: string;
  readonly file: string;
}

const FOR_TICKETS: KeysFor = { setting: 'TICKET_SIGNING_KEYS', file: 'ticket-keys.json' };
/** Of the checkpoints of the log. Never those of tickets: who may sign the one has no part in the other. */
export const FOR_CHECKPOINTS: KeysFor = { setting: 'AUDIT_SIGNING_KEYS', file: 'audit-keys.json' };

interface Jwk {
  readonly kty?: unknown;
  readonly crv?: unknown;
  readonly x?: unknown;
  readonly d?: unknown;
  readonly kid?: unknown;
}

/**
 * The keys of `TICKET_SIGNING_KEYS` (a JWK set, or the path of a file that holds one), else one made at the first start and
 * kept in the data directory, readable by its owner alone, so that tickets outlive a restart.
 *
 * @throws Error that names what is wrong and no secret
 */
export const ticketKeys = (setting: string | undefined, dataDir: string): TicketKey[] =>
  signingKeys(FOR_TICKETS, setting, dataDir);

/** The same for another purpose. @throws Error that names what is wrong and no secret */
export function signingKeys(
  { setting: name, file }: KeysFor,
  setting: string | undefined,
  dataDir: string,
): TicketKey[] {
  if (setting === undefined) {
    const path = keptKeys(dataDir, file);
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

/** @param name of what holds the text, for messages @throws Error */
export function readKeySet(text: string, name: string): TicketKey[] {
  const keys = keysOf(text);
  if (!keys) throw new Error(`${name} holds no JWK set: expected {"keys":[…]}.`);
  if (keys.length === 0 || keys.length > MAX_KEYS) {
    throw new Error(`${name} holds ${keys.length} keys; expected 1 to ${MAX_KEYS}.`);
  }
  const read = keys.map((jwk, at) => {
    const key = readKey(jwk);
    if (!key)
      throw new Error(`${name}: key ${at + 1} is no Ed25519 key (kty OKP, crv Ed25519, x and d).`);
    return key;
  });
  if (!read[0]!.privateKey) {
    throw new Error(`${name}: key 1 has no private part "d", and it is the one that signs.`);
  }
  if (new Set(read.map(({ kid }) => kid)).size < read.length) {
    throw new Error(`${name} has two keys of the same "kid".`);
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
    const publicKey = createPublicKey({ key: { kty, crv, x }, format: 'jwk' });
    if (d === undefined) return { kid, x, publicKey, privateKey: undefined };
    const privateKey = createPrivateKey({ key: { kty, crv, x, d }, format: 'jwk' });
    // A set put together by hand may pair the halves of two keys: all tickets would then be void.
    const { x: own } = createPublicKey(privateKey).export({ format: 'jwk' });
    return own === x ? { kid, x, publicKey, privateKey } : undefined;
  } catch {
    return undefined;
  }
}

const derivedKid = (x: unknown): string =>
  hash('sha256', JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x }), 'base64url').slice(
    0,
    DERIVED_KID_LENGTH,
  );

/** The path of the kept key, made if it is not there. */
function keptKeys(dataDir: string, file: string): string {
  mkdirSync(dataDir, { recursive: true });
  const path = join(dataDir, file);
  const { privateKey } = generateKeyPairSync('ed25519');
  const { kty, crv, x, d } = privateKey.export({ format: 'jwk' });
  const candidate = `${path}.${process.pid}`;
  const set = { keys: [{ kty, crv, x, d, kid: derivedKid(x), alg: 'EdDSA', use: 'sig' }] };
  writeFileSync(candidate, `${JSON.stringify(set, undefined, 2)}\n`, { mode: 0o600 });
  try {
    // A link is made whole or not at all, and never over what another process has made meanwhile.
    linkSync(candidate, path);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(candidate);
  }
  return path;
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);
