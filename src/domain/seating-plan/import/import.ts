import {
  quoted,
  readColor,
  readList,
  readName,
  readObject,
  readPosition,
  readText,
  rounded,
} from './fields.js';
import { readAreas } from './areas.js';
import { MAX_CATEGORIES, MAX_NAME_LENGTH, MAX_ROWS, MAX_SEATS, MAX_ZONES } from '../limits.js';
import type { PlanCategory, PlanPoint, PlanZone, SeatingPlan } from '../plan.js';
import { isFull, report, type PlanProblem, type PlanProblems } from './problems.js';
import { readSize } from './plan-size.js';
import { readRows, type Reading } from './rows.js';

export type { SeatingPlan } from '../plan.js';
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
