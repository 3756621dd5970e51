import { accept, reject, type Decision } from '../shared/decider.js';
import { AVAILABLE, RESERVED } from './availability.js';
import {
  MAX_EXPIRED_PER_COMMAND,
  MAX_SEATS_EXPIRED_PER_COMMAND,
  MAX_SEATS_PER_BLOCK,
  PAYMENT_EXTENSION_SECONDS,
  type BlockSeats,
  type CloseSales,
  type ConfirmReservation,
  type ExpireReservations,
  type MoveOnSale,
  type MoveSalesEnd,
  type OpenInventory,
  type RefundReservation,
  type ReinstateReservation,
  type ReleaseReservation,
  type SeatInventoryCommand,
  type SeatInventoryRejection,
  type SettlePayment,
  type StartPayment,
  type UnblockSeats,
  type WithdrawSaleChange,
} from './commands.js';
import { cancelSale, undoSales } from './cancel.js';
import type { InventoryOpenedData, SeatInventoryEvent, TurnedDownReason } from './events.js';
import { exchangeSeats } from './exchange.js';
import { checkSeatIds, expired, layoutSeatIds, reserveSeats } from './reserve.js';
import {
  findReservation,
  isOver,
  isOverdue,
  isWithdrawn,
  mustWait,
  reservationOf,
  turnedDownReason,
  wasBoughtWith,
  type Reservation,
  type SeatInventory,
} from './state.js';

export type SeatInventoryDecision = Decision<SeatInventoryEvent, SeatInventoryRejection>;

/** What a command leads to, given all that has happened. Pure: time and ids arrive in the command. */
export function decide(
  command: SeatInventoryCommand,
  inventory: SeatInventory,
): SeatInventoryDecision {
  if (command.type === 'OpenInventory') return openInventory(command, inventory);
  const { rules } = inventory;
  if (!rules) return reject({ code: 'event-not-found' });
  switch (command.type) {
    case 'ReserveSeats':
      return reserveSeats(command, inventory, rules);
    case 'StartPayment':
      return startPayment(command, inventory, rules);
    case 'ConfirmReservation':
      return confirmReservation(command, inventory);
    case 'SettlePayment':
      return settlePayment(command, inventory, rules);
    case 'ReleaseReservation':
      return releaseReservation(command, inventory);
    case 'ReinstateReservation':
      return reinstateReservation(command, inventory, rules);
    case 'RefundReservation':
      return refundReservation(command, inventory);
    case 'ExchangeSeats':
      return exchangeSeats(command, inventory, rules);
    case 'WithdrawSaleChange':
      return withdrawSaleChange(command, inventory);
    case 'ExpireReservations':
      return expireReservations(command, inventory);
    case 'BlockSeats':
      return blockSeats(command, inventory);
    case 'UnblockSeats':
      return unblockSeats(command, inventory);
    case 'MoveOnSale':
      return moveOnSale(command, inventory);
    case 'MoveSalesEnd':
      return moveSalesEnd(command, inventory);
    case 'CloseSales':
      return closeSales(command, inventory);
    case 'CancelSale':
      return cancelSale(command, inventory);
    case 'UndoSales':
      return undoSales(command, inventory);
  }
}

const iso = (instant: number): string => new Date(instant).toISOString();

function openInventory(command: OpenInventory, { rules }: SeatInventory): SeatInventoryDecision {
  if (!rules) {
    return accept({
      type: 'InventoryOpened',
      data: { ...command.inventory, openedAt: iso(command.now) },
    });
  }
  return sameRules(command.inventory, rules)
    ? accept()
    : reject({ code: 'inventory-already-open' });
}

/** The end of sales may have changed since, and older logs do not have it. */
function sameRules(
  { salesEndAt: _, ...asked }: OpenInventory['inventory'],
  rules: InventoryOpenedData,
): boolean {
  const fields = Object.keys(asked) as (keyof typeof asked)[];
  return fields.every((field) => JSON.stringify(asked[field]) === JSON.stringify(rules[field]));
}

