import type { SeatLayout } from '../../seating-plan/layout.js';

/**
 * Largest quantity whose rankings are cached, so that the cache of a layout stays below a few
 * megabytes.
 */
const MAX_RANKED_QUANTITY = 20;
/** Category of a run with seats of several categories. */
const MIXED = -1;
/** Category of a request for any category. */
export const ANY_CATEGORY = -1;

/** Runs or rows, sorted by the distance of their best seats to the focal point. */
export interface Ranking {
  readonly lines: Uint32Array;
  /** Lower bound of each line: no `quantity` seats of it have a smaller sum of distances. */
  readonly bounds: Float64Array;
}

/** The runs of one section that have seats of a category, nearest first. */
export interface SectionRuns {
  readonly runs: Uint32Array;
  /** Distance of the nearest seat to the focal point, in plan units. */
  readonly nearest: number;
}

/**
 * Precomputed facts about a layout, independent of sales. Computed once per layout, so that a
 * search over tens of thousands of seats can stop after a few runs.
 */
export interface SeatOrder {
  /**
   * Sum of the focal distances of all seats before each seat, so that the sum of a stretch is one
   * subtraction.
   */
  readonly distanceBefore: Float64Array;
  /** Smallest focal distance of each run. */
  readonly nearestInRun: Float64Array;
  /** First run of each row; one entry more than there are rows. */
  readonly rowStart: Uint32Array;
  /** Whether the run has seats of several categories, so that each seat must be checked. */
  isMixed(run: number): boolean;
  runsNearestFirst(category: number, quantity: number): Ranking;
  /** Rows with an aisle; both sides of it count. Nearest to the focal point first. */
  rowsNearestFirst(category: number, quantity: number): Ranking;
  sectionsNearestFirst(category: number): readonly SectionRuns[];
}

const orders = new WeakMap<SeatLayout, SeatOrder>();

export function seatOrderOf(layout: SeatLayout): SeatOrder {
  const known = orders.get(layout);
  if (known) return known;
  const order = makeSeatOrder(layout);
  orders.set(layout, order);
  return order;
}

function makeSeatOrder(layout: SeatLayout): SeatOrder {
  const runCount = layout.runStart.length - 1;
  const categoryOfRun = Int32Array.from({ length: runCount }, (_, run) => runCategory(layout, run));
  const distanceBefore = sumsBefore(layout.focalDistance);
  const nearestInRun = leastOfRuns(layout);
  const rowStart = firstRuns(layout);
  const facts = { layout, categoryOfRun, distanceBefore, nearestInRun, rowStart };
  const runs = remembered((category, quantity) => rankRuns(facts, category, quantity));
  const rows = remembered((category, quantity) => rankRows(facts, category, quantity));
  const sections = new Map<number, readonly SectionRuns[]>();
  return {
    distanceBefore,
    nearestInRun,
    rowStart,
    isMixed: (run) => categoryOfRun[run] === MIXED,
    runsNearestFirst: runs,
    rowsNearestFirst: rows,
    sectionsNearestFirst: (category) => {
      const known =
        sections.get(category) ?? groupBySection(layout, nearestInRun, runs(category, 1));
      sections.set(category, known);
      return known;
    },
  };
}

interface Facts extends Pick<SeatOrder, 'distanceBefore' | 'nearestInRun' | 'rowStart'> {
  readonly layout: SeatLayout;
  readonly categoryOfRun: Int32Array;
}

function runCategory({ categoryOf, runStart }: SeatLayout, run: number): number {
  const category = categoryOf[runStart[run]!]!;
  for (let seat = runStart[run]!; seat < runStart[run + 1]!; seat++) {
    if (categoryOf[seat] !== category) return MIXED;
  }
  return category;
}

function leastOfRuns({ focalDistance, runStart }: SeatLayout): Float64Array {
  const least = new Float64Array(runStart.length - 1).fill(Infinity);
  for (let run = 0; run < least.length; run++) {
    for (let seat = runStart[run]!; seat < runStart[run + 1]!; seat++) {
      if (focalDistance[seat]! < least[run]!) least[run] = focalDistance[seat]!;
    }
  }
  return least;
}

