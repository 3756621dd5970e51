import type { Reservation } from '../../domain/seat-inventory/reservation.js';
import type { ReservationView } from '../../read-models/seat-inventory/reservations.js';

/** Whole seconds until a hold may end, rounded up; 0 for what is no longer held. */
function secondsLeft(status: Reservation['status'], expiresAt: number, now: number): number {
  return status === 'held' ? Math.max(0, Math.ceil((expiresAt - now) / 1_000)) : 0;
}

/** As the writer has it, right after the command. `now` in milliseconds since the epoch. */
export function heldAnswer(
  eventId: string,
  reservation: Reservation,
  revision: bigint,
  now: number,
) {
  const { id, seatIds, status, expiresAt, total } = reservation;
  return {
    reservationId: id,
    eventId,
    seatIds,
    status,
    expiresAt: new Date(expiresAt).toISOString(),
    secondsLeft: secondsLeft(status, expiresAt, now),
    total,
    revision: Number(revision),
  };
}

/** As the read model has it. */
export function reservationAnswer(view: ReservationView, now: number) {
  const { reservationId, eventId, seatIds, status, expiresAt, total, revision } = view;
  return {
    reservationId,
    eventId,
    seatIds,
    status,
    expiresAt,
    secondsLeft: secondsLeft(status, Date.parse(expiresAt), now),
    total,
    revision,
  };
}
