import { accept, type Decision } from '../shared/decider.js';
import {
  MAX_EXPIRED_PER_COMMAND,
  MAX_SEATS_EXPIRED_PER_COMMAND,
  type CancelSale,
  type SeatInventoryRejection,
  type UndoSales,
} from './commands.js';
import type { SeatInventoryEvent } from './events.js';
import type { Reservation, SeatInventory } from './state.js';

type CancelDecision = Decision<SeatInventoryEvent, SeatInventoryRejection>;

/** Once this is in the log no reservation is made, paid for or exchanged any more: the sales to undo can only become fewer. */
export function cancelSale(
  { reason, now }: CancelSale,
  { cancelled, reservations }: SeatInventory,
): CancelDecision {
  if (cancelled) return accept();
  let sales = 0;
  for (const { status } of reservations.unpacked()) if (status === 'confirmed') sales++;
  return accept({
    type: 'SaleCancelled',
    data: { reason, sales, cancelledAt: new Date(now).toISOString() },
  });
}

/** The next ones in the order in which they were made; nothing when none is left, or when the event is not cancelled. */
export function undoSales(
  { now }: UndoSales,
  { cancelled, reservations }: SeatInventory,
): CancelDecision {
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
