import type { SeatAvailability } from '../../../src/domain/seat-inventory/state/availability.js';
import { AVAILABLE, SOLD } from '../../../src/domain/seat-inventory/state/availability.js';
import { buildLayout } from '../../../src/domain/seating-plan/build-layout.js';
import {
  importSeatingPlan,
  type SeatingPlan,
} from '../../../src/domain/seating-plan/import/import.js';
import type { SeatLayout } from '../../../src/domain/seating-plan/layout.js';

/** A seating plan drawn as text: one list of rows per section. */
export interface DrawnPlan {
  readonly plan: SeatingPlan;
  readonly layout: SeatLayout;
  readonly availability: SeatAvailability;
}

const SEAT_WIDTH = 10;
const ROW_DEPTH = 30;

/**
 * Draws sections of rows, one below the other. In a row `.` is a free seat of category A, `o` a
 * free one of category B, `#` a sold seat of category A and a space an aisle. The seats of the
 * first row of section 1 are 1-1-1, 1-1-2 and so on. Default of the focal point: in front of the
 * first row's left end.
 */
export function drawPlan(
  sections: readonly (readonly string[])[],
  focalPoint = { x: 0, y: -ROW_DEPTH },
): DrawnPlan {
  let depth = 0;
  const zones = sections.map((rows, section) => ({
    name: `Section ${section + 1}`,
    position: { x: 0, y: 0 },
    rows: rows.map((picture, row) => ({
      row_number: String(row + 1),
      position: { x: 0, y: ROW_DEPTH * depth++ },
      seats: seatsOf(picture, `${section + 1}-${row + 1}`),
    })),
  }));
  const categories = [{ name: 'A' }, { name: 'B' }];
  const imported = importSeatingPlan({ name: 'House', categories, zones, focalPoint });
  if (!imported.ok) throw new Error(JSON.stringify(imported.problems));
  const layout = buildLayout(imported.plan, 'hash');
  const letters = sections.flat().join('').replaceAll(' ', '');
  return {
    plan: imported.plan,
    layout,
    availability: availabilityOf(layout, (seat) => letters[seat] !== '#'),
  };
}

/** Which seats are free, with the count of each run. */
export function availabilityOf(
  layout: SeatLayout,
  isFree: (seat: number) => boolean,
): SeatAvailability {
  const status = Uint8Array.from({ length: layout.seatCount }, (_, seat) =>
    isFree(seat) ? AVAILABLE : SOLD,
  );
  const freeInRun = new Uint16Array(layout.runStart.length - 1);
  for (let seat = 0; seat < layout.seatCount; seat++) {
    if (status[seat] === AVAILABLE) freeInRun[layout.runOf[seat]!]!++;
  }
  return { status, freeInRun };
}

function seatsOf(picture: string, row: string): object[] {
  let number = 0;
  return [...picture].flatMap((letter, at) => {
    if (letter === ' ') return [];
    number++;
    const category = letter === 'o' ? 'B' : 'A';
    const position = { x: at * SEAT_WIDTH, y: 0 };
    return [{ seat_guid: `${row}-${number}`, seat_number: String(number), position, category }];
  });
}
