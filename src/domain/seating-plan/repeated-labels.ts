import type { SeatLayout } from './layout.js';
import { placeOf, placeText } from './place.js';

/** Warnings of one plan; the rest is counted. */
export const MAX_WARNINGS = 20;

/** A plan that is taken, but that people will have trouble with. */
export interface PlanWarning {
  readonly code: 'labels-repeated';
  /** How the seats are shown, such as `Stalls, row 4, seat 2`. */
  readonly label: string;
  /** The first seats that are shown so, up to five. */
  readonly seatIds: readonly string[];
  readonly detail: string;
}

const MAX_SEATS_NAMED = 5;

/** Seats that look the same on a ticket: neither their buyers nor the ushers can tell them apart. */
export function repeatedLabels(layout: SeatLayout): PlanWarning[] {
  const seatsOf = new Map<string, number[]>();
  for (let seat = 0; seat < layout.seatCount; seat++) {
    const label = placeText(placeOf(layout, seat));
    const seats = seatsOf.get(label);
    if (seats) seats.push(seat);
    else seatsOf.set(label, [seat]);
  }
  return [...seatsOf]
    .filter(([, seats]) => seats.length > 1)
    .slice(0, MAX_WARNINGS)
    .map(([label, seats]) => ({
      code: 'labels-repeated',
      label,
      seatIds: seats.slice(0, MAX_SEATS_NAMED).map((seat) => layout.seatIds[seat]!),
      detail: `${seats.length} seats are shown as "${label}". Give them different rows, numbers or labels.`,
    }));
}
