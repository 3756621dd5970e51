import { isIP } from 'node:net';
import { Refusal, onOff, within, type Parsed, type Row } from './values.js';
import { DEFAULT_THRESHOLD } from '../domain/abuse/score.js';

/** What keeps machines from buying a show empty; see docs/concepts/abuse.md. */
export interface ProtectionConfig {
  readonly on: boolean;
  /** Addresses and networks of proxies, whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  readonly proofOfWorkScore: number;
  readonly holdsPerAccount: number;
  readonly holdsPerAddress: number;
  readonly readsPerAddress: number;
  readonly writesPerAddress: number;
  readonly requestsPerAccount: number;
  readonly reservationsPerAccount: number;
}

/** Requests in a minute. */
const rate = (unset: number, purpose: string): Row => [
  'a whole number from 1 to 1000000',
  String(unset),
  purpose,
  within(1, 1_000_000),
];

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
    'addresses, networks such as 10.0.0.0/8, or `private` for all private networks, separated by commas',
    'none: `X-Forwarded-For` is not read',
    'Proxies in front of this process: whom they name in `X-Forwarded-For` is who asks.',
    proxies,
  ],
  ABUSE_PROTECTION: [
    'on or off',
    'on',
    'Rate limits, proof of work for what looks automated, and caps on open holds.',
    onOff,
  ],
  PROOF_OF_WORK_SCORE: [
    'a whole number from 1 to 101',
    String(DEFAULT_THRESHOLD),
    'Score of behaviour, 0 to 100, from which a reservation costs work; 101 asks nobody.',
    within(1, 101),
  ],
  HOLDS_PER_ACCOUNT: rate(
    UNSET.HOLDS_PER_ACCOUNT,
    'Open holds of one account at once, over all events.',
  ),
  HOLDS_PER_ADDRESS: rate(
    UNSET.HOLDS_PER_ADDRESS,
    'Open holds at once from one public address; twice as many from an IPv6 /56, four times as many from a /48.',
  ),
  RATE_READS_PER_ADDRESS: rate(
    UNSET.RATE_READS_PER_ADDRESS,
    'Reads in a minute from one public address, at one node; twice as many from an IPv6 /56, four times from a /48.',
  ),
  RATE_WRITES_PER_ADDRESS: rate(
    UNSET.RATE_WRITES_PER_ADDRESS,
    'Other requests in a minute from one public address; twice as many from an IPv6 /56, four times from a /48.',
  ),
  RATE_REQUESTS_PER_ACCOUNT: rate(
    UNSET.RATE_REQUESTS_PER_ACCOUNT,
    'Requests in a minute of one account, its reservations apart.',
  ),
  RATE_RESERVATIONS_PER_ACCOUNT: rate(
    UNSET.RATE_RESERVATIONS_PER_ACCOUNT,
    'Reservations that one account may try in a minute.',
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

/** By these names the library that reads `X-Forwarded-For` knows all private networks. */
const PRIVATE = ['loopback', 'linklocal', 'uniquelocal'];

function proxies(text: string): Parsed {
  const parts = text.split(',').map((part) => part.trim());
  const wrong = parts.findIndex((part) => part !== 'private' && !isNetwork(part));
  if (wrong >= 0) return new Refusal(`has an entry that is none (number ${wrong + 1})`);
  return Object.freeze(parts.flatMap((part) => (part === 'private' ? PRIVATE : [part])));
}

function isNetwork(text: string): boolean {
  const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const family = isIP(address);
  return family !== 0 && (bits === undefined || Number(bits) <= (family === 4 ? 32 : 128));
}
