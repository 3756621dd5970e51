import type { SeatRequest } from '../../../src/domain/seat-inventory/picking/best-available.js';
import { strandedSeats } from '../../../src/domain/seat-inventory/picking/single-seat-rule.js';
import type { DrawnPlan } from './drawn-plan.js';

/** Rank of a choice: its step in the order of preference (from 1), then its focal distances. */
export interface Worth {
  readonly step: number;
  readonly sum: number;
  readonly seats: readonly number[];
}

/**
 * Best available by trying every choice of seats: slow and plain, to check the real one.
 * Steps: 1 one run, none left alone; 2 one run; 3 across an aisle, none left alone; 4 across an
 * aisle; 5 one section; 6 anywhere.
 */
export function bestByTrying(
  plan: DrawnPlan,
  { quantity, category, byRequest = [], rule }: SeatRequest,
): Worth | undefined {
  const { layout, availability } = plan;
  const free = Array.from(layout.seatIds.keys()).filter((seat) => {
    const { name } = layout.categories[layout.categoryOf[seat]!]!;
    const wanted = category === undefined ? !byRequest.includes(name) : name === category;
    return wanted && availability.status[seat] === 0;
  });
  let best: Worth | undefined;
  for (const seats of choices(free, quantity)) {
    if (strandedSeats(layout, availability.status, seats, rule).length > 0) continue;
    const worth = worthOf(plan, seats);
    if (!best || worth.step < best.step || (worth.step === best.step && worth.sum < best.sum))
      best = worth;
  }
  return best;
}

export function worthOf({ layout, availability }: DrawnPlan, seats: readonly number[]): Worth {
  const first = seats[0]!;
  const last = seats.at(-1)!;
  const all = (of: ArrayLike<number>) => seats.every((seat) => of[seat] === of[first]);
  const together = last - first === seats.length - 1 && all(layout.rowOf);
  const clean = strandedSeats(layout, availability.status, seats, 'strict').length === 0;
  const sum = seats.reduce((total, seat) => total + layout.focalDistance[seat]!, 0);
  if (together) return { step: (all(layout.runOf) ? 1 : 3) + (clean ? 0 : 1), sum, seats };
  return { step: all(layout.sectionOf) ? 5 : 6, sum, seats };
}

/** Every way to take `count` of the items, in order, the earliest items first. */
function* choices(items: readonly number[], count: number): Generator<number[]> {
  if (count === 0) {
    yield [];
    return;
  }
  for (let at = 0; at + count <= items.length; at++) {
    for (const rest of choices(items.slice(at + 1), count - 1)) yield [items[at]!, ...rest];
  }
}
