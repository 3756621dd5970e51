import { hash } from 'node:crypto';
import { canonicalPlanJson } from './canonical.js';
import type { SeatingPlan } from './plan.js';
import { repeatedLabels, type PlanWarning } from './import/repeated-labels.js';

/** A seating plan as it is stored, with the facts that the venue records. */
export interface PreparedPlan {
  /** SHA-256 of the canonical JSON, hex. */
  readonly hash: string;
  readonly canonical: string;
  readonly seatCount: number;
  readonly categories: readonly { readonly name: string; readonly seatCount: number }[];
  readonly warnings: readonly PlanWarning[];
}

export function preparePlan(plan: SeatingPlan): PreparedPlan {
  const counts = new Uint32Array(plan.categories.length);
  for (const { rows } of plan.zones)
    for (const { seats } of rows) for (const { category } of seats) counts[category]!++;
  const canonical = canonicalPlanJson(plan);
  return {
    hash: hash('sha256', canonical, 'hex'),
    canonical,
    seatCount: counts.reduce((sum, count) => sum + count, 0),
    categories: plan.categories.map(({ name }, at) => ({ name, seatCount: counts[at]! })),
    warnings: repeatedLabels(plan),
  };
}
