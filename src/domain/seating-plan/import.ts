import {
  kindOf,
  quoted,
  readColor,
  readList,
  readName,
  readObject,
  readPosition,
  readText,
  rounded,
} from './fields.js';
import { readAreas } from './import-areas.js';
import {
  MAX_CATEGORIES,
  MAX_LABEL_LENGTH,
  MAX_NAME_LENGTH,
  MAX_ROWS,
  MAX_SEAT_GUID_LENGTH,
  MAX_SEATS,
  MAX_SEATS_IN_ROW,
  MAX_ZONES,
} from './limits.js';
import type { PlanCategory, PlanPoint, PlanRow, PlanSeat, PlanZone, SeatingPlan } from './plan.js';
import { isFull, report, type PlanProblem, type PlanProblems } from './problems.js';
import { readSize } from './plan-size.js';
import { inStandingOrder } from './row-order.js';
import { isName, nfc } from '../shared/text.js';

export type { SeatingPlan } from './plan.js';
export type { PlanProblem, PlanProblemCode } from './problems.js';

export type ImportedPlan =
  | { readonly ok: true; readonly plan: SeatingPlan }
  | { readonly ok: false; readonly problems: readonly PlanProblem[] };

/** Colors of categories without a color, in turn. */
const CATEGORY_COLORS = [
  '#3d5a80',
  '#b3261e',
  '#e9a23b',
  '#1f7a4d',
  '#8d6a9f',
  '#2b6cb0',
  '#6ba368',
  '#e07a5f',
];

/** State while a plan is read. */
interface Reading {
  readonly problems: PlanProblems;
  /** Index of each category by its name. */
  readonly categories: Map<string, number>;
  readonly seatIds: Set<string>;
  rowCount: number;
  /** Seats listed so far, including invalid ones. */
  seatCount: number;
  areaCount: number;
}

/**
 * Reads a seating plan in pretix's public format, old or current. Unknown fields are dropped;
 * `focalPoint: {x, y}` at the top level is an extension. Never throws: returns a plan or up to
 * `MAX_PROBLEMS` problems for any input.
 */
export function importSeatingPlan(input: unknown): ImportedPlan {
  const reading: Reading = {
    problems: [],
    categories: new Map(),
    seatIds: new Set(),
    rowCount: 0,
    seatCount: 0,
    areaCount: 0,
  };
  const plan = readPlan(input, reading);
  return plan && reading.problems.length === 0
    ? { ok: true, plan }
    : { ok: false, problems: reading.problems };
}

function readPlan(input: unknown, reading: Reading): SeatingPlan | undefined {
  const { problems } = reading;
  const fields = readObject(input, '', problems);
  if (!fields) return undefined;
  const name = readName(fields.name, '/name', problems);
  const categories = readCategories(fields.categories, reading);
  const zones = readZones(fields.zones, reading);
  const focalPoint = readFocalPoint(fields.focalPoint, problems);
  if (reading.seatCount === 0 && zones) {
    report(problems, 'plan-without-seats', '/zones', 'Add at least one row with a seat to a zone.');
  }
  if (name === undefined || !categories || !zones || problems.length > 0) return undefined;
  const size = readSize(fields.size, zones, problems);
  return size && { name, size, ...(focalPoint && { focalPoint }), categories, zones };
}

function readFocalPoint(value: unknown, problems: PlanProblems): PlanPoint | undefined {
  if (value === undefined || value === null) return undefined;
  const point = readPosition(value, { x: 0, y: 0 }, '/focalPoint', problems);
  return point && { x: rounded(point.x), y: rounded(point.y) };
}

function readCategories(value: unknown, reading: Reading): PlanCategory[] | undefined {
  const { problems } = reading;
  const list = readList(value, '/categories', problems);
  if (!list) return undefined;
  if (list.length > MAX_CATEGORIES) {
    const detail =
      `Merge categories: ${list.length} are more than the ` +
      `${MAX_CATEGORIES} that a plan may have.`;
    return report(problems, 'too-many-categories', '/categories', detail);
  }
  const categories: PlanCategory[] = [];
  for (const [at, item] of list.entries()) {
    const path = `/categories/${at}`;
    const fields = readObject(item, path, problems);
    const name = fields && readName(fields.name, `${path}/name`, problems);
    if (!fields || name === undefined) continue;
    if (reading.categories.has(name)) {
      const detail = `Rename or remove this category: there is another one named ${quoted(name)}.`;
      report(problems, 'category-repeated', `${path}/name`, detail);
      continue;
    }
    reading.categories.set(name, categories.length);
    categories.push({
      name,
      color: readColor(fields.color, CATEGORY_COLORS[at % CATEGORY_COLORS.length]!),
    });
  }
  return categories;
}

function readZones(value: unknown, reading: Reading): PlanZone[] | undefined {
  const { problems } = reading;
  const list = readList(value, '/zones', problems);
  if (!list) return undefined;
  if (list.length > MAX_ZONES) {
    const detail =
      `Merge zones: ${list.length} are more than the ` + `${MAX_ZONES} that a plan may have.`;
    return report(problems, 'too-many-zones', '/zones', detail);
  }
  const zones: PlanZone[] = [];
  for (let at = 0; at < list.length && !isFull(problems); at++) {
    const zone = readZone(list[at], at, reading);
    if (zone) zones.push(zone);
    if (reading.seatCount > MAX_SEATS || reading.rowCount > MAX_ROWS) return undefined;
  }
  return zones;
}

function readZone(value: unknown, at: number, reading: Reading): PlanZone | undefined {
  const { problems } = reading;
  const path = `/zones/${at}`;
  const fields = readObject(value, path, problems);
  if (!fields) return undefined;
  const nameOf = (name: unknown, field: string) =>
    readText(name, `${path}/${field}`, problems, MAX_NAME_LENGTH);
  const name =
    nameOf(fields.name ?? '', 'name') ||
    nameOf(fields.zone_id ?? '', 'zone_id') ||
    `Zone ${at + 1}`;
  const origin = readPosition(fields.position, { x: 0, y: 0 }, `${path}/position`, problems) ?? {
    x: 0,
    y: 0,
  };
  const rows = readRows(fields.rows, origin, `${path}/rows`, reading);
  const areas = readAreas(fields.areas, origin, `${path}/areas`, reading);
  return rows && areas && { name, rows, areas };
}

function readRows(
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
