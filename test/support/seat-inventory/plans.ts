import { createHash } from 'node:crypto';
import { buildLayout } from '../../../src/domain/seating-plan/build-layout.js';
import { canonicalPlanJson } from '../../../src/domain/seating-plan/canonical.js';
import type { SeatLayout } from '../../../src/domain/seating-plan/layout.js';
import type { PlanRow, SeatingPlan } from '../../../src/domain/seating-plan/plan.js';

/** Plan units between neighbours, and between rows. */
const SPACING = 10;

/** A row of seats side by side, named `<label><number>` from 1 on. */
function row(label: string, seats: number, y: number, category: number): PlanRow {
  return {
    label,
    seats: Array.from({ length: seats }, (_, at) => ({
      id: `${label}${at + 1}`,
      number: String(at + 1),
      x: at * SPACING,
      y,
      category,
    })),
  };
}

/**
 * Twenty seats: rows A and B of eight in the stalls, row C of four in the balcony. The stage is
 * above the middle of row A, so its seats 4 and 5 are the best. The plan knows a third category,
 * `Boxes`, that has no seats.
 */
export const theatrePlan: SeatingPlan = {
  name: 'Little theatre',
  size: { width: 100, height: 60 },
  focalPoint: { x: 35, y: 0 },
  categories: [
    { name: 'Stalls', color: '#884422' },
    { name: 'Balcony', color: '#228844' },
    { name: 'Boxes', color: '#222288' },
  ],
  zones: [
    { name: 'Stalls', rows: [row('A', 8, 10, 0), row('B', 8, 20, 0)], areas: [] },
    { name: 'Balcony', rows: [row('C', 4, 40, 1)], areas: [] },
  ],
};

/**
 * A plan of one category, `Standard`, in rows of `perRow` seats named `<row>-<number>`, the first
 * row nearest to the stage.
 */
export function rectangularPlan(seats: number, perRow = 50): SeatingPlan {
  const rows = Array.from({ length: Math.ceil(seats / perRow) }, (_, at) =>
    row(`${at + 1}-`, Math.min(perRow, seats - at * perRow), (at + 1) * SPACING, 0),
  );
  return {
    name: `Hall of ${seats}`,
    size: { width: perRow * SPACING, height: (rows.length + 1) * SPACING },
    focalPoint: { x: (perRow * SPACING) / 2, y: 0 },
    categories: [{ name: 'Standard', color: '#3d5a80' }],
    zones: [{ name: 'Parquet', rows, areas: [] }],
  };
}

export const layoutOf = (plan: SeatingPlan): SeatLayout =>
  buildLayout(plan, createHash('sha256').update(canonicalPlanJson(plan)).digest('hex'));

export const theatre = layoutOf(theatrePlan);
