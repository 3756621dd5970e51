import type { SeatingPlan } from '../plan.js';
import { labelText } from '../place.js';

/** Maximum number of warnings for one plan. */
export const MAX_WARNINGS = 20;
/** Maximum number of seats named in one warning. */
const MAX_SEATS_NAMED = 5;

/** A problem of an accepted plan that will confuse people. */
export interface PlanWarning {
  readonly code: 'labels-repeated';
  /** Text that is shown for the seats, such as `Stalls, row 4, seat 2`. */
  readonly label: string;
  /** The first seats with this label, up to five. */
  readonly seatIds: readonly string[];
  readonly detail: string;
}

/** Finds seats with the same text on their tickets: buyers and ushers cannot tell them apart. */
export function repeatedLabels({ zones }: SeatingPlan): PlanWarning[] {
  const seatsOf = new Map<string, string[]>();
  for (const zone of zones)
    for (const row of zone.rows)
      for (const { id, number } of row.seats) {
        const label = labelText(zone.name, row, number);
        const seats = seatsOf.get(label);
        if (seats) seats.push(id);
        else seatsOf.set(label, [id]);
      }
  return [...seatsOf]
    .filter(([, seats]) => seats.length > 1)
    .slice(0, MAX_WARNINGS)
    .map(([label, seats]) => ({
      code: 'labels-repeated',
      label,
      seatIds: seats.slice(0, MAX_SEATS_NAMED),
      detail:
        `${seats.length} seats are shown as "${label}". ` +
        'Give them different rows, numbers or labels.',
    }));
}
