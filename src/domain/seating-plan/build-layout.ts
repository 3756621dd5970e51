import { focalPointOf } from './focal-point.js';
import type { SeatLayout } from './layout.js';
import type { PlanSeat, SeatingPlan } from './plan.js';
import { distance } from './row-order.js';
import { nfc } from '../shared/text.js';

/**
 * Neighbors have an aisle between them if their distance is this many times the usual one in the
 * row.
 */
const AISLE = 1.75;
/**
 * Precision of distances to the focal point, in bits: sums of 32-bit floats are then exact, and
 * equal distances stay equal.
 */
const DISTANCE_BITS = 22;

/** Builds the arrays that the sale uses. `hash` is the SHA-256 of the canonical plan, hex. */
export function buildLayout(plan: SeatingPlan, hash: string): SeatLayout {
  const seatCount = countSeats(plan);
  const seatIds: string[] = new Array<string>(seatCount);
  const numbers: string[] = new Array<string>(seatCount);
  const indexOf = new Map<string, number>();
  const categoryOf = new Uint16Array(seatCount);
  const sectionOf = new Uint16Array(seatCount);
  const rowOf = new Uint32Array(seatCount);
  const runOf = new Uint32Array(seatCount);
  const x = new Float32Array(seatCount);
  const y = new Float32Array(seatCount);
  const rows: string[] = [];
  const rowLabels: (string | undefined)[] = [];
  const seatLabels: (string | undefined)[] = [];
  const runStart: number[] = [];

  let index = 0;
  plan.zones.forEach((zone, section) => {
    for (const row of zone.rows) {
      const widest = aisleWidth(row.seats);
      row.seats.forEach((seat, at) => {
        if (at === 0 || distance(row.seats[at - 1]!, seat) > widest) runStart.push(index);
        seatIds[index] = seat.id;
        numbers[index] = seat.number;
        indexOf.set(seat.id, index);
        const normalized = nfc(seat.id);
        if (!indexOf.has(normalized)) indexOf.set(normalized, index);
        categoryOf[index] = seat.category;
        sectionOf[index] = section;
        rowOf[index] = rows.length;
        runOf[index] = runStart.length - 1;
        x[index] = seat.x;
        y[index] = seat.y;
        index++;
      });
      rows.push(row.label);
      rowLabels.push(row.rowLabel);
      seatLabels.push(row.seatLabel);
    }
  });
  runStart.push(seatCount);

  return {
    hash,
    name: plan.name,
    seatCount,
    seatIds,
    indexOf,
    categories: plan.categories,
    categoryOf,
    sections: plan.zones.map(({ name }) => name),
    sectionOf,
    rows,
    rowLabels,
    seatLabels,
    rowOf,
    numbers,
    x,
    y,
    focalDistance: focalDistances(plan, seatCount),
    runStart: Uint32Array.from(runStart),
    runOf,
  };
}

function countSeats({ zones }: SeatingPlan): number {
  let count = 0;
  for (const { rows } of zones) for (const { seats } of rows) count += seats.length;
  return count;
}

/** Returns the smallest gap that is an aisle, in plan units, from the median spacing of the row. */
function aisleWidth(seats: readonly PlanSeat[]): number {
  if (seats.length < 3) return Infinity;
  const spacings = new Float64Array(seats.length - 1);
  for (let at = 1; at < seats.length; at++) spacings[at - 1] = distance(seats[at - 1]!, seats[at]!);
  spacings.sort();
  return spacings[(spacings.length - 1) >> 1]! * AISLE;
}

function focalDistances(plan: SeatingPlan, seatCount: number): Float32Array {
  const focalPoint = focalPointOf(plan);
  const exact = new Float64Array(seatCount);
  let index = 0;
  let farthest = 0;
  for (const { rows } of plan.zones) {
    for (const { seats } of rows) {
      for (const seat of seats) {
        exact[index] = distance(seat, focalPoint);
        farthest = Math.max(farthest, exact[index++]!);
      }
    }
  }
  const step = farthest === 0 ? 1 : 2 ** (Math.ceil(Math.log2(farthest)) - DISTANCE_BITS);
  return Float32Array.from(exact, (value) => Math.round(value / step) * step);
}
