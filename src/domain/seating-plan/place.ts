import type { SeatLayout } from './layout.js';

/** Where a seat is, in the words on its ticket. */
export interface Place {
  readonly section: string;
  readonly row: string;
  readonly number: string;
  readonly category: string;
}

/** @param seat index in the layout */
export function placeOf(layout: SeatLayout, seat: number): Place {
  return {
    section: layout.sections[layout.sectionOf[seat]!]!,
    row: layout.rows[layout.rowOf[seat]!]!,
    number: layout.numbers[seat]!,
    category: layout.categories[layout.categoryOf[seat]!]!.name,
  };
}
