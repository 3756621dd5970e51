import type { PretixPosition } from './pretix-plan.js';

/**
 * The front row of a bowl: a rectangle with round corners around the center (0, 0). Every other row
 * is the same curve at a distance, so rows stay parallel and the aisles between them run straight
 * up. The curve has nine pieces, clockwise from the middle of the right side (y points down): half
 * a side, a corner, a side … half a side. A place on it is the number of a piece plus how far into
 * it. Lengths are in plan units.
 */
export interface BowlCurve {
  readonly halfWidth: number;
  readonly halfHeight: number;
  readonly pieces: readonly Piece[];
}

/** A straight piece has no radius; a corner turns by a quarter from `angle`. */
interface Piece {
  readonly start: PretixPosition;
  /** Direction in which it leaves its start, radians clockwise from the right. */
  readonly angle: number;
  readonly length: number;
  readonly radius: number;
}

/** Distance between the touchline and the front row. */
const RUN_OFF = 120;
/** Corner radius as a fraction of half the height. */
const ROUNDNESS = 0.75;

export function bowlCurve(pitch: { width: number; height: number }): BowlCurve {
  const halfWidth = pitch.width / 2 + RUN_OFF;
  const halfHeight = pitch.height / 2 + RUN_OFF;
  return { halfWidth, halfHeight, pieces: piecesOf(halfWidth, halfHeight, halfHeight * ROUNDNESS) };
}

/** Where the curve ends, which is where it began. */
const END = 9;

/**
 * Places that cut the curve, `offset` behind the front row, into `count` parts of equal length; one
 * more than parts.
 */
export function equalParts(curve: BowlCurve, count: number, offset: number): number[] {
  const total = lengthOf(curve, 0, END, offset);
  const cuts = Array.from({ length: count }, (_, at) =>
    placeAt(curve, (at / count) * total, offset),
  );
  return [...cuts, END];
}

/** All around, `offset` behind the front row. */
export function wholeLength(curve: BowlCurve, offset: number): number {
  return lengthUpTo(curve, END, offset);
}

/** Length of the curve between two places, `offset` behind the front row. */
export function lengthOf(curve: BowlCurve, from: number, to: number, offset: number): number {
  return lengthUpTo(curve, to, offset) - lengthUpTo(curve, from, offset);
}

/**
 * The point `along` plan units after the place `from`, `offset` behind the front row; to a tenth of
 * a unit.
 */
export function pointOf(
  curve: BowlCurve,
  from: number,
  along: number,
  offset: number,
): PretixPosition {
  const place = placeAt(curve, lengthUpTo(curve, from, offset) + along, offset);
  const number = Math.min(Math.floor(place), END - 1);
  return tenths(pointOn(curve.pieces[number]!, place - number, offset));
}

const QUARTER = Math.PI / 2;

function piecesOf(halfWidth: number, halfHeight: number, radius: number): Piece[] {
  const x = halfWidth - radius;
  const y = halfHeight - radius;
  const straight = (startX: number, startY: number, turns: number, length: number): Piece => ({
    start: { x: startX, y: startY },
    angle: turns * QUARTER,
    length,
    radius: 0,
  });
  const corner = (startX: number, startY: number, turns: number): Piece => ({
    ...straight(startX, startY, turns, radius * QUARTER),
    radius,
  });
  return [
    straight(halfWidth, 0, 1, y),
    corner(halfWidth, y, 1),
    straight(x, halfHeight, 2, 2 * x),
    corner(-x, halfHeight, 2),
    straight(-halfWidth, y, 3, 2 * y),
    corner(-halfWidth, -y, 3),
    straight(-x, -halfHeight, 0, 2 * x),
    corner(x, -halfHeight, 0),
    straight(halfWidth, -y, 1, y),
  ];
}

/** Corners widen with the distance, straight pieces do not. */
function lengthAt({ length, radius }: Piece, offset: number): number {
  return radius === 0 ? length : (radius + offset) * QUARTER;
}

function lengthUpTo(curve: BowlCurve, place: number, offset: number): number {
  return curve.pieces.reduce((sum, piece, number) => {
    return sum + Math.min(1, Math.max(0, place - number)) * lengthAt(piece, offset);
  }, 0);
}

/** The place `length` plan units after the beginning. */
function placeAt(curve: BowlCurve, length: number, offset: number): number {
  let left = length;
  for (const [number, piece] of curve.pieces.entries()) {
    const whole = lengthAt(piece, offset);
    if (left <= whole) return number + left / whole;
    left -= whole;
  }
  return END;
}

function pointOn(
  { start, angle, length, radius }: Piece,
  part: number,
  offset: number,
): PretixPosition {
  // Outwards is a quarter to the left of the direction of travel.
  const outwards = (direction: number) => ({ x: Math.sin(direction), y: -Math.cos(direction) });
  if (radius === 0) {
    const out = outwards(angle);
    return {
      x: start.x + Math.cos(angle) * part * length + out.x * offset,
      y: start.y + Math.sin(angle) * part * length + out.y * offset,
    };
  }
  const from = outwards(angle);
  const center = { x: start.x - from.x * radius, y: start.y - from.y * radius };
  const out = outwards(angle + part * QUARTER);
  return { x: center.x + out.x * (radius + offset), y: center.y + out.y * (radius + offset) };
}

function tenths({ x, y }: PretixPosition): PretixPosition {
  return { x: Math.round(x * 10) / 10 + 0, y: Math.round(y * 10) / 10 + 0 };
}
