import { accept, reject, type Decision } from '../shared/decider.js';
import type { Money } from '../shared/money.js';
import type { SeatLayout } from '../seating-plan/layout.js';
import { nfc } from '../shared/text.js';
import { AVAILABLE, RESERVED, type SeatAvailability } from './availability.js';
import { pickBestAvailable } from './best-available.js';
import type { ReserveSeats, SeatInventoryRejection } from './commands.js';
import type { InventoryOpenedData, SeatInventoryEvent } from './events.js';
import { strandedSeats } from './single-seat-rule.js';
import {
  isOver,
  isOverdue,
  overdueHolds,
  reservationOf,
  type Reservation,
  type SeatInventory,
} from './state.js';

export type Refusal = { readonly refused: SeatInventoryRejection };
/** The seats chosen, and the lapsed holds that must be expired first to have them. */
type Choice = { readonly seats: readonly number[]; readonly lapsed: readonly Reservation[] };

/**
 * All or nothing. The same reservation id with the same wish appends nothing; a hold that is past its time and
 * stands in the way is expired in the same append as the new hold, so nobody waits for a worker.
 */
export function reserveSeats(
  command: ReserveSeats,
  inventory: SeatInventory,
  rules: InventoryOpenedData,
): Decision<SeatInventoryEvent, SeatInventoryRejection> {
  const before = reservationOf(inventory, command.reservationId);
  if (before) {
    const same =
      before.customerId === command.customerId && before.requestDigest === command.requestDigest;
    return same ? accept() : reject({ code: 'idempotency-key-reused' });
  }
  if (inventory.cancelled) return reject({ code: 'event-cancelled' });
  if (isOver(inventory, command.now))
    return reject({ code: 'event-over', salesEndAt: inventory.salesEndAt! });
  if (inventory.salesClosed) return reject({ code: 'sales-closed' });
  const { onSaleAt } = inventory;
  if (onSaleAt !== null && command.now < Date.parse(onSaleAt)) {
    return reject({ code: 'sales-not-open', onSaleAt });
  }
  const choice =
    'seatIds' in command.wish ? named(command, inventory, rules) : best(command, inventory, rules);
  if ('refused' in choice) return reject(choice.refused);
  return accept(
    ...choice.lapsed.map((reservation) => expired(reservation, command.now)),
    reserved(command, inventory, rules, choice.seats),
  );
}

function named(
  command: ReserveSeats,
  inventory: SeatInventory,
  rules: InventoryOpenedData,
): Choice | Refusal {
  if (!('seatIds' in command.wish)) throw new Error('Named seats were expected.');
  const seatIds = layoutSeatIds(command.wish.seatIds, inventory.layout);
  const problem = checkSeatIds(seatIds, inventory);
  if (problem) return { refused: problem };
  const room = roomUnderLimit(command, seatIds.length, inventory, rules);
  if ('refused' in room) return room;

  const seats = seatIds.map((seatId) => inventory.layout.indexOf.get(seatId)!);
  const { unavailable, lapsed: inWay } = inTheWay(seats, inventory, command.now);
  const lapsed = new Set([...room.lapsed, ...inWay]);
  if (unavailable.length > 0) {
    return {
      refused: { code: 'seats-unavailable', unavailableSeatIds: seatNames(inventory, unavailable) },
    };
  }
  const { status } = lapsed.size > 0 ? withoutHolds(inventory, lapsed) : inventory;
  const stranded = strandedSeats(inventory.layout, status, seats, rules.singleSeatRule);
  if (stranded.length > 0) {
    return {
      refused: { code: 'single-seat-left', strandedSeatIds: seatNames(inventory, stranded) },
    };
  }
  return { seats, lapsed: [...lapsed] };
}

/** Of these seats, those that cannot be had, and the lapsed holds to be expired for the others. */
export function inTheWay(
  seats: readonly number[],
  inventory: SeatInventory,
  now: number,
): { readonly unavailable: readonly number[]; readonly lapsed: ReadonlySet<Reservation> } {
  const lapsed = new Set<Reservation>();
  const unavailable = seats.filter((seat) => {
    if (inventory.status[seat] === AVAILABLE) return false;
    const holder =
      inventory.status[seat] === RESERVED
        ? inventory.reservations.get(inventory.holder[seat]!)
        : undefined;
    if (!holder || !isOverdue(holder, now)) return true;
    lapsed.add(holder);
    return false;
  });
  return { unavailable, lapsed };
}

function best(
  command: ReserveSeats,
  inventory: SeatInventory,
  rules: InventoryOpenedData,
): Choice | Refusal {
  if (!('bestAvailable' in command.wish)) throw new Error('Best available was expected.');
  const { quantity, category: requested } = command.wish.bestAvailable;
  if (quantity < 1) return { refused: { code: 'no-seats-requested' } };
  const category =
    requested === undefined ? undefined : layoutCategory(requested, inventory.layout);
  if (requested !== undefined && category === undefined) {
    return { refused: { code: 'category-unknown', category: requested } };
  }
  const room = roomUnderLimit(command, quantity, inventory, rules);
  if ('refused' in room) return room;

  const byRequest = rules.prices.filter((price) => price.byRequest).map((price) => price.category);
  const wish = { quantity, category, byRequest, rule: rules.singleSeatRule };
  const availability = room.lapsed.length > 0 ? withoutHolds(inventory, room.lapsed) : inventory;
  const seats = pickBestAvailable(inventory.layout, availability, wish);
  if (seats) return { seats, lapsed: room.lapsed };
  return (
    amongLapsedHolds(command, inventory, wish, room.lapsed) ?? {
      refused: { code: 'seats-unavailable', unavailableSeatIds: [] },
    }
  );
}

