import type { SeatLayout } from '../../seating-plan/layout.js';
import { AVAILABLE } from '../state/availability.js';
import type { SingleSeatRule } from '../events.js';

/**
 * Returns the seats that a purchase would newly leave alone: free seats without a free neighbor,
 * which are hard to sell.
 *
 * A *stretch* is a series of free seats side by side, without an aisle. It ends at taken seats,
 * aisles or the end of the row. Only stretches with picked seats count, so a seat that was alone
 * before is ignored.
 *
 * - `off`: returns no seats.
 * - `strict`: returns every free seat that the pick leaves alone in its stretch.
 * - `lenient`: the same, but only if it was avoidable. Of a stretch of n free seats a pick takes k.
 *   If n − k is one, any choice leaves a seat alone, and that is allowed. Otherwise k seats at one
 *   end of the stretch leave none alone.
 *
 * `picked` are distinct seat indices, which count as free regardless of `status`. The cost is
 * proportional to the stretches with picked seats. The result is in plan order.
 */
export function strandedSeats(
  layout: SeatLayout,
  status: Uint8Array,
  picked: readonly number[],
  rule: SingleSeatRule,
): number[] {
  const stranded: number[] = [];
  if (rule === 'off') return stranded;
  const seats = Uint32Array.from(picked).sort();
  for (let at = 0; at < seats.length;) {
    const stretch = stretchAround(layout, status, seats, at);
    const taken = stretch.upTo - at;
    const left = stretch.end - stretch.start - taken;
    if (rule === 'strict' || left > 1)
      addLoneSeats(stretch, seats.subarray(at, stretch.upTo), stranded);
    at = stretch.upTo;
  }
  return stranded;
}

/** Seats `start` up to but not including `end` were free before the pick. */
interface Stretch {
  readonly start: number;
  readonly end: number;
  /** Index of the first sorted seat that is not in this stretch. */
  readonly upTo: number;
}

function stretchAround(
  { runOf, runStart }: SeatLayout,
  status: Uint8Array,
  seats: Uint32Array,
  at: number,
): Stretch {
  const run = runOf[seats[at]!]!;
  const runEnd = runStart[run + 1]!;
  let start = seats[at]!;
  // Picked seats to the left belong to an earlier stretch, so only the status counts there.
  while (start > runStart[run]! && status[start - 1] === AVAILABLE) start--;
  let end = seats[at]!;
  let upTo = at;
  while (end < runEnd) {
    if (seats[upTo] === end) upTo++;
    else if (status[end] !== AVAILABLE) break;
    end++;
  }
  return { start, end, upTo };
}

/** Checks each gap between the picked seats: a gap of one seat is a lone seat. */
function addLoneSeats({ start, end }: Stretch, picked: Uint32Array, stranded: number[]): void {
  let from = start;
  for (const seat of picked) {
    if (seat - from === 1) stranded.push(from);
    from = seat + 1;
  }
  if (end - from === 1) stranded.push(from);
}
