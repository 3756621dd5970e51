import type { Moment } from '../../audit/time-travel.js';
import { AVAILABLE, RESERVED, SOLD } from '../../domain/seat-inventory/state/availability.js';
import type { SeatInventory } from '../../domain/seat-inventory/state/state.js';
import type { SeatCountsAnswer } from '../event/event-answers.js';
import type { DifferenceAnswer, InventoryAnswer, SeatStateAnswer } from './inventory-answers.js';

/** Letters and names of the seat states, by their number in the domain. */
const LETTERS = 'arsb';
const WORDS = ['available', 'reserved', 'sold', 'blocked'] as const;

/** @param withHolders whether to list the reservation and customer of each held or sold seat */
export function inventoryAnswer(
  eventId: string,
  { inventory, revision, recordedAt }: Moment,
  withHolders: boolean,
): InventoryAnswer {
  const { salesClosed, cancelled, rules, status } = inventory;
  return {
    eventId,
    revision: Number(revision),
    at: new Date(recordedAt).toISOString(),
    openedAt: rules?.openedAt ?? null,
    salesClosed,
    cancelled,
    counts: countsOf(inventory),
    reservations: inventory.reservations.count,
    status: Array.from(status, (seat) => LETTERS[seat]).join(''),
    ...(withHolders && { holders: holdersOf(inventory) }),
  };
}

const holdersOf = (inventory: SeatInventory) =>
  inventory.layout.seatIds.flatMap((seatId, seat) => {
    const { status, reservationId, customerId } = seatState(inventory, seat);
    if (reservationId === null || customerId === null) return [];
    return [{ seatId, status, reservationId, customerId }];
  });

function countsOf({ status }: SeatInventory): SeatCountsAnswer {
  const counts = { available: 0, reserved: 0, sold: 0, blocked: 0 };
  for (const seat of status) counts[WORDS[seat]!]++;
  return counts;
}

function seatState({ status, holder, reservations }: SeatInventory, seat: number): SeatStateAnswer {
  const isTaken = status[seat] === RESERVED || status[seat] === SOLD;
  const reservation = isTaken ? reservations.get(holder[seat]!) : undefined;
  return {
    status: WORDS[status[seat] ?? AVAILABLE]!,
    reservationId: reservation?.id ?? null,
    customerId: reservation?.customerId ?? null,
  };
}

/** Returns the seats whose status or reservation differs between two moments. */
export function differenceAnswer(
  eventId: string,
  { before, after }: { readonly before: Moment; readonly after: Moment },
): DifferenceAnswer {
  const momentAnswer = ({ inventory, revision, recordedAt }: Moment) => ({
    revision: Number(revision),
    at: new Date(recordedAt).toISOString(),
    counts: countsOf(inventory),
  });
  const changes = after.inventory.layout.seatIds.flatMap((seatId, seat) => {
    const [then, now] = [seatState(before.inventory, seat), seatState(after.inventory, seat)];
    const isSame = then.status === now.status && then.reservationId === now.reservationId;
    return isSame ? [] : [{ seatId, before: then, after: now }];
  });
  return {
    eventId,
    from: momentAnswer(before),
    to: momentAnswer(after),
    domainEvents: Number(after.revision - before.revision),
    changes,
  };
}
