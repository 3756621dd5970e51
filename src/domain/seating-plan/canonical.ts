import type { PlanArea, PlanRow, PlanSeat, SeatingPlan } from './plan.js';

/**
 * Version of the stored text. A plan is addressed by its hash and never rewritten, so older texts
 * must stay readable.
 */
const CANONICAL_VERSION = 1;

/**
 * A seat as `[id, number, x, y, category]`: with field names it would take three times the space.
 */
type SeatColumns = [id: string, number: string, x: number, y: number, category: number];

interface CanonicalPlan extends Omit<SeatingPlan, 'zones'> {
  readonly version: number;
  readonly zones: {
    readonly name: string;
    readonly rows: (Omit<PlanRow, 'seats'> & { readonly seats: SeatColumns[] })[];
    readonly areas: readonly PlanArea[];
  }[];
}

/**
 * Returns compact JSON that does not depend on the order of keys and on unknown fields of the
 * source, so that its SHA-256 identifies the plan.
 */
export function canonicalPlanJson(plan: SeatingPlan): string {
  const { focalPoint, size } = plan;
  const canonical: CanonicalPlan = {
    version: CANONICAL_VERSION,
    name: plan.name,
    size: { width: size.width, height: size.height },
    ...(focalPoint && { focalPoint: { x: focalPoint.x, y: focalPoint.y } }),
    categories: plan.categories.map(({ name, color }) => ({ name, color })),
    zones: plan.zones.map((zone) => ({
      name: zone.name,
      rows: zone.rows.map(({ label, rowLabel, seatLabel, seats }) => ({
        label,
        ...(rowLabel !== undefined && { rowLabel }),
        ...(seatLabel !== undefined && { seatLabel }),
        seats: seats.map(toColumns),
      })),
      areas: zone.areas.map(areaInOrder),
    })),
  };
  return JSON.stringify(canonical);
}

/** @throws Error when the text was not made by `canonicalPlanJson` */
export function parseCanonicalPlan(text: string): SeatingPlan {
  const { version, zones, ...plan } = JSON.parse(text) as CanonicalPlan;
  if (version !== CANONICAL_VERSION)
    throw new Error(`A stored seating plan has the unknown version ${version}.`);
  return {
    ...plan,
    zones: zones.map(({ name, rows, areas }) => ({
      name,
      areas,
      rows: rows.map(({ seats, ...row }) => ({ ...row, seats: seats.map(fromColumns) })),
    })),
  };
}

function toColumns({ id, number, x, y, category }: PlanSeat): SeatColumns {
  return [id, number, x, y, category];
}

function fromColumns([id, number, x, y, category]: SeatColumns): PlanSeat {
  return { id, number, x, y, category };
}

function areaInOrder(area: PlanArea): PlanArea {
  return {
    shape: area.shape,
    x: area.x,
    y: area.y,
    width: area.width,
    height: area.height,
    points: area.points.map(({ x, y }) => ({ x, y })),
    rotation: area.rotation,
    color: area.color,
    borderColor: area.borderColor,
    text: area.text,
    textAt: { x: area.textAt.x, y: area.textAt.y },
    textColor: area.textColor,
    textSize: area.textSize,
  };
}
