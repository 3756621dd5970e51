import { createHmac, timingSafeEqual } from 'node:crypto';
import {
  NOTICE_TOLERANCE_SECONDS,
  NoticeRefused,
  type NoticeHeaders,
} from '../../ports/payment/payment-gateway.js';

/** Header with the time and the signature of a notice, in lower case as in Node. */
export const SIGNATURE_HEADER = 'boxoffice-signature';

/** Maximum of compared signatures in one header. A sender that rotates its secret sends two. */
const MAX_SIGNATURES = 8;

/**
 * `t=<unix seconds>,v1=<hex HMAC-SHA256 of "<t>.<body>">`.
 * @param now milliseconds since the epoch
 */
export function signNotice(body: string, secret: string, now: number): string {
  const seconds = Math.floor(now / 1_000);
  return `t=${seconds},v1=${hmac(seconds, Buffer.from(body), secret).toString('hex')}`;
}

/**
 * Accepts a body that was signed recently with any of the secrets. The time is checked last, so
 * only a holder of a secret can learn whether it is accepted.
 * @param now milliseconds since the epoch
 * @throws NoticeRefused
 */
export function verifyNotice(
  body: Buffer,
  headers: NoticeHeaders,
  secrets: readonly string[],
  now: number,
): void {
  const { seconds, signatures } = parseSignature(signatureHeader(headers, SIGNATURE_HEADER), 'v1');
  const expected = secrets.map((secret) => hmac(seconds, body, secret));
  // All pairs are compared in constant time, so that the duration reveals nothing.
  const matches = expected.flatMap((one) => signatures.map((other) => sameBytes(one, other)));
  if (!matches.includes(true))
    throw invalid('The webhook is not signed with any secret known here.');
  checkTime(seconds, now);
}

/** Returns the only value of a signature header. @throws NoticeRefused */
export function signatureHeader(headers: NoticeHeaders, name: string): string {
  const given = headers[name];
  const values = typeof given === 'string' ? [given] : (given ?? []);
  if (values.length > 1) throw invalid(`The webhook has ${values.length} headers ${name}.`);
  const [value = ''] = values;
  if (value.trim() === '')
    throw new NoticeRefused('webhook-signature-missing', `The webhook has no header ${name}.`);
  return value;
}

/**
 * Reads `t=…,<scheme>=…,<scheme>=…`. Rejects a second `t`: otherwise one could be signed and
 * another compared with the clock, and a notice could be replayed forever.
 * @throws NoticeRefused
 */
export function parseSignature(
  header: string,
  scheme: string,
): { seconds: number; signatures: Buffer[] } {
  const parts = header.split(',').map((part) => part.trim().split('='));
  const times = parts.filter(([name]) => name === 't').map(([, value = '']) => value);
  const signatures = parts.filter(([name]) => name === scheme).map(([, value = '']) => value);
  if (times.length !== 1 || !/^\d{1,12}$/.test(times[0]!))
    throw invalid('The signature of the webhook has no valid time.');
  if (signatures.length === 0 || signatures.length > MAX_SIGNATURES)
    throw invalid(`The webhook has ${signatures.length} signatures ${scheme}.`);
  return { seconds: Number(times[0]), signatures: signatures.map(fromHex) };
}

/**
 * Also rejects times in the future: such a notice could be replayed until then.
 * @throws NoticeRefused
 */
export function checkTime(seconds: number, now: number): void {
  const age = Math.floor(now / 1_000) - seconds;
  if (Math.abs(age) <= NOTICE_TOLERANCE_SECONDS) return;
  throw new NoticeRefused(
    'webhook-timestamp-out-of-tolerance',
    `The webhook was signed ${Math.abs(age)} s ${age > 0 ? 'ago' : 'ahead of our clock'}; ` +
      `${NOTICE_TOLERANCE_SECONDS} s are allowed.`,
  );
}

/**
 * Returns an empty buffer for anything but 64 hex digits: `Buffer.from` alone ignores what follows
 * the last digit.
 */
const fromHex = (text: string): Buffer =>
  /^[0-9a-f]{64}$/.test(text) ? Buffer.from(text, 'hex') : Buffer.alloc(0);

const invalid = (message: string) => new NoticeRefused('webhook-signature-invalid', message);

const hmac = (seconds: number, body: Buffer, secret: string): Buffer =>
  createHmac('sha256', secret).update(`${seconds}.`).update(body).digest();

const sameBytes = (one: Buffer, other: Buffer): boolean =>
  one.length === other.length && timingSafeEqual(one, other);
