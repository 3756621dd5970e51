import type { Charge, ProviderEntry } from '../../ports/payment/payment-gateway.js';
import { refundOf, type RefundRecord } from './sandbox-refunds.js';
import { courseOf } from './sandbox-tokens.js';
import type { SandboxCharge } from './sandbox-wire.js';

export interface ChargeRecord {
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
interface SentNoticeRecord {
  readonly kind: 'told';
  readonly record: number;
}
export type LedgerRecord = ChargeRecord | RefundRecord;
export type JournalLine = LedgerRecord | SentNoticeRecord | WithdrawnRecord;

/** The records of the sandbox, in memory. */
export interface Ledger {
  readonly records: readonly LedgerRecord[];
  /** Returns the number of the record that the line adds or is about. */
  add(line: JournalLine): number;
  charge(key: string): ChargeRecord | undefined;
  refund(key: string): RefundRecord | undefined;
  captureOf(reference: string): CaptureRecord | undefined;
  isWithdrawn(key: string): boolean;
  /** Returns the number of notices about this record that were delivered or given up. */
  sentNotices(number: number): number;
}

export interface CaptureRecord {
  readonly record: ChargeRecord;
  readonly refunds: RefundRecord[];
}

export function openLedger(): Ledger {
  const records: LedgerRecord[] = [];
  const sentNotices: number[] = [];
  const charges = new Map<string, ChargeRecord>();
  const refunds = new Map<string, RefundRecord>();
  const captures = new Map<string, CaptureRecord>();
  const withdrawn = new Set<string>();
  return {
    records,
    add(line) {
      switch (line.kind) {
        case 'told':
          if (sentNotices[line.record] === undefined)
            throw new Error(`record ${line.record} does not exist`);
          sentNotices[line.record]!++;
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
      sentNotices.push(0);
      return records.push(line) - 1;
    },
    charge: (key) => charges.get(key),
    refund: (key) => refunds.get(key),
    captureOf: (reference) => captures.get(reference),
    isWithdrawn: (key) => withdrawn.has(key),
    sentNotices: (number) => sentNotices[number]!,
  };
}

/** Returns the state of a charge at a time, in milliseconds since the epoch. */
export function chargeOf({ request, reference, settlesAt }: ChargeRecord, now: number): Charge {
  if (now < settlesAt) return { status: 'pending' };
  if (courseOf(request.token)?.outcome !== 'captured')
    return { status: 'failed', reason: 'declined' };
  return { status: 'captured', reference, amount: request.amount };
}

/** Returns the money that a record has moved by then, as at most one entry. */
export function entryOf(record: LedgerRecord, now: number): ProviderEntry[] {
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