/** The first payment for a hold lengthens it once, so that nobody's seat lapses while the bank thinks. */
function startPayment(
  command: StartPayment,
  inventory: SeatInventory,
  rules: InventoryOpenedData,
): SeatInventoryDecision {
  const found = heldBy(command, inventory);
  if ('code' in found) return found.code === 'reservation-confirmed' ? accept() : reject(found);
  if (command.onlyIfFree && found.total.amountMinor > 0) return accept();
  if (inventory.cancelled) return reject({ code: 'event-cancelled' });
  if (found.paymentStarted) return accept();
  if (isOver(inventory, command.now))
    return reject({ code: 'event-over', salesEndAt: inventory.salesEndAt! });
  const cap = found.reservedAt + rules.holdCapSeconds * 1_000;
  const extension = Math.min(PAYMENT_EXTENSION_SECONDS, rules.holdSeconds);
  const extended = Math.min(cap, command.now + extension * 1_000);
  return accept({
    type: 'PaymentStarted',
    data: {
      reservationId: found.id,
      startedAt: iso(command.now),
      expiresAt: iso(Math.max(found.expiresAt, extended)),
    },
  });
}

function confirmReservation(
  command: ConfirmReservation,
  inventory: SeatInventory,
): SeatInventoryDecision {
  const found = heldBy(command, inventory);
  if (!('code' in found)) {
    if (inventory.cancelled) return reject({ code: 'event-cancelled' });
    return accept(confirmed(found, command.paymentReference, command.now));
  }
  const again =
    reservationOf(inventory, command.reservationId)?.paymentReference === command.paymentReference;
  return found.code === 'reservation-confirmed' && again ? accept() : reject(found);
}

/**
 * One decision for each payment, made once: the seats are sold for it, or it is turned down and nothing later can
 * make it buy them. So no payment both buys seats and is paid back, however many nodes settle it at once.
 */
function settlePayment(
  command: SettlePayment,
  inventory: SeatInventory,
  rules: InventoryOpenedData,
): SeatInventoryDecision {
  const reservation = findReservation(command, inventory);
  if (!reservation) return reject({ code: 'reservation-not-found' });
  const { paymentReference } = command;
  if (wasBoughtWith(reservation, paymentReference)) return accept();
  if (turnedDownReason(reservation, paymentReference)) return accept();
  const turnDown = (reason: TurnedDownReason) =>
    accept<SeatInventoryEvent>({
      type: 'PaymentTurnedDown',
      data: {
        reservationId: reservation.id,
        paymentReference,
        reason,
        turnedDownAt: iso(command.now),
      },
    });
  switch (reservation.status) {
    case 'held':
      if (inventory.cancelled) return turnDown('sale-cancelled');
      return confirmReservation({ ...command, type: 'ConfirmReservation' }, inventory);
    case 'expired': {
      if (inventory.cancelled) return turnDown('sale-cancelled');
      const reinstated = reinstateReservation(
        { ...command, type: 'ReinstateReservation' },
        inventory,
        rules,
      );
      return reinstated.accepted ? reinstated : turnDown('seats-lost');
    }
    case 'released':
      return turnDown('released');
    case 'confirmed':
    case 'refunded':
      return turnDown('paid-twice');
  }
}

function releaseReservation(
  command: ReleaseReservation,
  inventory: SeatInventory,
): SeatInventoryDecision {
  const found = heldBy(command, inventory);
  if (!('code' in found)) {
    return accept({
      type: 'ReservationReleased',
      data: { reservationId: found.id, seatIds: found.seatIds, releasedAt: iso(command.now) },
    });
  }
  return found.code === 'reservation-expired' || found.code === 'reservation-released'
    ? accept()
    : reject(found);
}

/**
 * The payment came after the hold had lapsed: give the very same seats back, if the customer may still have so many
 * and every one is free.
 */
