import type { PlanPoint } from './plan.js';

/**
 * The order by position is preferred only if it makes the path along the row shorter by this
 * factor.
 */
const CLEARLY_SHORTER = 0.995;

/**
 * Returns the seats of one row in the order in which people sit. Nearly every plan lists them in
 * this order and is not changed. In some plans (odd numbers on the left, even numbers on the right)
 * neighbors in the list are not neighbors in the row: their seats are sorted along the row, in the
 * main direction of the list.
 */
export function inStandingOrder<Seat extends PlanPoint>(seats: readonly Seat[]): readonly Seat[] {
  if (seats.length < 3) return seats;
  const along = directionOf(seats);
  const reach = seats.map((seat) => seat.x * along.x + seat.y * along.y);
  if (isMonotone(reach)) return seats;
  const forwards = correlation(reach) >= 0 ? 1 : -1;
  const order = seats
    .map((_, at) => at)
    .sort((a, b) => forwards * (reach[a]! - reach[b]!) || a - b);
  const sorted = order.map((at) => seats[at]!);
  return walk(sorted) < walk(seats) * CLEARLY_SHORTER ? sorted : seats;
}

/** Returns the unit vector along which the seats spread most. */
function directionOf(seats: readonly PlanPoint[]): PlanPoint {
  let x = 0;
  let y = 0;
  for (const seat of seats) {
    x += seat.x;
    y += seat.y;
  }
  x /= seats.length;
  y /= seats.length;
  let xx = 0;
  let xy = 0;
  let yy = 0;
  for (const seat of seats) {
    xx += (seat.x - x) ** 2;
    xy += (seat.x - x) * (seat.y - y);
    yy += (seat.y - y) ** 2;
  }
  const angle = 0.5 * Math.atan2(2 * xy, xx - yy);
  return { x: Math.cos(angle), y: Math.sin(angle) };
}

function isMonotone(values: readonly number[]): boolean {
  let rising = true;
  let falling = true;
  for (let at = 1; at < values.length; at++) {
    if (values[at]! < values[at - 1]!) rising = false;
    if (values[at]! > values[at - 1]!) falling = false;
  }
  return rising || falling;
}

/** Positive when later values tend to be larger. */
function correlation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const middle = (values.length - 1) / 2;
  return values.reduce((sum, value, at) => sum + (at - middle) * (value - mean), 0);
}

function walk(seats: readonly PlanPoint[]): number {
  let length = 0;
  for (let at = 1; at < seats.length; at++) length += distance(seats[at - 1]!, seats[at]!);
  return length;
}

/**
 * Returns the distance in plan units. `Math.hypot` takes several times as long, and this runs for
 * every seat.
 */
export function distance(a: PlanPoint, b: PlanPoint): number {
  const x = a.x - b.x;
  const y = a.y - b.y;
  return Math.sqrt(x * x + y * y);
}
