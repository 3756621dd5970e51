import { accept, reject } from '../../shared/decider.js';
import { AVAILABLE } from '../state/availability.js';
import {
  PAYMENT_EXTENSION_SECONDS,
  type ConfirmReservation,
  type ReinstateReservation,
  type SettlePayment,
  type StartPayment,
  type SeatInventoryDecision,
} from '../commands.js';

import type { InventoryOpenedData, SeatInventoryEvent, TurnedDownReason } from '../events.js';
import { heldReservation } from './held-reservation.js';
import { turnedDownReason, wasBoughtWith, type Reservation } from '../state/reservation.js';
import {
  findReservation,
  haveSalesEnded,
  reservationOf,
  type SeatInventory,
} from '../state/state.js';

const iso = (instant: number): string => new Date(instant).toISOString();

/** The first payment extends the hold once, so that it does not expire during the payment. */
export function startPayment(
  { onlyIfFree, now, ...named }: StartPayment,
  inventory: SeatInventory,
  rules: InventoryOpenedData,
): SeatInventoryDecision {
  const found = heldReservation(named, inventory);
  if ('code' in found) return found.code === 'reservation-confirmed' ? accept() : reject(found);
  if (onlyIfFree && found.total.amountMinor > 0) return accept();
  if (inventory.cancelled) return reject({ code: 'event-cancelled' });
  if (found.paymentStarted) return accept();
  if (haveSalesEnded(inventory, now))
    return reject({ code: 'event-over', salesEndAt: inventory.salesEndAt! });
  const cap = found.reservedAt + rules.holdCapSeconds * 1_000;
  const extension = Math.min(PAYMENT_EXTENSION_SECONDS, rules.holdSeconds);
  const extended = Math.min(cap, now + extension * 1_000);
  const expiresAt = iso(Math.max(found.expiresAt, extended));
  return accept({
    type: 'PaymentStarted',
    data: { reservationId: found.id, startedAt: iso(now), expiresAt },
  });
}

export function confirmReservation(
  command: Omit<ConfirmReservation, 'type'>,
  inventory: SeatInventory,
): SeatInventoryDecision {
  const { reservationId, paymentReference, now } = command;
  const found = heldReservation(command, inventory);
  if ('code' in found) {
    const isRepeated =
      found.code === 'reservation-confirmed' &&
      reservationOf(inventory, reservationId)?.paymentReference === paymentReference;
    return isRepeated ? accept() : reject(found);
  }
  if (inventory.cancelled) return reject({ code: 'event-cancelled' });
  return accept(confirmed(found, paymentReference, now));
}

/**
 * Decides each payment once: either it buys the seats, or it is turned down and cannot buy them
 * later. So no payment buys seats and is refunded, however many nodes settle it at the same time.
 */
export function settlePayment(
  command: SettlePayment,
  inventory: SeatInventory,
  rules: InventoryOpenedData,
): SeatInventoryDecision {
  const reservation = findReservation(command, inventory);
  if (!reservation) return reject({ code: 'reservation-not-found' });
  const { paymentReference, now } = command;
  if (wasBoughtWith(reservation, paymentReference)) return accept();
  if (turnedDownReason(reservation, paymentReference)) return accept();
  const turnDown = (reason: TurnedDownReason) =>
    accept(turnedDown(reservation, paymentReference, reason, now));
  switch (reservation.status) {
    case 'held':
      if (inventory.cancelled) return turnDown('sale-cancelled');
      return confirmReservation(command, inventory);
    case 'expired': {
      if (inventory.cancelled) return turnDown('sale-cancelled');
      const reinstated = reinstateReservation(command, inventory, rules);
      return reinstated.accepted ? reinstated : turnDown('seats-lost');
    }
    case 'released':
      return turnDown('released');
    case 'confirmed':
    case 'refunded':
      return turnDown('paid-twice');
  }
}

/**
 * Sells the seats of a hold that has ended before the payment arrived, if all of them are available
 * and the customer stays within the limit.
 */
export function reinstateReservation(
  command: Omit<ReinstateReservation, 'type'>,
  inventory: SeatInventory,
  { maxSeatsPerCustomer: limit, holdSeconds }: InventoryOpenedData,
): SeatInventoryDecision {
  const reservation = findReservation(command, inventory);
  if (!reservation) return reject({ code: 'reservation-not-found' });
  const { id, customerId, seatIds, status } = reservation;
  const { paymentReference, now } = command;
  if (status === 'confirmed' && reservation.paymentReference === paymentReference) return accept();
  if (status !== 'expired' && status !== 'released')
    return reject({ code: 'reservation-not-expired' });
  if (inventory.cancelled) return reject({ code: 'event-cancelled' });
  const alreadyYours = inventory.seatsOf.get(customerId) ?? 0;
  if (alreadyYours + seatIds.length > limit)
    return reject({ code: 'too-many-seats', limit, alreadyYours });
  const taken = seatIds.filter(
    (seatId) => inventory.status[inventory.layout.indexOf.get(seatId)!] !== AVAILABLE,
  );
  if (taken.length > 0) return reject({ code: 'seats-unavailable', unavailableSeatIds: taken });
  const expiresAt = iso(now + holdSeconds * 1_000);
  return accept(
    {
      type: 'ReservationReinstated',
      data: { reservationId: id, seatIds, reinstatedAt: iso(now), expiresAt },
    },
    confirmed(reservation, paymentReference, now),
  );
}

function confirmed(
  { id, seatIds }: Reservation,
  paymentReference: string,
  now: number,
): SeatInventoryEvent {
  return {
    type: 'ReservationConfirmed',
    data: { reservationId: id, seatIds, paymentReference, confirmedAt: iso(now) },
  };
}

export function turnedDown(
  { id }: Reservation,
  paymentReference: string,
  reason: TurnedDownReason,
  now: number,
): SeatInventoryEvent {
  return {
    type: 'PaymentTurnedDown',
    data: { reservationId: id, paymentReference, reason, turnedDownAt: iso(now) },
  };
}
