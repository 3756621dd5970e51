import { isIP } from 'node:net';
import { InvalidValue, onOff, wholeNumber, type Parsed, type Row } from './values.js';
import { DEFAULT_THRESHOLD } from '../domain/abuse/score.js';

/** Settings of the protection against automated purchases; see docs/concepts/abuse.md. */
export interface ProtectionConfig {
  readonly on: boolean;
  /** Addresses and networks of proxies whose `X-Forwarded-For` header is trusted. */
  readonly trustedProxies: readonly string[];
  readonly proofOfWorkScore: number;
  readonly holdsPerAccount: number;
  readonly holdsPerAddress: number;
  readonly readsPerAddress: number;
  readonly writesPerAddress: number;
  readonly requestsPerAccount: number;
  readonly reservationsPerAccount: number;
}

/** Returns the row of a setting that limits a number. */
const limit = (unset: number, purpose: string): Row => wholeNumber(1, 1_000_000, unset, purpose);

const UNSET = {
  HOLDS_PER_ACCOUNT: 50,
  HOLDS_PER_ADDRESS: 200,
  RATE_READS_PER_ADDRESS: 1_200,
  RATE_WRITES_PER_ADDRESS: 1_200,
  RATE_REQUESTS_PER_ACCOUNT: 600,
  RATE_RESERVATIONS_PER_ACCOUNT: 300,
};

export const PROTECTION_ROWS: Readonly<Record<string, Row>> = {
  TRUSTED_PROXIES: [
    'addresses, networks such as 10.0.0.0/8, or `private` for all private networks, ' +
      'separated by commas',
    'none: `X-Forwarded-For` is not read',
    'Proxies in front of this process; their `X-Forwarded-For` gives the client address.',
    proxies,
  ],
  ABUSE_PROTECTION: [
    'on or off',
    'on',
    'Rate limits, proof of work for suspicious clients, and limits on open holds.',
    onOff,
  ],
  PROOF_OF_WORK_SCORE: wholeNumber(
    1,
    101,
    DEFAULT_THRESHOLD,
    'Risk score from 0 to 100 at which a reservation requires proof of work; 101 never ' +
      'requires it.',
  ),
  HOLDS_PER_ACCOUNT: limit(
    UNSET.HOLDS_PER_ACCOUNT,
    'Most open holds of one account, over all events.',
  ),
  HOLDS_PER_ADDRESS: limit(
    UNSET.HOLDS_PER_ADDRESS,
    'Most open holds of one public address; twice as many for an IPv6 /56, four times as ' +
      'many for a /48.',
  ),
  RATE_READS_PER_ADDRESS: limit(
    UNSET.RATE_READS_PER_ADDRESS,
    'Most reads per minute of one public address at one node; twice as many for an IPv6 /56, ' +
      'four times for a /48.',
  ),
  RATE_WRITES_PER_ADDRESS: limit(
    UNSET.RATE_WRITES_PER_ADDRESS,
    'Most other requests per minute of one public address; twice as many for an IPv6 /56, ' +
      'four times for a /48.',
  ),
  RATE_REQUESTS_PER_ACCOUNT: limit(
    UNSET.RATE_REQUESTS_PER_ACCOUNT,
    'Most requests per minute of one account, except reservations.',
  ),
  RATE_RESERVATIONS_PER_ACCOUNT: limit(
    UNSET.RATE_RESERVATIONS_PER_ACCOUNT,
    'Most reservation attempts per minute of one account.',
  ),
};

export function protectionConfig(value: <T>(name: string) => T | undefined): ProtectionConfig {
  const number = (name: keyof typeof UNSET) => value<number>(name) ?? UNSET[name];
  return Object.freeze({
    on: value<boolean>('ABUSE_PROTECTION') ?? true,
    trustedProxies: value<readonly string[]>('TRUSTED_PROXIES') ?? [],
    proofOfWorkScore: value<number>('PROOF_OF_WORK_SCORE') ?? DEFAULT_THRESHOLD,
    holdsPerAccount: number('HOLDS_PER_ACCOUNT'),
    holdsPerAddress: number('HOLDS_PER_ADDRESS'),
    readsPerAddress: number('RATE_READS_PER_ADDRESS'),
    writesPerAddress: number('RATE_WRITES_PER_ADDRESS'),
    requestsPerAccount: number('RATE_REQUESTS_PER_ACCOUNT'),
    reservationsPerAccount: number('RATE_RESERVATIONS_PER_ACCOUNT'),
  });
}

/** Names of all private networks in the library that reads `X-Forwarded-For`. */
const PRIVATE = ['loopback', 'linklocal', 'uniquelocal'];

function proxies(text: string): Parsed {
  const parts = text.split(',').map((part) => part.trim());
  const wrong = parts.findIndex((part) => part !== 'private' && !isNetwork(part));
  if (wrong >= 0) return new InvalidValue(`entry ${wrong + 1} is invalid`);
  return Object.freeze(parts.flatMap((part) => (part === 'private' ? PRIVATE : [part])));
}

function isNetwork(text: string): boolean {
  const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const family = isIP(address);
  return family !== 0 && (bits === undefined || Number(bits) <= (family === 4 ? 32 : 128));
}
