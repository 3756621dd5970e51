import {
  importSeatingPlan,
  type SeatingPlan,
} from '../../../src/domain/seating-plan/import/import.js';
import { plan, row, seat, zone, type Json } from '../../support/seat-inventory/pretix.js';

/** Two zones, three rows, an aisle in the first row and a stage. */
export const VENUE_PLAN = plan(
  [
    zone(
      [
        row(
          [0, 10, 20, 45, 55].map((x, at) => seatAt(`S-1-${at + 1}`, x, 0)),
          { row_number: 'A' },
        ),
      ],
      {
        name: 'Stalls',
        areas: [{ width: 40, height: 20, position: { x: 10, y: -50 }, text: 'Main stage' }],
      },
    ),
    zone(
      [
        row([seatAt('B-1-1', 0, 0), seatAt('B-1-2', 10, 0, { category: 'B' })], {
          row_number: 'A',
        }),
        row([seatAt('B-2-1', 0, 10)], { row_number: 'B' }),
      ],
      { name: 'Balcony', position: { x: 0, y: 100 } },
    ),
  ],
  { categories: [{ name: 'A' }, { name: 'B', color: '#00ff00' }] },
);

export function seatAt(id: string, x: number, y: number, more: Json = {}): Json {
  return seat(id, { position: { x, y }, ...more });
}

export function imported(input: unknown): SeatingPlan {
  const answer = importSeatingPlan(input);
  if (!answer.ok) throw new Error(JSON.stringify(answer.problems));
  return answer.plan;
}
