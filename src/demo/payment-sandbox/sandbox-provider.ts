import { createHash } from 'node:crypto';
import type { Clock } from '../../ports/system/clock.js';
import type {
  Charge,
  ChargeSubject,
  ProviderEntry,
  RefundState,
} from '../../ports/payment/payment-gateway.js';
import {
  deliverTo,
  openDeliveries,
  type Deliveries,
  type DeliverNotice,
  type Telling,
} from './sandbox-deliveries.js';
import { obstacleTo } from '../../adapters/payment/chargeable.js';
import { openJournal, type Journal } from './sandbox-journal.js';
import {
  refundCourse,
  refundNotices,
  refundOf,
  REFUND_FAILURE,
  type RefundRecord,
} from './sandbox-refunds.js';
import { takeOwnerLock } from '../../adapters/postgres/owner-lock.js';
import { courseOf, DEFAULT_WAITS, type SandboxWaits } from './sandbox-tokens.js';
import {
  SandboxRefusal,
  type EntriesPage,
  type NoticeBody,
  type NoticeType,
  type SandboxCharge,
  type SandboxRefund,
} from './sandbox-wire.js';

export interface SandboxProviderOptions {
  readonly clock: Clock;
  /** Secret that signs the webhooks. */
  readonly webhookSecret: string;
  /** Receiver of webhooks from the start; otherwise see `sendNoticesTo`. */
  readonly webhookUrl?: string;
  /**
   * File that stores the records across restarts, for one process at a time. Unset: they are lost
   * with the process.
   */
  readonly journal?: string;
  readonly waits?: Partial<SandboxWaits>;
  /**
   * Maximum of charges and refunds together, in memory and in the journal. By default 1,000,000.
   */
  readonly maxRecords?: number;
  readonly log?: (message: string) => void;
}

/** The answer to a charge. */
export interface Answer {
  readonly charge: Charge;
  /** `never`: the money moves and the call is not answered. A promise: the answer waits for it. */
  readonly when: 'at-once' | 'never' | Promise<void>;
}

/**
 * A payment provider without real money: the token decides the outcome. Every decision is written
 * to the journal first.
 */
export interface SandboxProvider {
  /** Charges a key once. @throws SandboxRefusal, Error when the journal cannot be written */
  charge(request: SandboxCharge): Answer;
  find(idempotencyKey: string): Charge | undefined;
  /**
   * Withdraws the charge with this key: if it was never sent, it can never be charged later, and the result is undefined.
   * @throws Error when the journal cannot be written
   */
  withdraw(idempotencyKey: string): Charge | undefined;
  /** Refunds once per key. @throws SandboxRefusal, Error when the journal cannot be written */
  refund(request: SandboxRefund): RefundState;
  subjectOf(reference: string): ChargeSubject | undefined;
  /**
   * @param after 0 for the first page
   * @param limit maximum of records read
   */
  entries(after: number, limit: number): EntriesPage;
  /**
   * Sends webhooks to this receiver from now on, including those that were not delivered before.
   */
  sendNoticesTo(receiver: string | DeliverNotice): void;
  /** Charges and refunds whose webhooks are not all delivered. */
  pendingNotices(): number;
  close(): Promise<void>;
}

interface ChargeRecord {
  readonly kind: 'charge';
  readonly request: SandboxCharge;
  readonly reference: string;
  /** Milliseconds since the epoch. */
  readonly acceptedAt: number;
  readonly settlesAt: number;
}
interface WithdrawnRecord {
  readonly kind: 'withdrawn';
  readonly idempotencyKey: string;
}
/** One more notice about the record with this number was delivered or given up. */
interface ToldRecord {
  readonly kind: 'told';
  readonly record: number;
}
type BooksRecord = ChargeRecord | RefundRecord;
type Line = BooksRecord | ToldRecord | WithdrawnRecord;

const MAX_RECORDS = 1_000_000;

