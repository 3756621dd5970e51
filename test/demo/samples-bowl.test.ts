import { bowlPlan } from '../../src/demo/samples/bowl-plan.js';
import { buildLayout } from '../../src/domain/seating-plan/build-layout.js';
import { focalPointOf } from '../../src/domain/seating-plan/focal-point.js';
import { importSeatingPlan } from '../../src/domain/seating-plan/import/import.js';
import type { SeatLayout } from '../../src/domain/seating-plan/layout.js';

/** Plan units: a tenth of a meter. */
const SEAT_WIDTH = 5;

describe('a bowl', () => {
  it.each([1, 2, 549, 550, 2_999, 3_000, 20_001])('of %p seats has exactly as many', (capacity) => {
    const { layout } = bowlOf(capacity);
    expect(layout.seatCount).toBe(capacity);
    expect(layout.indexOf.size).toBe(capacity);
  });

  it.each([0, -1, 1.5, NaN, 200_001])('of %p seats cannot be built', (capacity) => {
    expect(() => bowlPlan({ name: 'Bowl', capacity })).toThrow(RangeError);
  });

  it('is the same each time it is built', () => {
    expect(bowlPlan({ name: 'Bowl', capacity: 3_000 })).toEqual(
      bowlPlan({ name: 'Bowl', capacity: 3_000 }),
    );
  });

  it('has three tiers around a pitch, and names a seat by section, row and number', () => {
    const { plan, layout } = bowlOf(20_000);
    expect(plan.categories.map(({ name }) => name)).toEqual(['Lower', 'Middle', 'Upper']);
    expect(plan.zones[0]!.areas.map(({ text }) => text)).toContain('Pitch');
    expect(focalPointOf(plan)).toEqual({ x: plan.size.width / 2, y: plan.size.height / 2 });
    expect(
      layout.sections.filter((section) => /^(Lower 1|Middle 2|Upper 3)\d\d$/.test(section)),
    ).toEqual(layout.sections);
    const seat = layout.indexOf.get('101-1-1')!;
    expect([
      layout.sections[layout.sectionOf[seat]!],
      layout.rows[layout.rowOf[seat]!],
      layout.numbers[seat],
    ]).toEqual(['Lower 101', '1', '1']);
    const farther = (category: number) => least(layout, (at) => layout.categoryOf[at] === category);
    expect(farther(0)).toBeLessThan(farther(1));
    expect(farther(1)).toBeLessThan(farther(2));
  });

  it('keeps neighbours a seat’s width apart, rows apart, and everybody off the pitch', () => {
    const { plan, layout } = bowlOf(20_000);
    const pitch = plan.zones[0]!.areas.find(({ text }) => text === 'Pitch')!;
    const { width, height } = plan.size;
    const within = (seat: number, left: number, top: number, right: number, bottom: number) =>
      layout.x[seat]! > left &&
      layout.x[seat]! < right &&
      layout.y[seat]! > top &&
      layout.y[seat]! < bottom;
    const seats = [...layout.seatIds.keys()];
    const onPitch = (seat: number) =>
      within(seat, pitch.x, pitch.y, pitch.x + pitch.width, pitch.y + pitch.height);
    expect(seats.filter(onPitch)).toEqual([]);
    expect(seats.filter((seat) => !within(seat, 0, 0, width, height))).toEqual([]);
    const gaps = seats
      .filter((seat) => seat > 0 && layout.rowOf[seat] === layout.rowOf[seat - 1])
      .map((seat) =>
        Math.hypot(layout.x[seat]! - layout.x[seat - 1]!, layout.y[seat]! - layout.y[seat - 1]!),
      );
    const closest = gaps.reduce((least, gap) => (gap < least ? gap : least));
    expect(closest).toBeGreaterThan(SEAT_WIDTH * 0.9);
    expect(nearestPair(layout)).toBeGreaterThan(SEAT_WIDTH * 0.9);
    // No aisle runs through a row: each row of a section is one run.
    expect(layout.runStart).toHaveLength(layout.rows.length + 1);
  });
});

function bowlOf(capacity: number) {
  const imported = importSeatingPlan(bowlPlan({ name: 'Bowl', capacity }));
  if (!imported.ok) throw new Error(JSON.stringify(imported.problems));
  return { plan: imported.plan, layout: buildLayout(imported.plan, 'hash') };
}

function least({ focalDistance }: SeatLayout, isMeant: (seat: number) => boolean): number {
  return focalDistance.reduce(
    (nearest, distance, seat) => (isMeant(seat) ? Math.min(nearest, distance) : nearest),
    Infinity,
  );
}

/**
 * Distance of the two seats that are nearest to each other, found by sorting the seats into
 * squares.
 */
function nearestPair({ x, y, seatCount }: SeatLayout): number {
  const squares = new Map<string, number[]>();
  const squareOf = (seat: number, dx = 0, dy = 0) =>
    `${Math.floor(x[seat]! / SEAT_WIDTH) + dx} ${Math.floor(y[seat]! / SEAT_WIDTH) + dy}`;
  let nearest = Infinity;
  for (let seat = 0; seat < seatCount; seat++) {
    for (const dx of [-1, 0, 1]) {
      for (const dy of [-1, 0, 1]) {
        for (const other of squares.get(squareOf(seat, dx, dy)) ?? []) {
          nearest = Math.min(nearest, Math.hypot(x[seat]! - x[other]!, y[seat]! - y[other]!));
        }
      }
    }
    const square = squareOf(seat);
    squares.set(square, [...(squares.get(square) ?? []), seat]);
  }
  return nearest;
}
