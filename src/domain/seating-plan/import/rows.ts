import { kindOf, quoted, readList, readObject, readPosition, readText, rounded } from './fields.js';
import {
  MAX_LABEL_LENGTH,
  MAX_ROWS,
  MAX_SEAT_GUID_LENGTH,
  MAX_SEATS,
  MAX_SEATS_IN_ROW,
} from '../limits.js';
import type { PlanPoint, PlanRow, PlanSeat } from '../plan.js';
import { isFull, report, type PlanProblems } from './problems.js';
import { inStandingOrder } from '../row-order.js';
import { isName, nfc } from '../../shared/text.js';

/** State while a plan is read. */
export interface Reading {
  readonly problems: PlanProblems;
  /** Index of each category by its name. */
  readonly categories: Map<string, number>;
  readonly seatIds: Set<string>;
  rowCount: number;
  /** Seats listed so far, including invalid ones. */
  seatCount: number;
  areaCount: number;
}

/** Reads the rows of one zone, with absolute positions. Rows without seats are skipped. */
export function readRows(
  value: unknown,
  origin: PlanPoint,
  path: string,
  reading: Reading,
): PlanRow[] | undefined {
  const { problems } = reading;
  const list = readList(value, path, problems);
  if (!list) return undefined;
  reading.rowCount += list.length;
  if (reading.rowCount > MAX_ROWS) {
    return report(
      problems,
      'too-many-rows',
      path,
      `Split the plan: it may have no more than ${MAX_ROWS} rows.`,
    );
  }
  const rows: PlanRow[] = [];
  for (let at = 0; at < list.length && !isFull(problems); at++) {
    const row = readRow(list[at], origin, `${path}/${at}`, reading);
    if (reading.seatCount > MAX_SEATS) return undefined;
    if (row && row.seats.length > 0) rows.push(row);
  }
  return rows;
}

function readRow(
  value: unknown,
  origin: PlanPoint,
  path: string,
  reading: Reading,
): PlanRow | undefined {
  const { problems } = reading;
  const fields = readObject(value, path, problems);
  if (!fields) return undefined;
  const label = readText(fields.row_number, `${path}/row_number`, problems, MAX_LABEL_LENGTH);
  const start = readPosition(fields.position, origin, `${path}/position`, problems, true) ?? origin;
  const list = readList(fields.seats, `${path}/seats`, problems);
  if (!list) return undefined;
  reading.seatCount += list.length;
  if (reading.seatCount > MAX_SEATS) {
    const detail = `Split the plan: it may have no more than ${MAX_SEATS} seats.`;
    return report(problems, 'too-many-seats', `${path}/seats`, detail);
  }
  if (list.length > MAX_SEATS_IN_ROW) {
    const detail =
      `Split this row of ${list.length} seats: ` +
      `a row may have no more than ${MAX_SEATS_IN_ROW}.`;
    return report(problems, 'row-too-long', `${path}/seats`, detail);
  }
  const seats: PlanSeat[] = [];
  for (let at = 0; at < list.length && !isFull(problems); at++) {
    const seat = readSeat(list[at], start, path, at, reading);
    if (seat) seats.push(seat);
  }
  const labels = readLabels(fields, path, problems);
  return label === undefined ? undefined : { label, ...labels, seats: inStandingOrder(seats) };
}

/** Templates for the row and its seats, with `%s` for their number, as in pretix. */
function readLabels(
  fields: Readonly<Record<string, unknown>>,
  path: string,
  problems: PlanProblems,
): Pick<PlanRow, 'rowLabel' | 'seatLabel'> {
  const labelOf = (name: 'row_label' | 'seat_label') =>
    readText(fields[name] ?? '', `${path}/${name}`, problems, MAX_LABEL_LENGTH) || undefined;
  const [rowLabel, seatLabel] = [labelOf('row_label'), labelOf('seat_label')];
  return {
    ...(rowLabel !== undefined && { rowLabel }),
    ...(seatLabel !== undefined && { seatLabel }),
  };
}

function readSeat(
  value: unknown,
  start: PlanPoint,
  rowPath: string,
  at: number,
  reading: Reading,
): PlanSeat | undefined {
  const { problems } = reading;
  const path = `${rowPath}/seats/${at}`;
  const fields = readObject(value, path, problems);
  if (!fields) return undefined;
  const id = readSeatId(fields.seat_guid, `${path}/seat_guid`, reading);
  const number = readText(fields.seat_number, `${path}/seat_number`, problems, MAX_LABEL_LENGTH);
  const position = readPosition(fields.position, start, `${path}/position`, problems);
  const category = readCategoryOfSeat(fields.category, `${path}/category`, reading);
  if (id === undefined || number === undefined || !position || category === undefined)
    return undefined;
  return { id, number, x: rounded(position.x), y: rounded(position.y), category };
}

function readSeatId(
  value: unknown,
  path: string,
  { problems, seatIds }: Reading,
): string | undefined {
  const given = typeof value === 'number' && Number.isFinite(value) ? String(value) : value;
  if (typeof given !== 'string') {
    return report(
      problems,
      'plan-malformed',
      path,
      `Give the seat a seat_guid, a text, not ${kindOf(value)}.`,
    );
  }
  const id = nfc(given);
  if (id.length > MAX_SEAT_GUID_LENGTH || !isName(id)) {
    const detail =
      `Give a seat_guid of 1 to ${MAX_SEAT_GUID_LENGTH} visible characters ` +
      'without control characters.';
    return report(problems, 'seat-guid-invalid', path, detail);
  }
  if (seatIds.has(id)) {
    const detail = `Give this seat a seat_guid of its own: an earlier seat has ${quoted(id)} too.`;
    return report(problems, 'seat-guid-repeated', path, detail);
  }
  seatIds.add(id);
  return id;
}

function readCategoryOfSeat(
  value: unknown,
  path: string,
  { problems, categories }: Reading,
): number | undefined {
  if (typeof value !== 'string') {
    const detail = `Name one of the plan's categories here, not ${kindOf(value)}.`;
    return report(problems, 'plan-malformed', path, detail);
  }
  const category = categories.get(nfc(value));
  if (category !== undefined) return category;
  const detail = `Add a category named ${quoted(value)} to the plan, or name one that it has.`;
  return report(problems, 'category-unknown', path, detail);
}
