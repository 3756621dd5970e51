import { kind } from './problem-kind.js';

/** Problems with holds, reservations and the seats of an event. */
export const SEAT_INVENTORY_PROBLEMS = {
  'no-seats-requested': kind(
    400,
    'No seats requested',
    'The request names no seat. Name at least one seat, or request a quantity of at least one.',
  ),
  'seats-repeated': kind(
    400,
    'Seats repeated',
    'The request names `seatIds` more than once. Name each seat once.',
    { carries: ['seatIds'] },
  ),
  'reservation-not-found': kind(
    404,
    'Reservation not found',
    'This account may see no reservation with this id. Check the id, the event and the account; ' +
      '`GET /v1/me/reservations` lists the reservations of a customer.',
  ),
  'inventory-already-open': kind(
    409,
    'Already on sale',
    'The event already has seats from another seating plan. Schedule a new event.',
  ),
  'reservation-expired': kind(
    409,
    'Reservation expired',
    'The seats were not paid for in time and are on sale again. Reserve again with a new ' +
      '`Idempotency-Key`.',
  ),
  'reservation-released': kind(
    409,
    'Reservation released',
    'The seats were given back and are on sale again. Reserve again with a new `Idempotency-Key`.',
  ),
  'reservation-refunded': kind(
    409,
    'Reservation refunded',
    'The payment was refunded and the seats are on sale again. Reserve again with a new ' +
      '`Idempotency-Key`.',
  ),
  'reservation-confirmed': kind(
    409,
    'Reservation already paid for',
    'The seats are sold to this account, so there is no hold to release.',
  ),
  'reservation-not-confirmed': kind(
    409,
    'Reservation not paid for',
    'Only a confirmed reservation can be refunded or exchanged.',
  ),
  'reservation-not-expired': kind(
    409,
    'Reservation still active',
    'Only an expired or released reservation can be reinstated.',
  ),
  'seats-unavailable': kind(
    409,
    'Seats unavailable',
    'The seats in `unavailableSeatIds` are taken. Choose other seats. If the list is empty, ' +
      'request fewer seats or another category.',
    { carries: ['unavailableSeatIds'] },
  ),
  'single-seat-left': kind(
    409,
    'Single seat left over',
    'The selection leaves the seats in `strandedSeatIds` without a neighbor. Add them, or choose ' +
      'other seats.',
    { carries: ['strandedSeatIds'] },
  ),
  'idempotency-key-reused': kind(
    422,
    'Idempotency-Key reused with a different request',
    'This `Idempotency-Key` belongs to an earlier request for other seats. Use a new key for a ' +
      'new selection.',
  ),
  'seats-unknown': kind(
    422,
    'Unknown seats',
    'The seating plan of this event does not have `seatIds`. Take seat ids from the seating plan.',
    { carries: ['seatIds'] },
  ),
  'category-unknown': kind(
    422,
    'Unknown category',
    'The seating plan of this event does not have `category`. Take a category from the seating ' +
      'plan.',
    { carries: ['category'] },
  ),
  'too-many-seats': kind(
    422,
    'Too many seats',
    'An account may have `limit` seats of this event, and this account already has ' +
      '`alreadyYours`. Request fewer seats.',
    { carries: ['limit', 'alreadyYours'] },
  ),
};
