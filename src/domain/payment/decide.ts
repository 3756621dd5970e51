import { accept, reject, type Decision } from '../shared/decider.js';
import type { Money } from '../shared/money.js';
import type {
  HeardBy,
  PaymentEvent,
  PaymentFailure,
  PaymentPurpose,
  PaymentRequestedData,
  RefundReason,
} from './events.js';
import { pendingAttempt, type Payment, type StartedPayment } from './state.js';

/** Tries to pay for one reservation; a thief with a list of cards gets no more. */
export const MAX_ATTEMPTS = 20;

/** Milliseconds since the epoch. */
type Instant = number;

/** Before the provider is called. */
export interface RequestPayment extends Omit<
  PaymentRequestedData,
  'attempt' | 'requestedAt' | 'idempotencyKey'
> {
  readonly type: 'RequestPayment';
  /** Key of an attempt, by its number. */
  readonly keyOf: (attempt: number) => string;
  /** No attempt begins from then on; ISO 8601. Missing: there is no such limit. */
  readonly salesEndAt?: string | undefined;
  readonly now: Instant;
}
export interface RecordCapture {
  readonly type: 'RecordCapture';
  readonly attempt: number;
  readonly reference: string;
  readonly amount: Money;
  readonly heardBy: HeardBy;
  readonly noticeId: string | null;
  readonly now: Instant;
}
export interface RecordFailure {
  readonly type: 'RecordFailure';
  readonly attempt: number;
  readonly reason: PaymentFailure;
  readonly now: Instant;
}
/** The inventory has sold the seats for this capture. */
export interface KeepPayment {
  readonly type: 'KeepPayment';
  readonly reference: string;
  readonly now: Instant;
}
export interface OweRefund {
  readonly type: 'OweRefund';
  readonly refundId: string;
  readonly reference: string;
  /** Minor units; all that is left of the capture unless told. */
  readonly amountMinor?: number;
  readonly reason: RefundReason;
  readonly now: Instant;
}
/** The new seats of an exchange cost less: the difference, out of whatever was paid for the sale. */
export interface OweDifference {
  readonly type: 'OweDifference';
  /** Id of what is paid back of one capture, by the capture's reference: the same for the same exchange, always. */
  readonly refundIdOf: (reference: string) => string;
  /** Minor units. */
  readonly amountMinor: number;
  readonly now: Instant;
}
/** The provider's report about one refund attempt. */
export interface RecordRefund {
  readonly type: 'RecordRefund';
  readonly refundId: string;
  /** From 1. */
  readonly try: number;
  readonly outcome:
    | { readonly status: 'succeeded' | 'pending'; readonly refundReference: string }
    | { readonly status: 'failed'; readonly refundReference: string; readonly reason: string };
  readonly now: Instant;
}

export type PaymentCommand =
  | RequestPayment
  | RecordCapture
  | RecordFailure
  | KeepPayment
  | OweRefund
  | OweDifference
  | RecordRefund;

/** In order of precedence. */
export type PaymentRejection =
  | { readonly code: 'payment-unknown' }
  | { readonly code: 'payment-amount-mismatch'; readonly expected: Money; readonly told: Money }
  | { readonly code: 'payment-under-way' }
  | { readonly code: 'event-over'; readonly salesEndAt: string }
  | { readonly code: 'payment-attempts-exhausted'; readonly limit: number }
  /** Seats cannot be sold any more for what has to go back. */
  | { readonly code: 'payment-owed-back' }
  | { readonly code: 'refund-exceeds-payment' };

export type PaymentDecision = Decision<PaymentEvent, PaymentRejection>;

/** Safe twice, late and in any order: what is known already leads to nothing. */
export function decidePayment(command: PaymentCommand, payment: Payment): PaymentDecision {
  if (command.type === 'RequestPayment') return requestPayment(command, payment);
  if (!payment) return reject({ code: 'payment-unknown' });
  switch (command.type) {
    case 'RecordCapture':
      return recordCapture(command, payment);
    case 'RecordFailure':
      return recordFailure(command, payment);
    case 'KeepPayment':
      return keepPayment(command, payment);
    case 'OweRefund':
      return oweRefund(command, payment);
    case 'OweDifference':
      return oweDifference(command, payment);
    case 'RecordRefund':
      return recordRefund(command, payment);
  }
}

const iso = (instant: Instant): string => new Date(instant).toISOString();
const of = ({ reservationId, eventId }: StartedPayment) => ({ reservationId, eventId });

/** One try at a time: until it is known what became of the last, another could charge the buyer twice. */
function requestPayment(command: RequestPayment, payment: Payment): PaymentDecision {
  const { keyOf, salesEndAt, now } = command;
  const { reservationId, eventId, customerId, provider, token, amount, purpose, holdExpiresAt } =
    command;
  const pending = pendingAttempt(payment);
  if (pending) {
    const same = pending.token === token && samePurpose(pending.purpose, purpose);
    return same ? accept() : reject({ code: 'payment-under-way' });
  }
  const tried = payment?.attempts ?? [];
  if (command.purpose.type === 'reservation' && tried.some(({ status }) => status === 'captured'))
    return accept();
  if (salesEndAt !== undefined && now >= Date.parse(salesEndAt))
    return reject({ code: 'event-over', salesEndAt });
  if (tried.length >= MAX_ATTEMPTS)
    return reject({ code: 'payment-attempts-exhausted', limit: MAX_ATTEMPTS });
  const attempt = tried.length + 1;
  return accept({
    type: 'PaymentRequested',
    data: {
      ...{
        reservationId,
        eventId,
        customerId,
        attempt,
        provider,
        idempotencyKey: keyOf(attempt),
        token,
      },
      ...{ amount, purpose, holdExpiresAt },
      requestedAt: iso(now),
    },
  });
}

