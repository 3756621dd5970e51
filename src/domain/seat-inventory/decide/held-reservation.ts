import { RESERVED } from '../state/availability.js';
import type { SeatInventoryRejection } from '../commands.js';
import type { Reservation } from '../state/reservation.js';
import { findReservation, type SeatInventory } from '../state/state.js';

type NotHeld = Extract<
  SeatInventoryRejection,
  {
    code:
      'reservation-not-found' | `reservation-${'expired' | 'released' | 'refunded' | 'confirmed'}`;
  }
>;

/**
 * Returns the reservation if it is held, otherwise the rejection.
 * @throws Error when the reservation is held without all of its seats: the state is broken
 */
export function heldReservation(
  command: { readonly reservationId: string; readonly customerId: string | null },
  inventory: SeatInventory,
): Reservation | NotHeld {
  const reservation = findReservation(command, inventory);
  if (!reservation) return { code: 'reservation-not-found' };
  if (reservation.status !== 'held') return { code: `reservation-${reservation.status}` };
  const { layout, holder, status } = inventory;
  const lost = reservation.seatIds.filter((seatId) => {
    const seat = layout.indexOf.get(seatId)!;
    return holder[seat] !== reservation.number || status[seat] !== RESERVED;
  });
  if (lost.length > 0)
    throw new Error(`Reservation ${reservation.id} is held without its seats ${lost.join(', ')}`);
  return reservation;
}
