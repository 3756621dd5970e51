import type { Clock } from '../../ports/system/clock.js';
import type {
  Charge,
  ChargeFailure,
  ChargeSubject,
  RefundState,
} from '../../ports/payment/payment-gateway.js';
import { obstacleTo } from '../../adapters/payment/chargeable.js';
import { takeOwnerLock } from '../../adapters/postgres/owner-lock.js';
import { refundableCapture, rejectReusedKey, sameCharge, sameRefund } from './sandbox-checks.js';
import type { DeliverNotice } from './sandbox-deliveries.js';
import { openJournal, type Journal } from './sandbox-journal.js';
import {
  chargeOf,
  entryOf,
  openLedger,
  type ChargeRecord,
  type JournalLine,
} from './sandbox-ledger.js';
import { idFrom, openNoticeSender, type NoticeSender } from './sandbox-notices.js';
import { refundCourse, refundOf, type RefundRecord } from './sandbox-refunds.js';
import { courseOf, DEFAULT_WAITS, type SandboxWaits } from './sandbox-tokens.js';
import {
  SandboxRefusal,
  type EntriesPage,
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
  readonly warn?: (message: string) => void;
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
   * Withdraws the charge with this key: if it was never sent, it can never be charged later, and
   * the result is undefined.
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

const MAX_RECORDS = 1_000_000;

/** @throws Error when the journal cannot be read, or another process writes it */
export async function openSandboxProvider(
  options: SandboxProviderOptions,
): Promise<SandboxProvider> {
  const unlock =
    options.journal &&
    (await takeOwnerLock(`${options.journal}.lock`, ...lockWords(options.journal)));
  try {
    return new JournaledProvider(options, async () => {
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

class JournaledProvider implements SandboxProvider {
  private readonly ledger = openLedger();
  private readonly clock: Clock;
  private readonly waits: SandboxWaits;
  private readonly journal: Journal | undefined;
  private readonly notices: NoticeSender;

  constructor(
    private readonly options: SandboxProviderOptions,
    private readonly unlock: () => Promise<void>,
  ) {
    const { clock, webhookSecret: secret, warn = () => {} } = options;
    const { ledger } = this;
    this.clock = clock;
    this.waits = { ...DEFAULT_WAITS, ...options.waits };
    this.journal = options.journal
      ? openJournal(options.journal, (line) => ledger.add(line as JournalLine))
      : undefined;
    const onSent = (record: number) => void this.write({ kind: 'told', record });
    this.notices = openNoticeSender({ clock, secret, ledger, onSent, warn });
    if (options.webhookUrl) this.sendNoticesTo(options.webhookUrl);
  }

  charge(request: SandboxCharge): Answer {
    const course = courseOf(request.token);
    const before = this.ledger.charge(request.idempotencyKey);
    if (before) {
      rejectReusedKey(sameCharge(before.request, request));
      const when = course?.answer === 'never' ? 'never' : 'at-once';
      return { charge: chargeOf(before, this.clock.now()), when };
    }
    const reason = this.failureOf(request);
    if (reason || !course)
      return { charge: { status: 'failed', reason: reason ?? 'token-unknown' }, when: 'at-once' };
    const acceptedAt = this.clock.now();
    const settlesAt = course.settlesAt(acceptedAt, Date.parse(request.holdExpiresAt), this.waits);
    const reference = idFrom('py', request.idempotencyKey);
    const record: ChargeRecord = { kind: 'charge', request, reference, acceptedAt, settlesAt };
    const tried = this.notices.send(this.write(record));
    const charge = chargeOf(record, acceptedAt);
    if (course.answer !== 'after-notice') return { charge, when: course.answer };
    const { earlyMs } = this.waits;
    return { charge, when: tried ? untilOr(tried, this.clock, earlyMs) : 'at-once' };
  }

  find(idempotencyKey: string): Charge | undefined {
    const record = this.ledger.charge(idempotencyKey);
    return record && chargeOf(record, this.clock.now());
  }

  withdraw(idempotencyKey: string): Charge | undefined {
    const record = this.ledger.charge(idempotencyKey);
    if (record) return chargeOf(record, this.clock.now());
    if (!this.ledger.isWithdrawn(idempotencyKey)) this.write({ kind: 'withdrawn', idempotencyKey });
    return undefined;
  }

  refund(request: SandboxRefund): RefundState {
    const before = this.ledger.refund(request.idempotencyKey);
    if (before) {
      rejectReusedKey(sameRefund(before.request, request));
      return refundOf(before, this.clock.now());
    }
    const acceptedAt = this.clock.now();
    const capture = refundableCapture(this.ledger, request, acceptedAt);
    const refundId = idFrom('re', request.idempotencyKey);
    const { token } = capture.record.request;
    const course = refundCourse(token, capture.refunds.length, acceptedAt, this.waits);
    const record: RefundRecord = { kind: 'refund', request, refundId, acceptedAt, course };
    void this.notices.send(this.write(record));
    return refundOf(record, acceptedAt);
  }

  subjectOf(reference: string): ChargeSubject | undefined {
    return this.ledger.captureOf(reference)?.record.request.about;
  }

  entries(after: number, limit: number): EntriesPage {
    const { records } = this.ledger;
    const end = Math.min(after + limit, records.length);
    const entries = records
      .slice(after, end)
      .flatMap((record) => entryOf(record, this.clock.now()));
    return { entries, next: end < records.length ? end : null };
  }

  sendNoticesTo(receiver: string | DeliverNotice): void {
    this.notices.sendTo(receiver);
  }

  pendingNotices(): number {
    return this.notices.pending();
  }

  async close(): Promise<void> {
    await this.notices.close();
    this.journal?.close();
    await this.unlock();
  }

  /**
   * Returns why no charge is created, whatever the token, in which case nothing is stored: the key
   * was withdrawn, or the amount cannot be charged.
   */
  private failureOf({ idempotencyKey, amount }: SandboxCharge): ChargeFailure | undefined {
    if (this.ledger.isWithdrawn(idempotencyKey)) return 'abandoned';
    return obstacleTo(amount) ? 'declined' : undefined;
  }

  /** Writes the journal first. Returns the number of the record that the line adds or is about. */
  private write(line: JournalLine): number {
    const { maxRecords = MAX_RECORDS } = this.options;
    const isRecord = line.kind === 'charge' || line.kind === 'refund';
    if (isRecord && this.ledger.records.length >= maxRecords)
      throw new SandboxRefusal(
        'books-full',
        `The sandbox stores at most ${maxRecords} charges and refunds.`,
      );
    this.journal?.append(line);
    return this.ledger.add(line);
  }
}

async function untilOr(first: Promise<void>, clock: Clock, ms: number): Promise<void> {
  const done = new AbortController();
  await Promise.race([first, clock.sleep(ms, done.signal)]);
  done.abort();
}
