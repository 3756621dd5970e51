import type { SeatLayout } from '../../seating-plan/layout.js';
import type { SeatAvailability } from '../state/availability.js';
import type { SingleSeatRule } from '../events.js';
import { pickScattered } from './scattered-seats.js';
import { ANY_CATEGORY, seatOrderOf } from './seat-order.js';
import { pickAcrossAnAisle, pickInOneRun } from './side-by-side.js';

export interface SeatRequest {
  readonly quantity: number;
  /** Name of a category of the plan. Missing: any category. */
  readonly category?: string;
  /** Names of categories that are skipped when any category will do. */
  readonly byRequest?: readonly string[];
  readonly rule: SingleSeatRule;
}

/**
 * Returns the best free seats for a group, in plan order, or undefined when the rule allows none:
 *
 * 1. side by side in one row, leaving no single seat;
 * 2. side by side in one row, leaving one where the rule allows it;
 * 3. in one row with only an aisle between them, again preferably without leaving a single seat;
 * 4. nearest to the focal point within one section;
 * 5. nearest to the focal point across sections.
 *
 * The first step that finds seats decides. Within a step the smallest sum of distances to the focal
 * point wins, then plan order. The result always passes `strandedSeats` under the same rule. Seats
 * of skipped categories count as free: one of them can be the single seat that is left.
 */
export function pickBestAvailable(
  layout: SeatLayout,
  availability: SeatAvailability,
  { quantity, category: name, byRequest, rule }: SeatRequest,
): number[] | undefined {
  if (!Number.isInteger(quantity) || quantity < 1 || quantity > layout.seatCount) return undefined;
  const category = categoryIndex(layout, name);
  if (category === undefined) return undefined;
  const free = freeSeatsFor(quantity, availability);
  if (free === 'none') return undefined;
  const order = seatOrderOf(layout);
  const wanted = wantedCategories(layout, category, byRequest);
  const skipsSome = category === ANY_CATEGORY && wanted.includes(0);
  const search = { layout, order, availability, quantity, category, wanted, skipsSome, rule };
  const together = free === 'in-one-run' ? pickInOneRun(search) : undefined;
  // One seat is always in one run, so the later steps would find no other.
  if (together || quantity === 1) return together;
  return pickAcrossAnAisle(search) ?? pickScattered(search);
}

/** Uses the counts alone, because most requests arrive when an event is sold out. */
function freeSeatsFor(
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
