import { createHash } from 'node:crypto';
import type { Clock } from '../../ports/system/clock.js';
import {
  deliverTo,
  openDeliveries,
  type Deliveries,
  type DeliverNotice,
} from './sandbox-deliveries.js';
import type { ChargeRecord, Ledger, LedgerRecord } from './sandbox-ledger.js';
import { REFUND_FAILURE, refundNotices } from './sandbox-refunds.js';
import { courseOf } from './sandbox-tokens.js';
import type { NoticeBody, NoticeType } from './sandbox-wire.js';

export interface NoticeSenderParts {
  readonly clock: Clock;
  /** Secret that signs the webhooks. */
  readonly secret: string;
  readonly ledger: Ledger;
  /** Called when one more notice about the record with this number was delivered or given up. */
  readonly onSent: (record: number) => void;
  readonly warn: (message: string) => void;
}

/** Sends the notices about records to one receiver at a time. */
export interface NoticeSender {
  /**
   * Sends the notices that are left about the record with this number. Resolves after the first
   * attempt; undefined when nothing is sent.
   */
  send(record: number): Promise<void> | undefined;
  /** Sends all notices to this receiver from now on, including those not delivered before. */
  sendTo(receiver: string | DeliverNotice): void;
  /** Number of records whose notices are not all delivered. */
  pending(): number;
  close(): Promise<void>;
}

export function openNoticeSender(parts: NoticeSenderParts): NoticeSender {
  const { clock, secret, ledger, onSent, warn } = parts;
  let deliveries: Deliveries | undefined;
  const ends: (() => Promise<void>)[] = [];
  const send = (record: number): Promise<void> | undefined => {
    const { dueAt, notices } = noticesLeft(ledger, record);
    if (notices.length === 0) return undefined;
    return deliveries?.send({ dueAt, notices, onNoticeDone: () => onSent(record) });
  };
  return {
    send,
    sendTo(receiver) {
      const { deliver, close } =
        typeof receiver === 'string'
          ? deliverTo(receiver)
          : { deliver: receiver, close: async () => {} };
      ends.push(...(deliveries ? [deliveries.close] : []), close);
      deliveries = openDeliveries({ clock, secret, deliver, warn });
      for (let record = 0; record < ledger.records.length; record++) void send(record);
    },
    pending: () => deliveries?.pending() ?? 0,
    async close() {
      await deliveries?.close();
      await Promise.all(ends.map((end) => end()));
    },
  };
}

function noticesLeft(ledger: Ledger, number: number): { dueAt: number; notices: NoticeBody[] } {
  const record = ledger.records[number]!;
  const [charge, types, dueAt] =
    record.kind === 'charge'
      ? [record, courseOf(record.request.token)?.notices ?? [], record.settlesAt]
      : [ledger.captureOf(record.request.reference)!.record, ...refundNotices(record)];
  const left = types.slice(ledger.sentNotices(number));
  return { dueAt, notices: left.map((type) => noticeOf(type, charge, record)) };
}

/** The id is derived from the type and the key, so a repeated notice has the same id. */
function noticeOf(type: NoticeType, charge: ChargeRecord, record: LedgerRecord): NoticeBody {
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

/** Ids are derived from keys, so a sandbox that has lost its records finds the same ids again. */
export const idFrom = (prefix: string, key: string): string =>
  `${prefix}_${createHash('sha256').update(key).digest('base64url').slice(0, 24)}`;