/** @throws Error when the journal cannot be read, or another process writes it */
export async function openSandboxProvider(
  options: SandboxProviderOptions,
): Promise<SandboxProvider> {
  const unlock =
    options.journal &&
    (await takeOwnerLock(`${options.journal}.lock`, ...lockWords(options.journal)));
  try {
    return openProvider(options, async () => {
      if (unlock) await unlock();
    });
  } catch (error) {
    if (unlock) await unlock();
    throw error;
  }
}

/** Two processes with one journal would both charge the same key. */
const lockWords = (journal: string) =>
  [
    `The journal ${journal} of the payments sandbox`,
    'give both one sandbox: a process of its own (docs/operate/payments-sandbox.md)',
  ] as const;

function openProvider(
  options: SandboxProviderOptions,
  unlock: () => Promise<void>,
): SandboxProvider {
  const { clock, maxRecords = MAX_RECORDS, log = () => {} } = options;
  const waits = { ...DEFAULT_WAITS, ...options.waits };
  const books = openBooks();
  const journal: Journal | undefined = options.journal
    ? openJournal(options.journal, (line) => books.add(line as Line))
    : undefined;
  const write = (line: Line): number => {
    const isRecord = line.kind === 'charge' || line.kind === 'refund';
    if (isRecord && books.records.length >= maxRecords)
      throw new SandboxRefusal(
        'books-full',
        `The sandbox stores at most ${maxRecords} charges and refunds.`,
      );
    journal?.append(line);
    return books.add(line);
  };

  let deliveries: Deliveries | undefined;
  const ends: (() => Promise<void>)[] = [];
  const tell = (number: number): Promise<void> | undefined => {
    const telling = tellingOf(books, number, () => write({ kind: 'told', record: number }));
    return telling && deliveries?.tell(telling);
  };
  const sendNoticesTo = (receiver: string | DeliverNotice): void => {
    const { deliver, close } =
      typeof receiver === 'string'
        ? deliverTo(receiver)
        : { deliver: receiver, close: async () => {} };
    ends.push(...(deliveries ? [deliveries.close] : []), close);
    deliveries = openDeliveries({ clock, secret: options.webhookSecret, deliver, log });
    for (let number = 0; number < books.records.length; number++) void tell(number);
  };
  if (options.webhookUrl) sendNoticesTo(options.webhookUrl);

  return {
    charge(request) {
      const course = courseOf(request.token);
      const before = books.charge(request.idempotencyKey);
      if (before) {
        refuseAnother(sameCharge(before.request, request));
        const when = course?.answer === 'never' ? 'never' : 'at-once';
        return { charge: chargeOf(before, clock.now()), when };
      }
      if (books.isWithdrawn(request.idempotencyKey))
        return { charge: { status: 'failed', reason: 'abandoned' }, when: 'at-once' };
      // An invalid token or an amount that cannot be charged creates no charge, so nothing is stored.
      if (obstacleTo(request.amount))
        return { charge: { status: 'failed', reason: 'declined' }, when: 'at-once' };
      if (!course)
        return { charge: { status: 'failed', reason: 'token-unknown' }, when: 'at-once' };
      const acceptedAt = clock.now();
      const settlesAt = course.settlesAt(acceptedAt, Date.parse(request.holdExpiresAt), waits);
      const reference = idFrom('py', request.idempotencyKey);
      const record: ChargeRecord = { kind: 'charge', request, reference, acceptedAt, settlesAt };
      const tried = tell(write(record));
      const charge = chargeOf(record, acceptedAt);
      if (course.answer !== 'after-notice') return { charge, when: course.answer };
      return { charge, when: tried ? untilOr(tried, clock, waits.earlyMs) : 'at-once' };
    },
    find(idempotencyKey) {
      const record = books.charge(idempotencyKey);
      return record && chargeOf(record, clock.now());
    },
    withdraw(idempotencyKey) {
      const record = books.charge(idempotencyKey);
      if (record) return chargeOf(record, clock.now());
      if (!books.isWithdrawn(idempotencyKey)) write({ kind: 'withdrawn', idempotencyKey });
      return undefined;
    },
    refund(request) {
      const before = books.refund(request.idempotencyKey);
      if (before) {
        refuseAnother(sameRefund(before.request, request));
        return refundOf(before, clock.now());
      }
      const acceptedAt = clock.now();
      const capture = refuseTooMuch(books, request, acceptedAt);
      const refundId = idFrom('re', request.idempotencyKey);
      const { token } = capture.record.request;
      const course = refundCourse(token, capture.refunds.length, acceptedAt, waits);
      const record: RefundRecord = { kind: 'refund', request, refundId, acceptedAt, course };
      void tell(write(record));
      return refundOf(record, acceptedAt);
    },
    subjectOf: (reference) => books.captureOf(reference)?.record.request.about,
    entries(after, limit) {
      const end = Math.min(after + limit, books.records.length);
      const entries = books.records
        .slice(after, end)
        .flatMap((record) => entryOf(record, clock.now()));
      return { entries, next: end < books.records.length ? end : null };
    },
    sendNoticesTo,
    pendingNotices: () => deliveries?.pending() ?? 0,
    async close() {
      await deliveries?.close();
      await Promise.all(ends.map((end) => end()));
      journal?.close();
      await unlock();
    },
  };
}

