import type { Money } from '../../domain/shared/money.js';
import type {
  Charge,
  ChargeFailure,
  ChargeRequest,
  ChargeSubject,
  PaymentNotice,
  ProviderEntry,
  RefundReport,
  RefundRequest,
  RefundState,
  StrayNotice,
} from '../../ports/payment/payment-gateway.js';

/** Messages between the sandbox and its gateway, and their validation on both sides. */
export type NoticeType =
  | 'charge.captured'
  | 'charge.failed'
  | 'charge.processing'
  | 'refund.pending'
  | 'refund.completed'
  | 'refund.failed';

/** The sandbox never forgets a key, so it does not need `requestedAt`. */
export type SandboxCharge = Omit<ChargeRequest, 'requestedAt'>;
/** The sandbox finds the subject of a refund through its capture. */
export type SandboxRefund = Omit<RefundRequest, 'about'>;

/** Body of a webhook. */
export interface NoticeBody {
  readonly id: string;
  readonly type: NoticeType;
  /** Time of the reported change, not of the delivery; ISO 8601. */
  readonly createdAt: string;
  readonly data: {
    readonly idempotencyKey: string;
    readonly reference: string;
    readonly amount: Money;
    readonly about: ChargeSubject;
    /** `declined` for a charge; for a refund, the reason why it failed. */
    readonly reason?: string;
    /** Only for a refund. */
    readonly refundId?: string;
  };
}

/** One page of records. `next`: start of the next page; null on the last page. */
export interface EntriesPage {
  readonly entries: readonly ProviderEntry[];
  readonly next: number | null;
}

export type SandboxRefusalCode =
  | 'body-invalid'
  | 'idempotency-key-invalid'
  | 'idempotency-key-reused'
  | 'charge-not-found'
  | 'capture-not-found'
  | 'refund-currency-differs'
  | 'refund-exceeds-capture'
  | 'books-full';

/** The sandbox rejects the request. Nothing was changed. */
export class SandboxRefusal extends Error {
  override name = 'SandboxRefusal';
  constructor(
    readonly code: SandboxRefusalCode,
    message: string,
  ) {
    super(message);
  }
}

/** Maximum characters of a key, a token or an id, all ASCII, so that they fit into a header. */
export const MAX_ID_LENGTH = 255;
const ID = /^[\x21-\x7e]{1,255}$/;

/** @throws SandboxRefusal */
export function readKey(value: unknown): string {
  if (typeof value === 'string' && ID.test(value)) return value;
  throw new SandboxRefusal(
    'idempotency-key-invalid',
    `An idempotency key must have 1 to ${MAX_ID_LENGTH} printable ASCII characters without spaces.`,
  );
}

/** @throws SandboxRefusal */
export function readChargeRequest(idempotencyKey: string, body: unknown): SandboxCharge {
  const from = fields(body, 'the body');
  return {
    idempotencyKey,
    token: id(from.token, 'token'),
    amount: money(from.amount, 'amount', 0),
    about: subject(from.about),
    holdExpiresAt: time(from.holdExpiresAt, 'holdExpiresAt'),
  };
}

/** @throws SandboxRefusal */
export function readRefundRequest(idempotencyKey: string, body: unknown): SandboxRefund {
  const from = fields(body, 'the body');
  return {
    idempotencyKey,
    reference: id(from.reference, 'reference'),
    amount: money(from.amount, 'amount', 1),
  };
}

/** @throws SandboxRefusal */
export function readCharge(value: unknown): Charge {
  const from = fields(value, 'the charge');
  switch (from.status) {
    case 'captured':
      return {
        status: 'captured',
        reference: id(from.reference, 'reference'),
        amount: money(from.amount, 'amount', 0),
      };
    case 'failed':
      return { status: 'failed', reason: failureIn(from) };
    case 'pending':
      return { status: 'pending' };
    default:
      throw wrong('status', 'captured, failed or pending');
  }
}

function failureIn({ reason }: Fields): ChargeFailure {
  if (reason === 'declined' || reason === 'token-unknown' || reason === 'abandoned') return reason;
  throw wrong('reason', 'declined, token-unknown or abandoned');
}

/** @throws SandboxRefusal */
export function readRefund(value: unknown): RefundState {
  const { refundId, status, reason } = fields(value, 'the refund');
  const refundReference = id(refundId, 'refundId');
  switch (status) {
    case 'succeeded':
    case 'pending':
      return { status, refundReference };
    case 'failed':
      return {
        status,
        refundReference,
        reason: typeof reason === 'string' ? reason : 'no reason given',
      };
    default:
      throw wrong('status', 'succeeded, pending or failed');
  }
}

/** @throws SandboxRefusal */
export function readSubject(value: unknown): ChargeSubject {
  return subject(fields(value, 'the capture').about);
}

