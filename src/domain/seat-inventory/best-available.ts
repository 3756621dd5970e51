import type { SeatLayout } from '../seating-plan/layout.js';
import type { SeatAvailability } from './availability.js';
import type { SingleSeatRule } from './events.js';
import { pickScattered } from './scattered-seats.js';
import { ANY_CATEGORY, seatOrderOf } from './seat-order.js';
import { pickAcrossAnAisle, pickInOneRun } from './side-by-side.js';

export interface SeatWish {
  readonly quantity: number;
  /** Name of a category of the plan; any when missing. */
  readonly category?: string;
  /** Names of categories that are passed over when any will do. */
  readonly byRequest?: readonly string[];
  readonly rule: SingleSeatRule;
}

/**
 * The best free seats for a party, in plan order, or undefined when there are none that the rule allows:
 *
 * 1. side by side in one row, leaving no single seat behind;
 * 2. side by side in one row, leaving one where the rule allows it;
 * 3. in one row with only an aisle between them, again rather without leaving a single seat;
 * 4. nearest to the focal point within one section;
 * 5. nearest to the focal point across sections.
 *
 * The first step that finds anything decides; within it the seats with the smallest sum of distances to the focal
 * point win, and of equals those first in plan order. Whatever is returned passes `strandedSeats` under the same rule.
 * A seat that is passed over is free all the same: it can be the single seat that is left behind.
 */
export function pickBestAvailable(
  layout: SeatLayout,
  availability: SeatAvailability,
  wish: SeatWish,
): number[] | undefined {
  const { quantity, rule } = wish;
  if (!Number.isInteger(quantity) || quantity < 1 || quantity > layout.seatCount) return undefined;
  const category = categoryIndex(layout, wish.category);
  if (category === undefined) return undefined;
  const room = roomFor(quantity, availability);
  if (room === 'none') return undefined;
  const order = seatOrderOf(layout);
  const wanted = wantedCategories(layout, category, wish.byRequest);
  const passesOver = category === ANY_CATEGORY && wanted.includes(0);
  const search = { layout, order, availability, quantity, category, wanted, passesOver, rule };
  const together = room === 'in-one-run' ? pickInOneRun(search) : undefined;
  // One seat is always in one run, so the later steps would find no other.
  if (together || quantity === 1) return together;
  return pickAcrossAnAisle(search) ?? pickScattered(search);
}

/** Told by the counts alone, because a house that is sold out is asked most often of all. */
function roomFor(
  quantity: number,
  { freeInRun }: SeatAvailability,
): 'in-one-run' | 'scattered' | 'none' {
  let free = 0;
  for (let run = 0; run < freeInRun.length; run++) {
    if (freeInRun[run]! >= quantity) return 'in-one-run';
    free += freeInRun[run]!;
  }
  return free >= quantity ? 'scattered' : 'none';
}

function wantedCategories(
  { categories }: SeatLayout,
  category: number,
  byRequest: readonly string[] = [],
): Uint8Array {
  return Uint8Array.from(categories, ({ name }, index) =>
    (category === ANY_CATEGORY ? byRequest.includes(name) : index !== category) ? 0 : 1,
  );
}

function categoryIndex({ categories }: SeatLayout, name: string | undefined): number | undefined {
  if (name === undefined) return ANY_CATEGORY;
  const index = categories.findIndex((category) => category.name === name);
  return index < 0 ? undefined : index;
}
