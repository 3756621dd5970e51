import { accept } from '../../shared/decider.js';
import {
  MAX_EXPIRED_PER_COMMAND,
  MAX_SEATS_EXPIRED_PER_COMMAND,
  type CancelSale,
  type UndoSales,
  type SeatInventoryDecision,
} from '../commands.js';

import type { SeatInventoryEvent } from '../events.js';
import type { Reservation } from '../state/reservation.js';
import type { SeatInventory } from '../state/state.js';

/**
 * Ends the sale for good. No reservation is made, paid for or exchanged from here on, so the number
 * of sales to undo can only fall.
 */
export function cancelSale(
  { reason, now }: CancelSale,
  { cancelled, reservations }: SeatInventory,
): SeatInventoryDecision {
  if (cancelled) return accept();
  let sales = 0;
  for (const { status } of reservations.unpacked()) if (status === 'confirmed') sales++;
  const cancelledAt = new Date(now).toISOString();
  return accept({ type: 'SaleCancelled', data: { reason, sales, cancelledAt } });
}

/**
 * Undoes the oldest holds and sales of a canceled event, as many as fit one append. Returns no
 * domain events when none is left, or when the event is not canceled.
 */
export function undoSales(
  { now }: UndoSales,
  { cancelled, reservations }: SeatInventory,
): SeatInventoryDecision {
  const events: SeatInventoryEvent[] = [];
  let seats = 0;
  for (const reservation of cancelled ? reservations.unpacked() : []) {
    if (reservation.status !== 'held' && reservation.status !== 'confirmed') continue;
    seats += reservation.seatIds.length;
    if (events.length === MAX_EXPIRED_PER_COMMAND || seats > MAX_SEATS_EXPIRED_PER_COMMAND) break;
    events.push(undone(reservation, now));
  }
  return accept(...events);
}

function undone(
  { id: reservationId, seatIds, status }: Reservation,
  now: number,
): SeatInventoryEvent {
  const at = new Date(now).toISOString();
  return status === 'held'
    ? { type: 'ReservationReleased', data: { reservationId, seatIds, releasedAt: at } }
    : {
        type: 'ReservationRefunded',
        data: { reservationId, seatIds, reason: 'event-cancelled', refundedAt: at },
      };
}