/** @throws SandboxRefusal */
export function readEntriesPage(value: unknown): EntriesPage {
  const { entries, next } = fields(value, 'the page');
  if (!Array.isArray(entries)) throw wrong('entries', 'a list');
  return { entries: entries.map(readEntry), next: next === null ? null : count(next, 'next', 0) };
}

function readEntry(value: unknown): ProviderEntry {
  const { kind, reference, amount } = fields(value, 'an entry');
  if (kind !== 'capture' && kind !== 'refund') throw wrong('kind', 'capture or refund');
  return { kind, reference: id(reference, 'reference'), amount: money(amount, 'amount', 0) };
}

/** @throws SandboxRefusal */
export function readNoticeBody(body: Buffer): PaymentNotice {
  const { id: notice, type, data } = fields(json(body), 'the body');
  const noticeId = id(notice, 'id');
  if (typeof type !== 'string') throw wrong('type', 'text');
  const of = { noticeId, type };
  const isRefund = Object.hasOwn(REFUND_STATUS, type);
  const charge = isRefund ? undefined : chargeIn(type, data);
  if (!isRefund && !charge) return { ...of, kind: 'other' };
  const from = fields(data, 'data');
  const about = subjectIn(from);
  if (!about) return { ...of, kind: 'stray', stray: strayOf(from) };
  if (charge) return { ...of, kind: 'charge', about, charge };
  return { ...of, kind: 'refund', refund: refundIn(REFUND_STATUS[type]!, about, from) };
}

/** Undefined when a part is missing. */
function subjectIn({ about }: Fields): ChargeSubject | undefined {
  try {
    return subject(about);
  } catch {
    return undefined;
  }
}

function strayOf({ about, reference, amount }: Fields): StrayNotice {
  const { eventId, reservationId, attempt } = (about ?? {}) as Fields;
  const text = (value: unknown) => (typeof value === 'string' && ID.test(value) ? value : null);
  const isNamed = [eventId, reservationId, attempt].some((part) => part !== undefined);
  return {
    problem: isNamed ? 'incomplete' : 'names-no-payment',
    reference: text(reference),
    eventId: text(eventId),
    reservationId: text(reservationId),
    amount: amount === undefined ? null : money(amount, 'amount', 0),
  };
}

function chargeIn(type: string, data: unknown): Charge | undefined {
  switch (type) {
    case 'charge.captured':
      return readCharge({ ...fields(data, 'data'), status: 'captured' });
    case 'charge.failed':
      return readCharge({ ...fields(data, 'data'), status: 'failed' });
    case 'charge.processing':
      return { status: 'pending' };
    default:
      return undefined;
  }
}

const REFUND_STATUS: Readonly<Record<string, RefundState['status']>> = {
  'refund.pending': 'pending',
  'refund.completed': 'succeeded',
  'refund.failed': 'failed',
};

function refundIn(
  status: RefundState['status'],
  { eventId, reservationId }: ChargeSubject,
  from: Fields,
): RefundReport {
  return {
    about: { eventId, reservationId },
    idempotencyKey: id(from.idempotencyKey, 'idempotencyKey'),
    reference: id(from.reference, 'reference'),
    amount: money(from.amount, 'amount', 1),
    state: readRefund({ ...from, status }),
  };
}

/** @throws SandboxRefusal */
export function json(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw wrong('the body', 'JSON');
  }
}

type Fields = Readonly<Record<string, unknown>>;

function fields(value: unknown, name: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrong(name, 'an object');
  return value as Fields;
}

function id(value: unknown, name: string): string {
  if (typeof value !== 'string' || !ID.test(value))
    throw wrong(name, `1 to ${MAX_ID_LENGTH} printable ASCII characters without spaces`);
  return value;
}

function count(value: unknown, name: string, min: number): number {
  if (!Number.isSafeInteger(value) || (value as number) < min)
    throw wrong(name, `a whole number from ${min}`);
  return value as number;
}

function money(value: unknown, name: string, min: number): Money {
  const { amountMinor, currency } = fields(value, name);
  if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency))
    throw wrong(`${name}.currency`, 'an ISO 4217 code');
  return { amountMinor: count(amountMinor, `${name}.amountMinor`, min), currency };
}

function subject(value: unknown): ChargeSubject {
  const { eventId, reservationId, attempt } = fields(value, 'about');
  return {
    eventId: id(eventId, 'about.eventId'),
    reservationId: id(reservationId, 'about.reservationId'),
    attempt: count(attempt, 'about.attempt', 1),
  };
}

function time(value: unknown, name: string): string {
  if (typeof value !== 'string' || value.length > 40 || Number.isNaN(Date.parse(value)))
    throw wrong(name, 'a time in ISO 8601');
  return value;
}

const wrong = (name: string, expected: string) =>
  new SandboxRefusal('body-invalid', `${name} must be ${expected}.`);