function reinstateReservation(
  command: ReinstateReservation,
  inventory: SeatInventory,
  rules: InventoryOpenedData,
): SeatInventoryDecision {
  const reservation = findReservation(command, inventory);
  if (!reservation) return reject({ code: 'reservation-not-found' });
  if (
    reservation.status === 'confirmed' &&
    reservation.paymentReference === command.paymentReference
  )
    return accept();
  if (reservation.status !== 'expired' && reservation.status !== 'released') {
    return reject({ code: 'reservation-not-expired' });
  }
  if (inventory.cancelled) return reject({ code: 'event-cancelled' });
  const limit = rules.maxSeatsPerCustomer;
  const alreadyYours = inventory.seatsOf.get(reservation.customerId) ?? 0;
  if (alreadyYours + reservation.seatIds.length > limit) {
    return reject({ code: 'too-many-seats', limit, alreadyYours });
  }
  const taken = reservation.seatIds.filter(
    (seatId) => inventory.status[seatOf(inventory, seatId)] !== AVAILABLE,
  );
  if (taken.length > 0) return reject({ code: 'seats-unavailable', unavailableSeatIds: taken });
  return accept(
    {
      type: 'ReservationReinstated',
      data: {
        reservationId: reservation.id,
        seatIds: reservation.seatIds,
        reinstatedAt: iso(command.now),
        expiresAt: iso(command.now + rules.holdSeconds * 1_000),
      },
    },
    confirmed(reservation, command.paymentReference, command.now),
  );
}

function refundReservation(
  command: RefundReservation,
  inventory: SeatInventory,
): SeatInventoryDecision {
  const reservation = findReservation(command, inventory);
  if (!reservation) return reject({ code: 'reservation-not-found' });
  if (reservation.status === 'refunded') return accept();
  if (reservation.status !== 'confirmed') return reject({ code: 'reservation-not-confirmed' });
  if (mustWait(command.change, reservation, reservation.seatIds)) return accept();
  return accept({
    type: 'ReservationRefunded',
    data: {
      reservationId: reservation.id,
      seatIds: reservation.seatIds,
      reason: inventory.cancelled ? 'event-cancelled' : command.reason,
      refundedAt: iso(command.now),
    },
  });
}

/** Only for a sale that is still valid: a refunded sale cannot be changed. */
function withdrawSaleChange(
  command: WithdrawSaleChange,
  inventory: SeatInventory,
): SeatInventoryDecision {
  const reservation = findReservation(command, inventory);
  if (!reservation) return reject({ code: 'reservation-not-found' });
  const { changeId, seatId, now } = command;
  const has = seatId === undefined || reservation.seatIds.includes(seatId);
  if (reservation.status !== 'confirmed' || !has || isWithdrawn(reservation, changeId))
    return accept();
  return accept({
    type: 'SaleChangeWithdrawn',
    data: { reservationId: reservation.id, changeId, withdrawnAt: iso(now) },
  });
}

/**
 * Those of the named holds that are past their time, as many as fit one append; the others are left alone, so a late
 * worker does no harm.
 */
function expireReservations(
  command: ExpireReservations,
  inventory: SeatInventory,
): SeatInventoryDecision {
  const events: SeatInventoryEvent[] = [];
  let seats = 0;
  for (const reservationId of new Set(command.reservationIds)) {
    const reservation = reservationOf(inventory, reservationId);
    if (!reservation || !isOverdue(reservation, command.now)) continue;
    seats += reservation.seatIds.length;
    if (events.length === MAX_EXPIRED_PER_COMMAND || seats > MAX_SEATS_EXPIRED_PER_COMMAND) break;
    events.push(expired(reservation, command.now));
  }
  return accept(...events);
}

function blockSeats(command: BlockSeats, inventory: SeatInventory): SeatInventoryDecision {
  const seats = blockable(command, inventory, 'block');
  if ('code' in seats) return reject(seats);
  if (seats.seatIds.length === 0) return accept();
  return accept({
    type: 'SeatsBlocked',
    data: { seatIds: seats.seatIds, reason: command.reason, blockedAt: iso(command.now) },
  });
}

