import { nameAt, readArea } from './areas.js';
import { blocksOf } from './blocks.js';
import { boundsOf, pitches } from './geometry.js';
import { buildGrid } from './grid.js';

/**
 * The static layout as the server sends it: columns with one entry per seat; `section`, `row` and
 * `category` are indices.
 * @typedef {{
 *   hash: string, name: string, size?: {width: number, height: number},
 *   categories: {name: string, color: string}[], sections: string[], rows: string[], areas: any[],
 *   rowLabels?: (string | null)[], seatLabels?: (string | null)[],
 *   seats: {id: string[], section: number[], row: number[], number: string[], category: number[],
 *   x: number[], y: number[]},
 * }} PlanDocument
 *
 * @typedef {{minX: number, minY: number, maxX: number, maxY: number}} Box
 *
 * @typedef {{
 *   name: string, box: Box, x: number, y: number, first: number, seats: Uint32Array,
 *   scattered: boolean, back: {x: number, y: number, dx: number, dy: number},
 * }} Section
 * `x`, `y`: position of its name from afar, at one of its own seats. `back`: the middle of the last
 * row and the direction away from the section, for its name where seats are visible; unused if
 * `scattered`.
 *
 * @typedef {{
 *   name: string, seatCount: number, ids: string[], indexOf: Map<string, number>,
 *   section: Uint16Array, row: Uint32Array, category: Uint16Array, numbers: string[], x:
 *   Float32Array, y: Float32Array,
 *   sections: Section[], rows: string[], categories: {name: string, color: string}[], areas:
 *   import('./areas.js').Area[],
 *   rowText: (seat: number) => string, seatText: (seat: number) => string,
 *   blocks: import('./blocks.js').Block[], blockOf: Uint16Array,
 *   seatPitch: number, rowPitch: number, box: Box, grid: import('./grid.js').Grid,
 * }} Plan
 * `seatPitch` and `rowPitch` are usual distances between neighbors, in plan units.
 */

/** @param {(string | null)[] | undefined} labels @param {number} row @param {string} number */
export const labelOf = (labels, row, number) => labels?.[row]?.replaceAll('%s', () => number);

/** Indices of the categories that have a seat. @param {Plan} plan @returns {number[]} */
export function categoriesWithSeats({ category }) {
  return [...new Set(category)].sort((a, b) => a - b);
}

/** @param {PlanDocument} document @returns {Plan} */
export function readPlan(document) {
  const { seats } = document;
  const seatCount = seats.id.length;
  const x = Float32Array.from(seats.x);
  const y = Float32Array.from(seats.y);
  const section = Uint16Array.from(seats.section);
  const row = Uint32Array.from(seats.row);
  const category = Uint16Array.from(seats.category);
  const { seatPitch, rowPitch } = pitches(x, y, row, section);
  const areas = (document.areas ?? []).map(readArea);
  const { blocks, blockOf } = blocksOf({ x, y, row, section, category, seatPitch, rowPitch });
  const grid = buildGrid(x, y, Math.max(seatPitch, rowPitch) * 6);
  const box = boundsOf(x, y, Math.max(seatPitch, rowPitch) * 1.5);
  for (const { box: inner } of areas) {
    box.minX = Math.min(box.minX, inner.minX);
    box.minY = Math.min(box.minY, inner.minY);
    box.maxX = Math.max(box.maxX, inner.maxX);
    box.maxY = Math.max(box.maxY, inner.maxY);
  }
  return {
    name: document.name,
    seatCount,
    ids: seats.id,
    indexOf: new Map(seats.id.map((id, index) => [id, index])),
    section,
    row,
    category,
    numbers: seats.number.map(String),
    x,
    y,
    sections: readSections(document.sections, { section, row, x, y }, rowPitch),
    rows: document.rows.map(String),
    /** The label from the plan, such as `Table 4`; else `row 4`. @param {number} seat */
    rowText: (seat) =>
      labelOf(document.rowLabels, row[seat], String(document.rows[row[seat]])) ??
      `row ${document.rows[row[seat]]}`,
    /** @param {number} seat */
    seatText: (seat) =>
      labelOf(document.seatLabels, row[seat], String(seats.number[seat])) ??
      `seat ${seats.number[seat]}`,
    categories: document.categories,
    areas: withVenueName(areas, document.name, grid, box),
    blocks,
    blockOf,
    seatPitch,
    rowPitch,
    box,
    grid,
  };
}