/** Nothing free is left: look again as if every hold past its time had been expired, and expire those it takes. */
function amongLapsedHolds(
  command: ReserveSeats,
  inventory: SeatInventory,
  wish: Parameters<typeof pickBestAvailable>[2],
  lapsedAnyway: readonly Reservation[],
): Choice | undefined {
  const overdue = overdueHolds(inventory, command.now);
  if (overdue.length === lapsedAnyway.length) return undefined;
  const seats = pickBestAvailable(inventory.layout, withoutHolds(inventory, overdue), wish);
  if (!seats) return undefined;
  const lapsed = new Set(lapsedAnyway.map(({ number }) => number));
  for (const seat of seats) lapsed.add(inventory.holder[seat]!);
  return { seats, lapsed: overdue.filter(({ number }) => lapsed.has(number)) };
}

/** The availability as it would be without these reservations; the inventory itself stays as it is. */
export function withoutHolds(
  inventory: SeatInventory,
  holders: Iterable<Reservation>,
): SeatAvailability {
  const status = inventory.status.slice();
  const freeInRun = inventory.freeInRun.slice();
  for (const { seatIds } of holders) {
    for (const seatId of seatIds) {
      const seat = inventory.layout.indexOf.get(seatId)!;
      status[seat] = AVAILABLE;
      freeInRun[inventory.layout.runOf[seat]!]!++;
    }
  }
  return { status, freeInRun };
}

/**
 * Whether the customer may have so many seats more. Where own holds past their time stand in the way, these are to be
 * expired too, so that coming back late never means waiting for a worker.
 *
 * @param givenBack seats that the customer has and gives back in return
 */
export function roomUnderLimit(
  { customerId, now }: { readonly customerId: string; readonly now: number },
  wanted: number,
  inventory: SeatInventory,
  { maxSeatsPerCustomer: limit }: InventoryOpenedData,
  givenBack = 0,
): { readonly lapsed: readonly Reservation[] } | Refusal {
  const counted = (inventory.seatsOf.get(customerId) ?? 0) - givenBack;
  if (counted + wanted <= limit) return { lapsed: [] };
  const lapsed = overdueHolds(inventory, now).filter(
    (reservation) => reservation.customerId === customerId,
  );
  const alreadyYours = lapsed.reduce((left, { seatIds }) => left - seatIds.length, counted);
  return alreadyYours + wanted <= limit
    ? { lapsed }
    : { refused: { code: 'too-many-seats', limit, alreadyYours } };
}

function reserved(
  { reservationId, customerId, requestDigest, now }: ReserveSeats,
  inventory: SeatInventory,
  rules: InventoryOpenedData,
  seats: readonly number[],
): SeatInventoryEvent {
  return {
    type: 'SeatsReserved',
    data: {
      reservationId,
      customerId,
      seatIds: seatNames(inventory, seats),
      total: totalOf(inventory, seats),
      requestDigest,
      reservedAt: new Date(now).toISOString(),
      expiresAt: new Date(now + rules.holdSeconds * 1_000).toISOString(),
    },
  };
}

/** An event is sold in one currency, so prices add up. */
export function totalOf({ layout, priceOf }: SeatInventory, seats: readonly number[]): Money {
  const prices = seats.map((seat) => priceOf[layout.categoryOf[seat]!]!);
  return {
    amountMinor: prices.reduce((sum, { amountMinor }) => sum + amountMinor, 0),
    currency: prices[0]!.currency,
  };
}

export function seatNames({ layout }: SeatInventory, seats: readonly number[]): string[] {
  return seats.map((seat) => layout.seatIds[seat]!);
}

/**
 * The ids as the layout spells them. An old plan may have decomposed ids (Unicode NFD), which a command may name in either
 * form. Unknown ids stay as they are.
 */
export function layoutSeatIds(seatIds: readonly string[], layout: SeatLayout): string[] {
  return seatIds.map((seatId) => {
    const index = layout.indexOf.get(seatId);
    return index === undefined ? seatId : layout.seatIds[index]!;
  });
}

/** The category's name as the layout spells it: the same characters if possible, else the same in Unicode NFC. */
function layoutCategory(category: string, { categories }: SeatLayout): string | undefined {
  const found =
    categories.find(({ name }) => name === category) ??
    categories.find(({ name }) => nfc(name) === nfc(category));
  return found?.name;
}

/** Zero, repeated or unknown seats, in this order. Repeated ids are found only in the form of `layoutSeatIds`. */
export function checkSeatIds(
  seatIds: readonly string[],
  { layout }: SeatInventory,
):
  | Extract<
      SeatInventoryRejection,
      { code: 'no-seats-requested' | 'seats-repeated' | 'seats-unknown' }
    >
  | undefined {
  if (seatIds.length === 0) return { code: 'no-seats-requested' };
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const seatId of seatIds) (seen.has(seatId) ? repeated : seen).add(seatId);
  if (repeated.size > 0) return { code: 'seats-repeated', seatIds: [...repeated] };
  const unknown = seatIds.filter((seatId) => !layout.indexOf.has(seatId));
  return unknown.length > 0 ? { code: 'seats-unknown', seatIds: unknown } : undefined;
}

export function expired({ id, seatIds }: Reservation, now: number): SeatInventoryEvent {
  return {
    type: 'ReservationExpired',
    data: { reservationId: id, seatIds, expiredAt: new Date(now).toISOString() },
  };
}
