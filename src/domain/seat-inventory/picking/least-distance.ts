import { AVAILABLE } from '../state/availability.js';
import type { PickedSeats, SeatSearch } from './seat-search.js';

/**
 * Free seats that are searched first, per requested seat: nearly always enough to find the result.
 */
const FIRST_LOOK = 4;

/**
 * Finds the exact nearest seats that leave no single seat, for the case that the nearest seats of
 * all would leave one. Computes the smallest distance for each number of seats of each stretch,
 * then distributes the quantity among the stretches. `runs` are sorted nearest first; only a sum
 * below `limit` counts. Called only when no seats side by side are left, so stretches are short.
 * The cost is the number of free seats in near runs times the square of the quantity.
 */
export function leastDistance(
  search: SeatSearch,
  runs: Uint32Array,
  limit: number,
): PickedSeats | undefined {
  const near = runs.subarray(0, runsForFirstLook(search, runs));
  const first = shareOut(search, near);
  const farthest =
    Math.min(limit, first?.sum ?? Infinity) - (search.quantity - 1) * nearestOf(search, runs, 0);
  let within = near.length;
  while (within < runs.length && nearestOf(search, runs, within) < farthest) within++;
  return within === near.length ? first : shareOut(search, runs.subarray(0, within));
}

function runsForFirstLook({ availability, quantity }: SeatSearch, runs: Uint32Array): number {
  let free = 0;
  let at = 0;
  while (at < runs.length && free < FIRST_LOOK * quantity)
    free += availability.freeInRun[runs[at++]!]!;
  return at;
}

function nearestOf({ order }: SeatSearch, runs: Uint32Array, at: number): number {
  return order.nearestInRun[runs[at]!]!;
}

/** Distributes the quantity among the free stretches of these runs. */
function shareOut(search: SeatSearch, runs: Uint32Array): PickedSeats | undefined {
  const { quantity } = search;
  const stretches = freeStretches(search, runs);
  const costs = stretches.map((stretch) => costsOf(search, stretch));
  const shares = stretches.map(() => new Uint16Array(quantity + 1));
  const least = new Float64Array(quantity + 1).fill(Infinity);
  least[0] = 0;
  costs.forEach((cost, at) => {
    // From the largest total down, so that the totals that are read do not include this stretch
    // yet.
    for (let total = quantity; total > 0; total--) {
      for (let share = Math.min(total, cost.length - 1); share > 0; share--) {
        const sum = least[total - share]! + cost[share]!;
        if (sum < least[total]!) {
          least[total] = sum;
          shares[at]![total] = share;
        }
      }
    }
  });
  const sum = least[quantity]!;
  if (sum === Infinity) return undefined;
  const seats: number[] = [];
  for (let at = stretches.length - 1, total = quantity; at >= 0; at--) {
    const share = shares[at]![total]!;
    if (share > 0) seats.push(...seatsWithin(search, stretches[at]!, share));
    total -= share;
  }
  return { seats: seats.sort((a, b) => a - b), sum };
}

/** Free seats side by side: `start` up to but not including `end`. */
interface Stretch {
  readonly start: number;
  readonly end: number;
}

function freeStretches({ layout, availability }: SeatSearch, runs: Uint32Array): Stretch[] {
  const stretches: Stretch[] = [];
  for (const run of runs.slice().sort()) {
    if (availability.freeInRun[run] === 0) continue;
    const runEnd = layout.runStart[run + 1]!;
    for (let end = layout.runStart[run]!; end < runEnd; end++) {
      const start = end;
      while (end < runEnd && availability.status[end] === AVAILABLE) end++;
      if (end > start) stretches.push({ start, end });
    }
  }
  return stretches;
}

/**
 * State of the seat to the left: taken (or none), free and alone so far, or free next to a free
 * seat.
 */
const TAKEN = 0;
const ALONE = 1;
const PAIRED = 2;
const STATES = 3;