interface Books {
  readonly records: readonly BooksRecord[];
  /** Returns the number of the record that the line adds or is about. */
  add(line: Line): number;
  charge(key: string): ChargeRecord | undefined;
  refund(key: string): RefundRecord | undefined;
  captureOf(reference: string): CaptureRecord | undefined;
  isWithdrawn(key: string): boolean;
  /** Number of notices about this record that were delivered or given up. */
  told(number: number): number;
}

interface CaptureRecord {
  readonly record: ChargeRecord;
  readonly refunds: RefundRecord[];
}

function openBooks(): Books {
  const records: BooksRecord[] = [];
  const told: number[] = [];
  const charges = new Map<string, ChargeRecord>();
  const refunds = new Map<string, RefundRecord>();
  const captures = new Map<string, CaptureRecord>();
  const withdrawn = new Set<string>();
  return {
    records,
    add(line) {
      switch (line.kind) {
        case 'told':
          if (told[line.record] === undefined)
            throw new Error(`record ${line.record} does not exist`);
          told[line.record]!++;
          return line.record;
        case 'withdrawn':
          withdrawn.add(line.idempotencyKey);
          return -1;
        case 'charge':
          charges.set(line.request.idempotencyKey, line);
          captures.set(line.reference, { record: line, refunds: [] });
          break;
        case 'refund':
          captures.get(line.request.reference)!.refunds.push(line);
          refunds.set(line.request.idempotencyKey, line);
          break;
        default:
          throw new Error('unknown kind of line');
      }
      told.push(0);
      return records.push(line) - 1;
    },
    charge: (key) => charges.get(key),
    refund: (key) => refunds.get(key),
    captureOf: (reference) => captures.get(reference),
    isWithdrawn: (key) => withdrawn.has(key),
    told: (number) => told[number]!,
  };
}

/** Undefined when no notice is left to send. */
function tellingOf(books: Books, number: number, onTold: () => void): Telling | undefined {
  const record = books.records[number]!;
  const [charge, types, dueAt] =
    record.kind === 'charge'
      ? [record, courseOf(record.request.token)?.notices ?? [], record.settlesAt]
      : [books.captureOf(record.request.reference)!.record, ...refundNotices(record)];
  const left = types.slice(books.told(number));
  if (left.length === 0) return undefined;
  return { dueAt, onTold, notices: left.map((type) => noticeOf(type, charge, record)) };
}

