import type { Money } from '../../domain/shared/money.js';
import { exchangeRefundIdOf, refundIdOf } from '../../domain/payment/events.js';
import { openRefunds, pendingAttempt, type Payment } from '../../domain/payment/state.js';
import type { Reservation } from '../../domain/seat-inventory/state/reservation.js';
import type { Clock } from '../../ports/system/clock.js';
import { PATIENCE_MS } from './charging.js';
import type { CommandContext } from '../shared/context.js';
import type { Payments } from './payments.js';
import type { Settlement } from './settlement.js';

/**
 * Progress of a refund. `due`: the buyer does not have all of the money yet; the provider may have
 * accepted the refund.
 */
export interface RefundProgress extends Money {
  readonly status: 'done' | 'due';
}

export interface RefundParts {
  readonly payments: Payments;
  readonly settlement: Settlement;
  readonly clock: Clock;
}

/**
 * Refunds what a sale owes and waits at most `PATIENCE_MS` for the provider. Returns the payment at
 * that time.
 */
export async function payBackInTime(
  { payments, settlement, clock }: RefundParts,
  reservationId: string,
  context: CommandContext,
): Promise<Payment> {
  const waited = new AbortController();
  const late = clock.sleep(PATIENCE_MS, waited.signal);
  // The obligation is in the log, so the settlement process retries after an error.
  const paidBack = settlement.advance(reservationId, 0, context).catch(() => {});
  await Promise.race([paidBack, late]);
  waited.abort('over');
  return payments.load(reservationId);
}

/**
 * Returns the refund of a sale that was undone: everything paid for it that was not refunded
 * before.
 */
export function refundOfSale(
  { id, total, paymentReference }: Reservation,
  payment: Payment,
): RefundProgress {
  const { currency } = total;
  if (!payment) return { status: 'done', amountMinor: 0, currency };
  const isRecorded = payment.captures.some(({ reference }) => reference === paymentReference);
  if (!isRecorded && pendingAttempt(payment)) return { status: 'due', ...total };
  const undone = new Set(
    payment.captures.map(({ reference }) => refundIdOf(id, reference, 'undone')),
  );
  const owed = payment.refunds.filter(({ refundId }) => undone.has(refundId));
  const notYetOwed = sum(
    payment.captures.map(({ amount, dueBack }) => amount.amountMinor - dueBack),
  );
  const isDone = notYetOwed === 0 && openRefunds(payment).length === 0;
  const amountMinor = notYetOwed + sum(owed.map(({ amount }) => amount.amountMinor));
  return { status: isDone ? 'done' : 'due', amountMinor, currency };
}

/**
 * Returns the refund of the last exchange of a sale; undefined if the new seats did not cost less.
 */
export function refundOfExchange(
  { id, total, exchanges = [] }: Reservation,
  payment: Payment,
): RefundProgress | undefined {
  const { dueBackMinor: amountMinor = 0 } = exchanges.at(-1) ?? {};
  if (amountMinor === 0) return undefined;
  const { captures = [], refunds = [] } = payment ?? {};
  const ids = new Set(
    captures.map(({ reference }) => exchangeRefundIdOf(id, reference, exchanges.length)),
  );
  const done = refunds.filter(
    ({ refundId, status }) => ids.has(refundId) && status === 'completed',
  );
  const isDone = sum(done.map(({ amount }) => amount.amountMinor)) === amountMinor;
  return { status: isDone ? 'done' : 'due', amountMinor, currency: total.currency };
}

const sum = (amounts: readonly number[]): number =>
  amounts.reduce((total, amount) => total + amount, 0);