function samePurpose(one: PaymentPurpose, other: PaymentPurpose): boolean {
  const seatsOf = (purpose: PaymentPurpose) =>
    purpose.type === 'exchange' ? [...purpose.seatIds].sort().join('\n') : undefined;
  const isForced = (purpose: PaymentPurpose) =>
    purpose.type === 'exchange' && (purpose.force ?? false);
  return (
    one.type === other.type && seatsOf(one) === seatsOf(other) && isForced(one) === isForced(other)
  );
}

/** Also of a try that had failed or been given up: what was taken was taken. */
function recordCapture(command: RecordCapture, payment: StartedPayment): PaymentDecision {
  const { attempt, reference, amount, heardBy, noticeId, now } = command;
  const asked = payment.attempts.find(({ number }) => number === attempt);
  if (!asked) return reject({ code: 'payment-unknown' });
  if (
    asked.amount.amountMinor !== amount.amountMinor ||
    asked.amount.currency !== amount.currency
  ) {
    return reject({ code: 'payment-amount-mismatch', expected: asked.amount, told: amount });
  }
  if (payment.captures.some((capture) => capture.reference === reference)) return accept();
  return accept({
    type: 'PaymentCaptured',
    data: { ...of(payment), attempt, reference, amount, heardBy, noticeId, capturedAt: iso(now) },
  });
}

/** A failure that comes after the capture is an old message: the money is there. */
function recordFailure(
  { attempt, reason, now }: RecordFailure,
  payment: StartedPayment,
): PaymentDecision {
  const asked = payment.attempts.find(({ number }) => number === attempt);
  if (!asked) return reject({ code: 'payment-unknown' });
  if (asked.status !== 'pending') return accept();
  return accept({
    type: 'PaymentFailed',
    data: { ...of(payment), attempt, reason, failedAt: iso(now) },
  });
}

function keepPayment({ reference, now }: KeepPayment, payment: StartedPayment): PaymentDecision {
  const capture = payment.captures.find((one) => one.reference === reference);
  if (!capture) return reject({ code: 'payment-unknown' });
  if (capture.kept) return accept();
  if (capture.dueBack > 0) return reject({ code: 'payment-owed-back' });
  return accept({
    type: 'PaymentKept',
    data: { ...of(payment), reference, amount: capture.amount, keptAt: iso(now) },
  });
}

function oweRefund(command: OweRefund, payment: StartedPayment): PaymentDecision {
  const { refundId, reference, reason, now } = command;
  const capture = payment.captures.find((one) => one.reference === reference);
  if (!capture) return reject({ code: 'payment-unknown' });
  if (payment.refunds.some((refund) => refund.refundId === refundId)) return accept();
  const left = capture.amount.amountMinor - capture.dueBack;
  const amountMinor = command.amountMinor ?? left;
  if (amountMinor > left) return reject({ code: 'refund-exceeds-payment' });
  if (amountMinor <= 0) return accept();
  const amount = { amountMinor, currency: capture.amount.currency };
  return accept({
    type: 'RefundDue',
    data: { ...of(payment), refundId, reference, amount, reason, dueAt: iso(now) },
  });
}

/** The newest payment first, as far as it goes; all of it or nothing yet, so that a second look finds it done. */
function oweDifference(
  { refundIdOf, amountMinor, now }: OweDifference,
  payment: StartedPayment,
): PaymentDecision {
  const isOwed = payment.captures.some(({ reference }) =>
    payment.refunds.some(({ refundId }) => refundId === refundIdOf(reference)),
  );
  if (isOwed) return accept();
  const due: PaymentEvent[] = [];
  let left = amountMinor;
  for (const { reference, amount, kept, dueBack } of payment.captures.toReversed()) {
    const part = kept ? Math.min(left, amount.amountMinor - dueBack) : 0;
    if (part <= 0) continue;
    left -= part;
    due.push({
      type: 'RefundDue',
      data: {
        ...{ ...of(payment), refundId: refundIdOf(reference), reference },
        amount: { amountMinor: part, currency: amount.currency },
        ...{ reason: 'exchange', dueAt: iso(now) },
      },
    });
  }
  return left > 0 ? reject({ code: 'refund-exceeds-payment' }) : accept(...due);
}

/**
 * A failure ends its attempt for good, and news of an earlier attempt is outdated. A success may still fail later; a
 * provider sends its notices in any order, so a pending state never reverts a success.
 */
function recordRefund(command: RecordRefund, payment: StartedPayment): PaymentDecision {
  const { refundId, outcome, try: number } = command;
  const at = iso(command.now);
  const refund = payment.refunds.find((one) => one.refundId === refundId);
  if (!refund || number > refund.try) return reject({ code: 'payment-unknown' });
  if (number < refund.try) return accept();
  const { reference, amount, status: before } = refund;
  const data = { ...of(payment), refundId, reference, amount };
  const { refundReference } = outcome;
  if (outcome.status === 'failed') {
    const { reason } = outcome;
    return accept({
      type: 'RefundFailed',
      data: { ...data, try: number, refundReference, before, reason, failedAt: at },
    });
  }
  if (before === 'completed') return accept();
  if (outcome.status === 'pending') {
    if (before === 'pending') return accept();
    return accept({
      type: 'RefundPending',
      data: { ...data, try: number, refundReference, pendingAt: at },
    });
  }
  return accept({
    type: 'RefundCompleted',
    data: {
      ...{ ...data, refundReference, refundedAt: at },
      ...(number > 1 && { try: number }),
      ...(before === 'pending' && { before }),
    },
  });
}
