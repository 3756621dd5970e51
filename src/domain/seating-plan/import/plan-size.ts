import { isObject, kindOf, readExtent } from './fields.js';
import type { PlanPoint, PlanZone, SeatingPlan } from '../plan.js';
import { report, type PlanProblems } from './problems.js';

/** Margin right of and below the outermost seat of a plan without a size, in plan units. */
const MARGIN = 40;

/** Returns the size of the plan, or one that contains all seats and areas. */
export function readSize(
  value: unknown,
  zones: readonly PlanZone[],
  problems: PlanProblems,
): SeatingPlan['size'] | undefined {
  if (value === undefined || value === null) {
    const { maxX, maxY } = boundsOf(zones);
    return {
      width: Math.ceil(Math.max(0, maxX) + MARGIN),
      height: Math.ceil(Math.max(0, maxY) + MARGIN),
    };
  }
  if (!isObject(value)) {
    const detail =
      'Give the size as {"width": number, "height": number}, or leave it out, ' +
      `not ${kindOf(value)}.`;
    return report(problems, 'plan-malformed', '/size', detail);
  }
  const width = readExtent(value.width, '/size/width', problems);
  const height = readExtent(value.height, '/size/height', problems);
  return width === undefined || height === undefined ? undefined : { width, height };
}

export interface Bounds {
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
}

/** Returns the bounding box of all seats and areas. */
export function boundsOf(zones: readonly PlanZone[]): Bounds {
  const bounds = { minX: Infinity, minY: Infinity, maxX: -Infinity, maxY: -Infinity };
  const include = ({ x, y }: PlanPoint) => {
    bounds.minX = Math.min(bounds.minX, x);
    bounds.minY = Math.min(bounds.minY, y);
    bounds.maxX = Math.max(bounds.maxX, x);
    bounds.maxY = Math.max(bounds.maxY, y);
  };
  for (const { rows, areas } of zones) {
    for (const { seats } of rows) seats.forEach(include);
    for (const area of areas) {
      const { x, y, width, height } = area;
      const [left, top] = area.shape === 'ellipse' ? [x - width / 2, y - height / 2] : [x, y];
      include({ x: left, y: top });
      include({ x: left + width, y: top + height });
      for (const point of area.points) include({ x: x + point.x, y: y + point.y });
    }
  }
  return bounds;
}