function unblockSeats(command: UnblockSeats, inventory: SeatInventory): SeatInventoryDecision {
  const seats = blockable(command, inventory, 'unblock');
  if ('code' in seats) return reject(seats);
  if (seats.seatIds.length === 0) return accept();
  return accept({
    type: 'SeatsUnblocked',
    data: { seatIds: seats.seatIds, unblockedAt: iso(command.now) },
  });
}

/** A sale that has begun may be put off again: it is then as if it had not, for whoever reserves from now on. */
function moveOnSale(
  { onSaleAt, now }: MoveOnSale,
  inventory: SeatInventory,
): SeatInventoryDecision {
  if (inventory.onSaleAt === onSaleAt) return accept();
  if (inventory.cancelled) return reject({ code: 'event-cancelled' });
  if (inventory.salesClosed) return reject({ code: 'sales-closed' });
  return accept({ type: 'OnSaleMoved', data: { onSaleAt, movedAt: iso(now) } });
}

/** Also for a canceled event, and after sales have ended: a postponed event is sold again. */
function moveSalesEnd(
  { salesEndAt, now }: MoveSalesEnd,
  inventory: SeatInventory,
): SeatInventoryDecision {
  if (inventory.salesEndAt === salesEndAt) return accept();
  return accept({ type: 'SalesEndMoved', data: { salesEndAt, movedAt: iso(now) } });
}

function closeSales(command: CloseSales, inventory: SeatInventory): SeatInventoryDecision {
  if (inventory.salesClosed) return accept();
  return accept({
    type: 'SalesClosed',
    data: { reason: command.reason, closedAt: iso(command.now) },
  });
}

/** The named seats that still need the change; a seat that a customer holds or owns can be neither blocked nor unblocked. */
function blockable(
  command: BlockSeats | UnblockSeats,
  inventory: SeatInventory,
  wanted: 'block' | 'unblock',
): { seatIds: string[] } | SeatInventoryRejection {
  if (inventory.cancelled) return { code: 'event-cancelled' };
  const seatIds = layoutSeatIds(command.seatIds, inventory.layout);
  const problem = checkSeatIds(seatIds, inventory);
  if (problem) return problem;
  if (seatIds.length > MAX_SEATS_PER_BLOCK) {
    return { code: 'too-many-seats', limit: MAX_SEATS_PER_BLOCK, alreadyYours: 0 };
  }
  const taken = seatIds.filter((seatId) => inventory.holder[seatOf(inventory, seatId)] !== 0);
  if (taken.length > 0) return { code: 'seats-unavailable', unavailableSeatIds: taken };
  const needsChange = (seatId: string) =>
    (inventory.status[seatOf(inventory, seatId)] === AVAILABLE) === (wanted === 'block');
  return { seatIds: seatIds.filter(needsChange) };
}

interface NamedReservation {
  readonly reservationId: string;
  readonly customerId: string | null;
}

type NotHeld = Extract<
  SeatInventoryRejection,
  {
    code:
      'reservation-not-found' | `reservation-${'expired' | 'released' | 'refunded' | 'confirmed'}`;
  }
>;

/** The reservation if it is held, with every seat still its own; else why it is not. */
function heldBy(command: NamedReservation, inventory: SeatInventory): Reservation | NotHeld {
  const reservation = findReservation(command, inventory);
  if (!reservation) return { code: 'reservation-not-found' };
  if (reservation.status !== 'held') return { code: `reservation-${reservation.status}` };
  const lost = reservation.seatIds.filter((seatId) => {
    const seat = seatOf(inventory, seatId);
    return inventory.holder[seat] !== reservation.number || inventory.status[seat] !== RESERVED;
  });
  if (lost.length > 0)
    throw new Error(`Reservation ${reservation.id} is held without its seats ${lost.join(', ')}.`);
  return reservation;
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

function seatOf({ layout }: SeatInventory, seatId: string): number {
  return layout.indexOf.get(seatId)!;
}