/** Adds the venue's name in the middle of a plan without areas, if no seats are there. */
function withVenueName(
  /** @type {import('./areas.js').Area[]} */ areas,
  /** @type {string} */ name,
  /** @type {import('./grid.js').Grid} */ grid,
  /** @type {Box} */ box,
) {
  if (areas.length > 0) return areas;
  const x = (box.minX + box.maxX) / 2;
  const y = (box.minY + box.maxY) / 2;
  const size = Math.min(box.maxX - box.minX, box.maxY - box.minY) / 8;
  if (grid.nearest(x, y, size) !== -1) return areas;
  return [nameAt(name, x, y)];
}

/**
 * @param {any[]} names
 * @param {{section: Uint16Array, row: Uint32Array, x: Float32Array, y: Float32Array}} columns
 * @param {number} reach
 * @returns {Section[]}
 */
function readSections(names, { section, row, x, y }, reach) {
  /** @type {number[][]} */
  const members = names.map(() => []);
  for (let seat = 0; seat < section.length; seat++) members[section[seat]]?.push(seat);
  return names.map((name, index) => {
    const seats = Uint32Array.from(members[index]);
    const box = { minX: Infinity, minY: Infinity, maxX: -Infinity, maxY: -Infinity };
    let sumX = 0;
    let sumY = 0;
    for (const seat of seats) {
      sumX += x[seat];
      sumY += y[seat];
      box.minX = Math.min(box.minX, x[seat]);
      box.maxX = Math.max(box.maxX, x[seat]);
      box.minY = Math.min(box.minY, y[seat]);
      box.maxY = Math.max(box.maxY, y[seat]);
    }
    const anchor = anchorOf(seats, x, y, sumX / seats.length, sumY / seats.length, reach);
    const lastRow = seats.filter((seat) => row[seat] === row[seats[seats.length - 1]]);
    const back = backOf(lastRow, x, y, sumX / seats.length, sumY / seats.length);
    return { name: String(name?.name ?? name), box, ...anchor, first: seats[0] ?? 0, seats, back };
  });
}

function backOf(
  /** @type {Uint32Array} */ row,
  /** @type {Float32Array} */ x,
  /** @type {Float32Array} */ y,
  /** @type {number} */ middleX,
  /** @type {number} */ middleY,
) {
  const one = row[(row.length - 1) >> 1] ?? 0;
  const other = row[row.length >> 1] ?? 0;
  const at = { x: (x[one] + x[other]) / 2 || 0, y: (y[one] + y[other]) / 2 || 0 };
  const length = Math.hypot(at.x - middleX, at.y - middleY);
  // The name of a section of one row is drawn above it.
  if (!(length > 1e-3)) return { ...at, dx: 0, dy: -1 };
  return { ...at, dx: (at.x - middleX) / length, dy: (at.y - middleY) / length };
}

/**
 * The middle of the seats, or the seat nearest to it if the middle is outside, as with boxes on two
 * sides.
 */
function anchorOf(
  /** @type {Uint32Array} */ seats,
  /** @type {Float32Array} */ x,
  /** @type {Float32Array} */ y,
  /** @type {number} */ middleX,
  /** @type {number} */ middleY,
  /** @type {number} */ reach,
) {
  let best = seats[0] ?? 0;
  let shortest = Infinity;
  for (const seat of seats) {
    const distance = Math.hypot(x[seat] - middleX, y[seat] - middleY);
    if (distance < shortest) [best, shortest] = [seat, distance];
  }
  const scattered = shortest > reach * 1.5;
  return scattered
    ? { x: x[best] ?? 0, y: y[best] ?? 0, scattered }
    : { x: middleX, y: middleY, scattered };
}
