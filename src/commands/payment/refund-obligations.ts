import type { PaymentCommand } from '../../domain/payment/commands.js';
import { refundIdOf } from '../../domain/payment/events.js';
import type { Capture } from '../../domain/payment/state.js';
import {
  turnedDownReason,
  wasBoughtWith,
  type Reservation,
} from '../../domain/seat-inventory/state/reservation.js';

/**
 * Returns the payment commands that follow from the inventory's decision about one capture. Without
 * a decision nothing follows, and the payment is listed for an operator.
 */
export function commandsAfterDecision(
  reservation: Reservation | undefined,
  reservationId: string,
  reference: string,
  now: number,
): PaymentCommand[] {
  if (!reservation) return [];
  if (wasBoughtWith(reservation, reference)) {
    const keep: PaymentCommand = { type: 'KeepPayment', reference, now };
    return reservation.status === 'refunded'
      ? [keep, refundOfUndoneSale(reservation, reference, now)]
      : [keep];
  }
  const reason = turnedDownReason(reservation, reference);
  if (!reason) return [];
  const refundId = refundIdOf(reservationId, reference, reason);
  return [{ type: 'OweRefund', refundId, reference, reason, now }];
}

/**
 * Returns the refunds that a sale owes from its kept captures: everything after it was undone,
 * otherwise the price difference of each exchange for cheaper seats.
 */
export function refundsOwedBy(
  reservation: Reservation,
  kept: readonly Capture[],
  now: number,
): PaymentCommand[] {
  if (reservation.status === 'refunded')
    return kept.map(({ reference }) => refundOfUndoneSale(reservation, reference, now));
  return (reservation.exchanges ?? []).flatMap(
    ({ dueBackMinor: amountMinor }, at): PaymentCommand[] =>
      amountMinor === 0 ? [] : [{ type: 'OweDifference', exchange: at + 1, amountMinor, now }],
  );
}

function refundOfUndoneSale(
  { id, refundReason: reason = 'refunded-by-organizer' }: Reservation,
  reference: string,
  now: number,
): PaymentCommand {
  return {
    type: 'OweRefund',
    refundId: refundIdOf(id, reference, 'undone'),
    reference,
    reason,
    now,
  };
}
