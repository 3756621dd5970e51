import { AVAILABLE } from '../state/availability.js';
import type { SeatSearch } from './seat-search.js';

/** The nearest block of seats found so far; `first` is -1 for none. */
interface Block {
  first: number;
  /** Sum of focal distances, in plan units. */
  sum: number;
}

interface Blocks {
  /** Leaves no single seat. */
  readonly clean: Block;
  /** Leaves one single seat, which the rule allows. */
  readonly leavingOne: Block;
}

const noBlocks = (): Blocks => ({
  clean: { first: -1, sum: Infinity },
  leavingOne: { first: -1, sum: Infinity },
});

/** Keeps the first of equally near blocks in plan order. */
function keepNearer(best: Block, first: number, sum: number): void {
  if (sum < best.sum || (sum === best.sum && first < best.first)) {
    best.first = first;
    best.sum = sum;
  }
}

function seatsOf({ clean, leavingOne }: Blocks, quantity: number): number[] | undefined {
  const { first } = clean.first >= 0 ? clean : leavingOne;
  return first < 0 ? undefined : Array.from({ length: quantity }, (_, at) => first + at);
}

/**
 * Picks seats side by side without an aisle. Prefers blocks that leave no single seat, if the rule
 * allows others at all.
 */
export function pickInOneRun(search: SeatSearch): number[] | undefined {
  const { layout, order, availability, quantity, category, skipsSome } = search;
  const { lines, bounds } = order.runsNearestFirst(category, quantity);
  const blocks = noBlocks();
  for (let at = 0; at < lines.length && bounds[at]! <= blocks.clean.sum; at++) {
    const run = lines[at]!;
    if (availability.freeInRun[run]! < quantity) continue;
    const end = layout.runStart[run + 1]!;
    const foreign = skipsSome || order.isMixed(run);
    for (let seat = layout.runStart[run]!; seat < end; seat++) {
      if (availability.status[seat] !== AVAILABLE) continue;
      const start = seat;
      while (seat < end && availability.status[seat] === AVAILABLE) seat++;
      if (seat - start >= quantity) searchStretch(search, start, seat, foreign, blocks);
    }
  }
  return seatsOf(blocks, quantity);
}

/** Seats `start` up to but not including `end` are free, with nothing free beside them. */
function searchStretch(
  search: SeatSearch,
  start: number,
  end: number,
  mixed: boolean,
  blocks: Blocks,
): void {
  const { layout, order, quantity, wanted, rule } = search;
  const mayLeaveOne = rule === 'off' || (rule === 'lenient' && end - start === quantity + 1);
  let lastForeign = -1;
  for (let last = start; last < end; last++) {
    if (mixed && wanted[layout.categoryOf[last]!] === 0) lastForeign = last;
    const first = last - quantity + 1;
    if (first < start || first <= lastForeign) continue;
    const sum = order.distanceBefore[last + 1]! - order.distanceBefore[first]!;
    const leavesOne = first - start === 1 || end - last === 2;
    if (!leavesOne) keepNearer(blocks.clean, first, sum);
    else if (mayLeaveOne) keepNearer(blocks.leavingOne, first, sum);
  }
}

/** Picks seats of one row with only an aisle between them, with the same preference. */
export function pickAcrossAnAisle(search: SeatSearch): number[] | undefined {
  const { layout, order, availability, quantity, category } = search;
  const { lines, bounds } = order.rowsNearestFirst(category, quantity);
  const blocks = noBlocks();
  for (let at = 0; at < lines.length && bounds[at]! <= blocks.clean.sum; at++) {
    const firstRun = order.rowStart[lines[at]!]!;
    const endRun = order.rowStart[lines[at]! + 1]!;
    let free = 0;
    for (let run = firstRun; run < endRun; run++) free += availability.freeInRun[run]!;
    if (free >= quantity)
      searchRow(search, layout.runStart[firstRun]!, layout.runStart[endRun]!, blocks);
  }
  return seatsOf(blocks, quantity);
}

function searchRow(search: SeatSearch, start: number, end: number, blocks: Blocks): void {
  const { layout, order, availability, quantity, wanted, rule } = search;
  let lastUnfit = -1;
  for (let last = start; last < end; last++) {
    if (wanted[layout.categoryOf[last]!] === 0 || availability.status[last] !== AVAILABLE)
      lastUnfit = last;
    const first = last - quantity + 1;
    if (first < start || first <= lastUnfit || layout.runOf[first] === layout.runOf[last]) continue;
    const sum = order.distanceBefore[last + 1]! - order.distanceBefore[first]!;
    if (sum > blocks.clean.sum) continue;
    const leavesOne = freeBeside(search, first, -1) === 1 || freeBeside(search, last, 1) === 1;
    if (!leavesOne) keepNearer(blocks.clean, first, sum);
    // Each part of the block ends at the aisle, so any choice in its stretch would leave one seat.
    else if (rule !== 'strict') keepNearer(blocks.leavingOne, first, sum);
  }
}

/** Counts free seats next to this one in its own run: 0, 1, or 2 for more than one. */
function freeBeside({ layout, availability }: SeatSearch, seat: number, step: 1 | -1): number {
  let free = 0;
  while (free < 2) {
    const beyond = seat + step * (free + 1);
    if (layout.runOf[beyond] !== layout.runOf[seat] || availability.status[beyond] !== AVAILABLE)
      break;
    free++;
  }
  return free;
}