function sumsBefore(distances: Float32Array): Float64Array {
  const sums = new Float64Array(distances.length + 1);
  for (let seat = 0; seat < distances.length; seat++)
    sums[seat + 1] = sums[seat]! + distances[seat]!;
  return sums;
}

function firstRuns({ runStart, rowOf }: SeatLayout): Uint32Array {
  const runCount = runStart.length - 1;
  const starts: number[] = [];
  for (let run = 0; run < runCount; run++) {
    if (run === 0 || rowOf[runStart[run]!] !== rowOf[runStart[run - 1]!]) starts.push(run);
  }
  return Uint32Array.from([...starts, runCount]);
}

type Rank = (category: number, quantity: number) => Ranking;

/** Caches rankings, except of large quantities, which are rare. */
function remembered(rank: Rank): Rank {
  const known = new Map<string, Ranking>();
  return (category, quantity) => {
    const key = `${category} ${quantity}`;
    const ranking = known.get(key) ?? rank(category, quantity);
    if (quantity <= MAX_RANKED_QUANTITY) known.set(key, ranking);
    return ranking;
  };
}

function rankRuns(
  { layout, categoryOfRun, distanceBefore }: Facts,
  category: number,
  quantity: number,
): Ranking {
  const { runStart } = layout;
  const bounds = new Float64Array(runStart.length - 1).fill(Infinity);
  for (let run = 0; run < bounds.length; run++) {
    if (!hasCategory(categoryOfRun[run]!, category)) continue;
    for (let upTo = runStart[run]! + quantity; upTo <= runStart[run + 1]!; upTo++) {
      const sum = distanceBefore[upTo]! - distanceBefore[upTo - quantity]!;
      if (sum < bounds[run]!) bounds[run] = sum;
    }
  }
  return nearestFirst(bounds);
}

function rankRows(facts: Facts, category: number, quantity: number): Ranking {
  const { layout, categoryOfRun, distanceBefore, rowStart } = facts;
  const { runStart, runOf } = layout;
  const bounds = new Float64Array(rowStart.length - 1).fill(Infinity);
  for (let row = 0; row < bounds.length; row++) {
    const runs = categoryOfRun.subarray(rowStart[row], rowStart[row + 1]);
    if (runs.length < 2 || !runs.some((of) => hasCategory(of, category))) continue;
    const end = runStart[rowStart[row + 1]!]!;
    for (let upTo = runStart[rowStart[row]!]! + quantity; upTo <= end; upTo++) {
      if (runOf[upTo - quantity] === runOf[upTo - 1]) continue;
      const sum = distanceBefore[upTo]! - distanceBefore[upTo - quantity]!;
      if (sum < bounds[row]!) bounds[row] = sum;
    }
  }
  return nearestFirst(bounds);
}

function hasCategory(ofRun: number, wanted: number): boolean {
  return wanted === ANY_CATEGORY || ofRun === wanted || ofRun === MIXED;
}

/** Sorts the lines. Lines with the bound Infinity cannot hold the seats and are left out. */
function nearestFirst(boundOf: Float64Array): Ranking {
  const lines = Uint32Array.from(boundOf.keys())
    .filter((line) => boundOf[line] !== Infinity)
    .sort((a, b) => boundOf[a]! - boundOf[b]! || a - b);
  return { lines, bounds: Float64Array.from(lines, (line) => boundOf[line]!) };
}

function groupBySection(
  { sectionOf, runStart }: SeatLayout,
  nearestInRun: Float64Array,
  { lines }: Ranking,
): SectionRuns[] {
  const runsOf = new Map<number, number[]>();
  for (const run of lines) {
    const section = sectionOf[runStart[run]!]!;
    const runs = runsOf.get(section);
    if (runs) runs.push(run);
    else runsOf.set(section, [run]);
  }
  return [...runsOf.values()].map((runs) => ({
    runs: Uint32Array.from(runs),
    nearest: nearestInRun[runs[0]!]!,
  }));
}
