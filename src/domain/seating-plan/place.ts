import type { SeatLayout } from './layout.js';
import type { PlanRow } from './plan.js';

/** Location of a seat, as printed on its ticket. */
export interface Place {
  readonly section: string;
  readonly row: string;
  readonly number: string;
  readonly category: string;
  /** Replaces "row" and `row` where the plan has a label, such as `Table 4`. */
  readonly rowLabel?: string;
  /** Replaces "seat" and `number` where the plan has a label, such as `Chair 2`. */
  readonly seatLabel?: string;
}

/** @param seat index in the layout */
export function placeOf(layout: SeatLayout, seat: number): Place {
  const rowIndex = layout.rowOf[seat]!;
  const row = layout.rows[rowIndex]!;
  const number = layout.numbers[seat]!;
  const rowLabel = withNumber(layout.rowLabels[rowIndex], row);
  const seatLabel = withNumber(layout.seatLabels[rowIndex], number);
  return {
    section: layout.sections[layout.sectionOf[seat]!]!,
    row,
    number,
    category: layout.categories[layout.categoryOf[seat]!]!.name,
    ...(rowLabel !== undefined && { rowLabel }),
    ...(seatLabel !== undefined && { seatLabel }),
  };
}

/**
 * Formats a place in one line: `Stalls, row 4, seat 2`, or with the plan's own labels `Stalls,
 * Table 4, Chair 2`.
 */
export const placeText = ({ section, row, number, rowLabel, seatLabel }: Place): string =>
  [section, rowLabel ?? `row ${row}`, seatLabel ?? `seat ${number}`].join(', ');

/** Formats the place of a seat without a layout. */
export const labelText = (
  section: string,
  { label, rowLabel, seatLabel }: Pick<PlanRow, 'label' | 'rowLabel' | 'seatLabel'>,
  number: string,
): string =>
  [
    section,
    withNumber(rowLabel, label) ?? `row ${label}`,
    withNumber(seatLabel, number) ?? `seat ${number}`,
  ].join(', ');

function withNumber(template: string | undefined, number: string): string | undefined {
  return template?.replaceAll('%s', () => number);
}
