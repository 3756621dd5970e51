import { accept, reject } from '../../shared/decider.js';
import { pickBestAvailable, type SeatRequest } from '../picking/best-available.js';
import type {
  BestAvailable,
  ReserveSeats,
  SeatInventoryDecision,
  SeatInventoryRejection,
} from '../commands.js';
import type { InventoryOpenedData, SeatInventoryEvent } from '../events.js';
import { expired } from './release.js';
import type { Reservation } from '../state/reservation.js';
import { checkSeatIds, layoutCategory, layoutSeatIds, seatNames } from './seat-names.js';
import {
  availabilityWithout,
  checkCustomerLimit,
  partitionAvailability,
  totalOf,
  type Rejected,
  type SelectedSeats,
} from './selected-seats.js';
import { strandedSeats } from '../picking/single-seat-rule.js';
import { haveSalesEnded, overdueHolds, reservationOf, type SeatInventory } from '../state/state.js';

/**
 * Reserves all selected seats or none. The same reservation id with the same selection appends
 * nothing. Overdue holds of selected seats expire in the same append as the new hold, so that no
 * buyer waits for the expiry process.
 */
export function reserveSeats(
  command: ReserveSeats,
  inventory: SeatInventory,
  rules: InventoryOpenedData,
): SeatInventoryDecision {
  const existing = reservationOf(inventory, command.reservationId);
  if (existing) {
    const { customerId, requestDigest } = existing;
    const isSame = customerId === command.customerId && requestDigest === command.requestDigest;
    return isSame ? accept() : reject({ code: 'idempotency-key-reused' });
  }
  const closed = closedReason(inventory, command.now);
  if (closed) return reject(closed);
  const { selection } = command;
  const selected =
    'seatIds' in selection
      ? selectNamed(command, selection.seatIds, inventory, rules)
      : selectBest(command, selection.bestAvailable, inventory, rules);
  if ('rejection' in selected) return reject(selected.rejection);
  return accept(
    ...selected.overdue.map((hold) => expired(hold, command.now)),
    reserved(command, inventory, rules, selected.seats),
  );
}

function closedReason(inventory: SeatInventory, now: number): SeatInventoryRejection | undefined {
  const { cancelled, salesClosed, onSaleAt } = inventory;
  if (cancelled) return { code: 'event-cancelled' };
  if (haveSalesEnded(inventory, now))
    return { code: 'event-over', salesEndAt: inventory.salesEndAt! };
  if (salesClosed) return { code: 'sales-closed' };
  if (onSaleAt !== null && now < Date.parse(onSaleAt)) return { code: 'sales-not-open', onSaleAt };
  return undefined;
}

function selectNamed(
  command: ReserveSeats,
  named: readonly string[],
  inventory: SeatInventory,
  rules: InventoryOpenedData,
): SelectedSeats | Rejected {
  const { layout } = inventory;
  const seatIds = layoutSeatIds(named, layout);
  const problem = checkSeatIds(seatIds, layout);
  if (problem) return { rejection: problem };
  const limit = checkCustomerLimit(command, seatIds.length, inventory, rules);
  if ('rejection' in limit) return limit;

  const seats = seatIds.map((seatId) => layout.indexOf.get(seatId)!);
  const { unavailable, overdue: holding } = partitionAvailability(seats, inventory, command.now);
  if (unavailable.length > 0) {
    const unavailableSeatIds = seatNames(layout, unavailable);
    return { rejection: { code: 'seats-unavailable', unavailableSeatIds } };
  }
  const overdue = new Set([...limit.overdue, ...holding]);
  const { status } = overdue.size > 0 ? availabilityWithout(inventory, overdue) : inventory;
  const stranded = strandedSeats(layout, status, seats, rules.singleSeatRule);
  if (stranded.length > 0) {
    const strandedSeatIds = seatNames(layout, stranded);
    return { rejection: { code: 'single-seat-left', strandedSeatIds } };
  }
  return { seats, overdue: [...overdue] };
}

function selectBest(
  command: ReserveSeats,
  { quantity, category: requested }: BestAvailable,
  inventory: SeatInventory,
  rules: InventoryOpenedData,
): SelectedSeats | Rejected {
  const { layout } = inventory;
  if (quantity < 1) return { rejection: { code: 'no-seats-requested' } };
  const category = requested === undefined ? undefined : layoutCategory(requested, layout);
  if (requested !== undefined && category === undefined) {
    return { rejection: { code: 'category-unknown', category: requested } };
  }
  const limit = checkCustomerLimit(command, quantity, inventory, rules);
  if ('rejection' in limit) return limit;

  const { overdue } = limit;
  const byRequest = rules.prices.filter((price) => price.byRequest).map((price) => price.category);
  const request = { quantity, category, byRequest, rule: rules.singleSeatRule };
  const availability = overdue.length > 0 ? availabilityWithout(inventory, overdue) : inventory;
  const seats = pickBestAvailable(layout, availability, request);
  if (seats) return { seats, overdue };
  return (
    selectAmongOverdue(request, inventory, overdue, command.now) ?? {
      rejection: { code: 'seats-unavailable', unavailableSeatIds: [] },
    }
  );
}

/** Searches again as if all overdue holds had expired, and expires those whose seats it selects. */
function selectAmongOverdue(
  request: SeatRequest,
  inventory: SeatInventory,
  ofCustomer: readonly Reservation[],
  now: number,
): SelectedSeats | undefined {
  const overdue = overdueHolds(inventory, now);
  if (overdue.length === ofCustomer.length) return undefined;
  const availability = availabilityWithout(inventory, overdue);
  const seats = pickBestAvailable(inventory.layout, availability, request);
  if (!seats) return undefined;
  const expiring = new Set(ofCustomer.map(({ number }) => number));
  for (const seat of seats) expiring.add(inventory.holder[seat]!);
  return { seats, overdue: overdue.filter(({ number }) => expiring.has(number)) };
}

function reserved(
  { reservationId, customerId, requestDigest, now }: ReserveSeats,
  inventory: SeatInventory,
  { holdSeconds }: InventoryOpenedData,
  seats: readonly number[],
): SeatInventoryEvent {
  return {
    type: 'SeatsReserved',
    data: {
      reservationId,
      customerId,
      seatIds: seatNames(inventory.layout, seats),
      total: totalOf(inventory, seats),
      requestDigest,
      reservedAt: new Date(now).toISOString(),
      expiresAt: new Date(now + holdSeconds * 1_000).toISOString(),
    },
  };
}