/**
 * Returns the smallest sum for 0, 1, 2 … seats of the stretch; Infinity where the rule allows none.
 */
function costsOf(search: SeatSearch, stretch: Stretch): Float64Array {
  const most = mostOf(search, stretch);
  const last = leastSums(search, stretch).at(-1)!;
  const costs = new Float64Array(most + 1);
  for (let count = 1; count <= most; count++) {
    const withoutLone = Math.min(last[count * STATES + TAKEN]!, last[count * STATES + PAIRED]!);
    costs[count] = Math.min(withoutLone, allButOne(search, stretch, count)?.sum ?? Infinity);
  }
  return costs;
}

function seatsWithin(search: SeatSearch, stretch: Stretch, count: number): number[] {
  const sums = leastSums(search, stretch);
  const last = sums.at(-1)!;
  const forgiven = allButOne(search, stretch, count);
  let state = last[count * STATES + TAKEN]! <= last[count * STATES + PAIRED]! ? TAKEN : PAIRED;
  if (forgiven && forgiven.sum < last[count * STATES + state]!) return forgiven.seats;

  const seats: number[] = [];
  for (let seat = stretch.end - 1, left = count; seat >= stretch.start; seat--) {
    const before = sums[seat - stretch.start]!;
    if (state === TAKEN) {
      seats.push(seat);
      left--;
      state = before[left * STATES + TAKEN]! <= before[left * STATES + PAIRED]! ? TAKEN : PAIRED;
    } else if (state === ALONE) {
      state = TAKEN;
    } else {
      state = before[left * STATES + ALONE]! <= before[left * STATES + PAIRED]! ? ALONE : PAIRED;
    }
  }
  return seats;
}

/**
 * Returns one table per seat boundary, from left to right: the smallest sum by number of taken
 * seats and state.
 */
function leastSums(search: SeatSearch, stretch: Stretch): Float64Array[] {
  const { layout } = search;
  const most = mostOf(search, stretch);
  let before = new Float64Array((most + 1) * STATES).fill(Infinity);
  before[TAKEN] = 0;
  const tables = [before];
  for (let seat = stretch.start; seat < stretch.end; seat++) {
    const after = new Float64Array(before.length).fill(Infinity);
    const distance = isWanted(search, seat) ? layout.focalDistance[seat]! : Infinity;
    for (let at = 0; at < before.length; at += STATES) {
      after[at + ALONE] = before[at + TAKEN]!;
      after[at + PAIRED] = Math.min(before[at + ALONE]!, before[at + PAIRED]!);
      if (at > 0) {
        const fewer = at - STATES;
        after[at + TAKEN] = Math.min(before[fewer + TAKEN]!, before[fewer + PAIRED]!) + distance;
      }
    }
    tables.push(after);
    before = after;
  }
  return tables;
}

/**
 * Leaves one seat of a stretch, which the lenient rule allows: the farthest one, or the only one of
 * another category.
 */
function allButOne(
  search: SeatSearch,
  { start, end }: Stretch,
  count: number,
): PickedSeats | undefined {
  if (search.rule !== 'lenient' || count !== end - start - 1) return undefined;
  const { focalDistance } = search.layout;
  const seats = Array.from({ length: end - start }, (_, at) => start + at);
  const unwanted = seats.filter((seat) => !isWanted(search, seat));
  if (unwanted.length > 1) return undefined;
  const farthest = (a: number, b: number) => (focalDistance[b]! > focalDistance[a]! ? b : a);
  const left = unwanted[0] ?? seats.reduce(farthest);
  const taken = seats.filter((seat) => seat !== left);
  return { seats: taken, sum: taken.reduce((sum, seat) => sum + focalDistance[seat]!, 0) };
}

function mostOf({ quantity }: SeatSearch, { start, end }: Stretch): number {
  return Math.min(quantity, end - start);
}

function isWanted({ layout, wanted }: SeatSearch, seat: number): boolean {
  return wanted[layout.categoryOf[seat]!] === 1;
}
