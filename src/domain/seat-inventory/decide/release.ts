import { accept, reject } from '../../shared/decider.js';
import {
  MAX_EXPIRED_PER_COMMAND,
  MAX_SEATS_EXPIRED_PER_COMMAND,
  type ExpireReservations,
  type ReleaseReservation,
  type SeatInventoryDecision,
} from '../commands.js';

import type { SeatInventoryEvent } from '../events.js';
import { heldReservation } from './held-reservation.js';
import { isOverdue, type Reservation } from '../state/reservation.js';
import { reservationOf, type SeatInventory } from '../state/state.js';

export function releaseReservation(
  command: ReleaseReservation,
  inventory: SeatInventory,
): SeatInventoryDecision {
  const found = heldReservation(command, inventory);
  if ('code' in found) {
    const hasEnded = found.code === 'reservation-expired' || found.code === 'reservation-released';
    return hasEnded ? accept() : reject(found);
  }
  const releasedAt = new Date(command.now).toISOString();
  return accept({
    type: 'ReservationReleased',
    data: { reservationId: found.id, seatIds: found.seatIds, releasedAt },
  });
}

/**
 * Expires those of the named holds that are past their time, as many as fit one append. Other
 * reservations are ignored, so that a late worker does no harm.
 */
export function expireReservations(
  { reservationIds, now }: ExpireReservations,
  inventory: SeatInventory,
): SeatInventoryDecision {
  const events: SeatInventoryEvent[] = [];
  let seats = 0;
  for (const reservationId of new Set(reservationIds)) {
    const reservation = reservationOf(inventory, reservationId);
    if (!reservation || !isOverdue(reservation, now)) continue;
    seats += reservation.seatIds.length;
    if (events.length === MAX_EXPIRED_PER_COMMAND || seats > MAX_SEATS_EXPIRED_PER_COMMAND) break;
    events.push(expired(reservation, now));
  }
  return accept(...events);
}

export function expired({ id, seatIds }: Reservation, now: number): SeatInventoryEvent {
  return {
    type: 'ReservationExpired',
    data: { reservationId: id, seatIds, expiredAt: new Date(now).toISOString() },
  };
}
