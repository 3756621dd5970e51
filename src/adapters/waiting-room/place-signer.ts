import {
  createHmac,
  createSecretKey,
  hkdfSync,
  timingSafeEqual,
  type KeyObject,
} from 'node:crypto';
import type { NumberTicket, Pass, PlaceSigner } from '../../ports/waiting-room/place-signer.js';

/** Maximum characters of a token, far above the length of ours. Limits the work for a header. */
const MAX_LENGTH = 1_024;
const COMPACT = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/;
/** Bytes of a derived key: the output size of SHA-256. */
const KEY_BYTES = 32;

/** A secret that keys are derived from, with an id. */
export interface SecretKey {
  readonly kid: string;
  readonly secret: Uint8Array;
}

type Kind = 'number' | 'pass';
type Claims = Readonly<Record<string, unknown>>;

/**
 * Signs compact JWS (RFC 7515) with HMAC-SHA256 and a type in the header, so that a number is never
 * accepted as a pass. Uses Node's crypto, synchronously, because thousands are signed per second:
 * `jose` needs the thread pool for each. A test verifies the tokens with `jose`.
 * @param keys the first signs, all verify
 */
export function openPlaceSigner(keys: readonly SecretKey[]): PlaceSigner {
  const signs = (kind: Kind) => openKind(kind, keys);
  const numbers = signs('number');
  const passes = signs('pass');
  return {
    signNumber: ({ eventId, account, number, issuedAt }) =>
      numbers.sign({ evt: eventId, sub: account, num: number, iat: issuedAt / 1_000 }),
    readNumber: (text) => {
      const claims = numbers.read(text);
      return claims && numberOf(claims);
    },
    signPass: ({ eventId, account, passId, generation, expiresAt }) =>
      passes.sign({
        evt: eventId,
        sub: account,
        jti: passId,
        gen: generation,
        exp: Math.floor(expiresAt / 1_000),
      }),
    readPass: (text) => {
      const claims = passes.read(text);
      return claims && passOf(claims);
    },
  };
}

function openKind(kind: Kind, keys: readonly SecretKey[]) {
  // The header must equal one of these texts, so nothing in it has to be parsed.
  const known = new Map(keys.map(({ kid, secret }) => [headerOf(kind, kid), keyOf(kind, secret)]));
  const [[header, key]] = [...known] as [[string, KeyObject]];
  const digest = (by: KeyObject, signed: string): string =>
    createHmac('sha256', by).update(signed, 'latin1').digest('base64url');
  return {
    sign: (claims: Claims): string => {
      const signed = `${header}.${encode(claims)}`;
      return `${signed}.${digest(key, signed)}`;
    },
    read: (text: string): Claims | undefined => {
      const [, head = '', claims = '', signature = ''] =
        (text.length <= MAX_LENGTH && COMPACT.exec(text)) || [];
      const by = known.get(head);
      if (!by) return undefined;
      // Compared as text: several texts decode to the same bytes, but only one was signed.
      const expected = Buffer.from(digest(by, `${head}.${claims}`));
      const given = Buffer.from(signature);
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
      return JSON.parse(Buffer.from(claims, 'base64url').toString()) as Claims;
    },
  };
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const headerOf = (kind: Kind, kid: string): string =>
  encode({ alg: 'HS256', typ: `boxoffice-${kind}+jwt`, kid });
const keyOf = (kind: Kind, secret: Uint8Array): KeyObject =>
  createSecretKey(
    new Uint8Array(hkdfSync('sha256', secret, '', `boxoffice waiting room ${kind}`, KEY_BYTES)),
  );

function numberOf({ evt, sub, num, iat }: Claims): NumberTicket {
  const issuedAt = Math.round((iat as number) * 1_000);
  return { eventId: evt as string, account: sub as string, number: num as number, issuedAt };
}

function passOf({ evt, sub, jti, gen, exp }: Claims): Pass {
  return {
    eventId: evt as string,
    account: sub as string,
    passId: jti as string,
    generation: gen as string,
    expiresAt: (exp as number) * 1_000,
  };
}
