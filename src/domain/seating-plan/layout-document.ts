import { focalPointOf } from './focal-point.js';
import type { SeatLayout } from './layout.js';
import type { PlanArea, PlanPoint, SeatingPlan } from './plan.js';

/** Precision of seat positions: 1/100 plan unit, far below a pixel. */
const DRAWN_DECIMALS = 100;

/**
 * The static seating plan for drawing in a browser: one column per property, in plan order like the
 * letters of the seat status. Positions are absolute, in plan units, with y downwards.
 */
export interface LayoutDocument {
  readonly hash: string;
  readonly name: string;
  readonly size: { readonly width: number; readonly height: number };
  readonly focalPoint: PlanPoint;
  readonly seatCount: number;
  readonly categories: readonly { readonly name: string; readonly color: string }[];
  readonly sections: readonly string[];
  /** Labels, one entry per row of the plan. */
  readonly rows: readonly string[];
  /**
   * Templates for rows and seats, one entry per row, with `%s` for the number. Missing if no row
   * has one.
   */
  readonly rowLabels?: readonly (string | null)[];
  readonly seatLabels?: readonly (string | null)[];
  /** Stage, pitch and other shapes that are drawn below the seats. */
  readonly areas: readonly PlanArea[];
  readonly seats: {
    readonly id: readonly string[];
    /** Index into `sections`. */
    readonly section: readonly number[];
    /** Index into `rows`. */
    readonly row: readonly number[];
    readonly number: readonly string[];
    /** Index into `categories`. */
    readonly category: readonly number[];
    readonly x: readonly number[];
    readonly y: readonly number[];
  };
  /** First seat of each run of seats without an aisle; the last entry is the number of seats. */
  readonly runStart: readonly number[];
}

export function layoutDocument(layout: SeatLayout, plan: SeatingPlan): LayoutDocument {
  const drawn = (value: number) => Math.round(value * DRAWN_DECIMALS) / DRAWN_DECIMALS;
  return {
    hash: layout.hash,
    name: layout.name,
    size: plan.size,
    focalPoint: focalPointOf(plan),
    seatCount: layout.seatCount,
    categories: layout.categories,
    sections: layout.sections,
    rows: layout.rows,
    ...(isAnyGiven(layout.rowLabels) && { rowLabels: layout.rowLabels.map(orNull) }),
    ...(isAnyGiven(layout.seatLabels) && { seatLabels: layout.seatLabels.map(orNull) }),
    areas: plan.zones.flatMap(({ areas }) => areas),
    seats: {
      id: layout.seatIds,
      section: Array.from(layout.sectionOf),
      row: Array.from(layout.rowOf),
      number: layout.numbers,
      category: Array.from(layout.categoryOf),
      x: Array.from(layout.x, drawn),
      y: Array.from(layout.y, drawn),
    },
    runStart: Array.from(layout.runStart),
  };
}

const isAnyGiven = (labels: readonly (string | undefined)[]): boolean =>
  labels.some((label) => label !== undefined);

const orNull = (label: string | undefined): string | null => label ?? null;