/** The id is derived from the type and the key, so a repeated notice has the same id. */
function noticeOf(type: NoticeType, charge: ChargeRecord, record: BooksRecord): NoticeBody {
  const { amount, idempotencyKey } = record.request;
  const at =
    type === 'charge.captured' || type === 'charge.failed' ? charge.settlesAt : record.acceptedAt;
  return {
    id: idFrom('evt', `${type}:${idempotencyKey}`),
    type,
    createdAt: new Date(at).toISOString(),
    data: {
      idempotencyKey,
      reference: charge.reference,
      amount,
      about: charge.request.about,
      ...(type === 'charge.failed' && { reason: 'declined' }),
      ...(type === 'refund.failed' && { reason: REFUND_FAILURE }),
      ...(record.kind === 'refund' && { refundId: record.refundId }),
    },
  };
}

function chargeOf({ request, reference, settlesAt }: ChargeRecord, now: number): Charge {
  if (now < settlesAt) return { status: 'pending' };
  if (courseOf(request.token)?.outcome !== 'captured')
    return { status: 'failed', reason: 'declined' };
  return { status: 'captured', reference, amount: request.amount };
}

function entryOf(record: BooksRecord, now: number): ProviderEntry[] {
  const { amount } = record.request;
  if (record.kind === 'refund') {
    const { reference } = record.request;
    return refundOf(record, now).status === 'succeeded'
      ? [{ kind: 'refund', reference, amount }]
      : [];
  }
  if (chargeOf(record, now).status !== 'captured') return [];
  return [{ kind: 'capture', reference: record.reference, amount }];
}

/** Returns the capture if enough of it is left for the refund. @throws SandboxRefusal */
function refuseTooMuch(
  books: Books,
  { reference, amount }: SandboxRefund,
  now: number,
): CaptureRecord {
  const capture = books.captureOf(reference);
  if (!capture || chargeOf(capture.record, now).status !== 'captured')
    throw new SandboxRefusal('capture-not-found', `Capture ${reference} does not exist.`);
  const captured = capture.record.request.amount;
  if (amount.currency !== captured.currency)
    throw new SandboxRefusal('refund-currency-differs', `The capture is in ${captured.currency}.`);
  const refunded = capture.refunds
    .filter((refund) => refundOf(refund, now).status !== 'failed')
    .reduce((sum, { request }) => sum + request.amount.amountMinor, 0);
  const left = captured.amountMinor - refunded;
  if (amount.amountMinor < 1 || amount.amountMinor > left)
    throw new SandboxRefusal(
      'refund-exceeds-capture',
      `A refund of this capture must be 1 to ${left}, not ${amount.amountMinor}.`,
    );
  return capture;
}

/**
 * The end of the hold is not compared: it may have changed since the first request with the key.
 */
const sameCharge = (one: SandboxCharge, other: SandboxCharge): boolean =>
  one.token === other.token &&
  sameAmount(one, other) &&
  one.about.reservationId === other.about.reservationId;

const sameRefund = (one: SandboxRefund, other: SandboxRefund): boolean =>
  one.reference === other.reference && sameAmount(one, other);

const sameAmount = (
  one: SandboxCharge | SandboxRefund,
  other: SandboxCharge | SandboxRefund,
): boolean =>
  one.amount.amountMinor === other.amount.amountMinor &&
  one.amount.currency === other.amount.currency;

function refuseAnother(same: boolean): void {
  if (!same)
    throw new SandboxRefusal(
      'idempotency-key-reused',
      'This key was used with a different request.',
    );
}

/** Ids are derived from keys, so a sandbox that has lost its records finds the same ids again. */
const idFrom = (prefix: string, key: string): string =>
  `${prefix}_${createHash('sha256').update(key).digest('base64url').slice(0, 24)}`;

async function untilOr(first: Promise<void>, clock: Clock, ms: number): Promise<void> {
  const done = new AbortController();
  await Promise.race([first, clock.sleep(ms, done.signal)]);
  done.abort();
}
