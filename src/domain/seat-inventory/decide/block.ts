import { accept, reject } from '../../shared/decider.js';
import { AVAILABLE } from '../state/availability.js';
import {
  MAX_SEATS_PER_BLOCK,
  type BlockSeats,
  type SeatInventoryRejection,
  type UnblockSeats,
  type SeatInventoryDecision,
} from '../commands.js';

import { checkSeatIds, layoutSeatIds } from './seat-names.js';
import type { SeatInventory } from '../state/state.js';

export function blockSeats(command: BlockSeats, inventory: SeatInventory): SeatInventoryDecision {
  const seats = seatsToChange(command, inventory);
  if ('code' in seats) return reject(seats);
  const { seatIds } = seats;
  if (seatIds.length === 0) return accept();
  const blockedAt = new Date(command.now).toISOString();
  return accept({ type: 'SeatsBlocked', data: { seatIds, reason: command.reason, blockedAt } });
}

export function unblockSeats(
  command: UnblockSeats,
  inventory: SeatInventory,
): SeatInventoryDecision {
  const seats = seatsToChange(command, inventory);
  if ('code' in seats) return reject(seats);
  const { seatIds } = seats;
  if (seatIds.length === 0) return accept();
  const unblockedAt = new Date(command.now).toISOString();
  return accept({ type: 'SeatsUnblocked', data: { seatIds, unblockedAt } });
}

/**
 * Returns the seats that do not have the requested status yet. Held and sold seats are rejected.
 */
function seatsToChange(
  command: BlockSeats | UnblockSeats,
  { layout, status, holder, cancelled }: SeatInventory,
): { readonly seatIds: readonly string[] } | SeatInventoryRejection {
  if (cancelled) return { code: 'event-cancelled' };
  const seatIds = layoutSeatIds(command.seatIds, layout);
  const problem = checkSeatIds(seatIds, layout);
  if (problem) return problem;
  if (seatIds.length > MAX_SEATS_PER_BLOCK) {
    return { code: 'too-many-seats', limit: MAX_SEATS_PER_BLOCK, alreadyYours: 0 };
  }
  const seatOf = (seatId: string) => layout.indexOf.get(seatId)!;
  const taken = seatIds.filter((seatId) => holder[seatOf(seatId)] !== 0);
  if (taken.length > 0) return { code: 'seats-unavailable', unavailableSeatIds: taken };
  const isBlock = command.type === 'BlockSeats';
  return {
    seatIds: seatIds.filter((seatId) => (status[seatOf(seatId)] === AVAILABLE) === isBlock),
  };
}
