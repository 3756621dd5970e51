import { leastDistance } from './least-distance.js';
import { AVAILABLE } from '../state/availability.js';
import type { PickedSeats, SeatSearch } from './seat-search.js';
import { strandedSeats } from './single-seat-rule.js';

/** Picks the seats nearest to the focal point within one section, else in the whole venue. */
export function pickScattered(search: SeatSearch): number[] | undefined {
  const { order, quantity, category } = search;
  const sections = order.sectionsNearestFirst(category);
  let best: PickedSeats | undefined;
  for (const { runs, nearest } of sections) {
    const limit = best ? best.sum : Infinity;
    if (nearest * quantity >= limit) break;
    best = pickAmong(search, runs, limit) ?? best;
  }
  if (!best && sections.length > 1) {
    best = pickAmong(search, order.runsNearestFirst(category, 1).lines, Infinity);
  }
  return best?.seats;
}

/**
 * Picks the seats of these runs (nearest first) with the smallest sum of distances that the
 * single-seat rule allows, if it is below `limit`.
 */
function pickAmong(search: SeatSearch, runs: Uint32Array, limit: number): PickedSeats | undefined {
  const { layout, availability, quantity, rule } = search;
  let free = 0;
  for (let at = 0; at < runs.length && free < quantity; at++)
    free += availability.freeInRun[runs[at]!]!;
  if (free < quantity) return undefined;
  const nearest = nearestSeats(search, runs);
  if (!nearest || nearest.sum >= limit) return undefined;
  if (strandedSeats(layout, availability.status, nearest.seats, rule).length === 0) return nearest;
  const pick = leastDistance(search, runs, limit);
  return pick && pick.sum < limit ? pick : undefined;
}

/**
 * Picks the nearest seats without the single-seat rule. Keeps a sorted list of the nearest ones and
 * skips runs that are too far.
 */
function nearestSeats(search: SeatSearch, runs: Uint32Array): PickedSeats | undefined {
  const { layout, order, availability, quantity, wanted } = search;
  const { focalDistance, runStart, categoryOf } = layout;
  const seats: number[] = [];
  for (const run of runs) {
    if (
      seats.length === quantity &&
      order.nearestInRun[run]! > focalDistance[seats[quantity - 1]!]!
    )
      break;
    if (availability.freeInRun[run] === 0) continue;
    for (let seat = runStart[run]!; seat < runStart[run + 1]!; seat++) {
      if (availability.status[seat] !== AVAILABLE) continue;
      if (wanted[categoryOf[seat]!] === 0) continue;
      insert(seats, seat, focalDistance, quantity);
    }
  }
  if (seats.length < quantity) return undefined;
  let sum = 0;
  for (const seat of seats) sum += focalDistance[seat]!;
  return { seats: seats.sort((a, b) => a - b), sum };
}

function insert(seats: number[], seat: number, focalDistance: Float32Array, most: number): void {
  const isNearer = (than: number) =>
    focalDistance[seat]! < focalDistance[than]! ||
    (focalDistance[seat] === focalDistance[than] && seat < than);
  if (seats.length === most) {
    if (!isNearer(seats[most - 1]!)) return;
    seats.pop();
  }
  let at = seats.length;
  while (at > 0 && isNearer(seats[at - 1]!)) at--;
  seats.splice(at, 0, seat);
}
