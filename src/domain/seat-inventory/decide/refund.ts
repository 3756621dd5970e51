import { accept, reject } from '../../shared/decider.js';
import type {
  RefundReservation,
  SaleChange,
  WithdrawSaleChange,
  SeatInventoryDecision,
} from '../commands.js';

import { isWithdrawn, type Reservation } from '../state/reservation.js';
import { findReservation, type SeatInventory } from '../state/state.js';

export function refundReservation(
  command: RefundReservation,
  inventory: SeatInventory,
): SeatInventoryDecision {
  const reservation = findReservation(command, inventory);
  if (!reservation) return reject({ code: 'reservation-not-found' });
  const { id, seatIds, status } = reservation;
  if (status === 'refunded') return accept();
  if (status !== 'confirmed') return reject({ code: 'reservation-not-confirmed' });
  if (mustWait(command.change, reservation, seatIds)) return accept();
  const reason = inventory.cancelled ? 'event-cancelled' : command.reason;
  const refundedAt = new Date(command.now).toISOString();
  return accept({
    type: 'ReservationRefunded',
    data: { reservationId: id, seatIds, reason, refundedAt },
  });
}

/** Withdraws a change of a valid sale only: a refunded sale cannot be changed any more. */
export function withdrawSaleChange(
  command: WithdrawSaleChange,
  inventory: SeatInventory,
): SeatInventoryDecision {
  const reservation = findReservation(command, inventory);
  if (!reservation) return reject({ code: 'reservation-not-found' });
  const { id, seatIds, status } = reservation;
  const { changeId, seatId, now } = command;
  const hasSeat = seatId === undefined || seatIds.includes(seatId);
  if (status !== 'confirmed' || !hasSeat || isWithdrawn(reservation, changeId)) return accept();
  const withdrawnAt = new Date(now).toISOString();
  return accept({
    type: 'SaleChangeWithdrawn',
    data: { reservationId: id, changeId, withdrawnAt },
  });
}

/**
 * Whether a refund or exchange cannot happen: a ticket of a returned seat is still valid, or the
 * change was withdrawn.
 */
export function mustWait(
  change: SaleChange | undefined,
  reservation: Reservation,
  returnedSeatIds: readonly string[],
): boolean {
  if (!change) return false;
  const voided = new Set(change.voidedSeatIds);
  return isWithdrawn(reservation, change.id) || !returnedSeatIds.every((id) => voided.has(id));
}
