import { accept, reject, type Decider, type Decision } from '../shared/decider.js';
import {
  MAX_ATTEMPTS,
  type KeepPayment,
  type OweDifference,
  type OweRefund,
  type PaymentCommand,
  type PaymentRejection,
  type RecordCapture,
  type RecordFailure,
  type RecordRefund,
  type RequestPayment,
} from './commands.js';
import {
  chargeKeyOf,
  exchangeRefundIdOf,
  type PaymentEvent,
  type PaymentPurpose,
} from './events.js';
import { evolvePayment, pendingAttempt, type Payment, type StartedPayment } from './state.js';

export type PaymentDecision = Decision<PaymentEvent, PaymentRejection>;

export const paymentDecider: Decider<Payment, PaymentCommand, PaymentEvent, PaymentRejection> = {
  initial: () => undefined,
  evolve: evolvePayment,
  decide: decidePayment,
};

/**
 * Commands may be repeated, late or out of order: a fact that is already recorded leads to no
 * domain event.
 */
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

const iso = (instant: number): string => new Date(instant).toISOString();
const of = ({ reservationId, eventId }: StartedPayment) => ({ reservationId, eventId });

/**
 * One attempt at a time: while the outcome of the last one is unknown, another could charge the
 * buyer twice.
 */
function requestPayment(command: RequestPayment, payment: Payment): PaymentDecision {
  const { salesEndAt, now } = command;
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
      reservationId,
      eventId,
      customerId,
      attempt,
      provider,
      idempotencyKey: chargeKeyOf(reservationId, attempt),
      token,
      amount,
      purpose,
      holdExpiresAt,
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

/**
 * Accepts a capture even if its attempt had failed or was abandoned: the provider has the money.
 */
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

/** Ignores a failure that arrives after the capture: the message is outdated. */
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

/**
 * Uses up the newest payment first. Owes the whole difference or nothing, so that a repeated
 * command finds it done.
 */
function oweDifference(
  { exchange, amountMinor, now }: OweDifference,
  payment: StartedPayment,
): PaymentDecision {
  const refundIdOf = (reference: string) =>
    exchangeRefundIdOf(payment.reservationId, reference, exchange);
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
        ...of(payment),
        refundId: refundIdOf(reference),
        reference,
        amount: { amountMinor: part, currency: amount.currency },
        reason: 'exchange',
        dueAt: iso(now),
      },
    });
  }
  return left > 0 ? reject({ code: 'refund-exceeds-payment' }) : accept(...due);
}

/**
 * A failure ends its attempt for good, and a report about an earlier attempt is outdated. A success
 * may still fail later. A provider sends its notices in any order, so a pending state never reverts
 * a success.
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
      ...data,
      refundReference,
      refundedAt: at,
      ...(number > 1 && { try: number }),
      ...(before === 'pending' && { before }),
    },
  });
}
