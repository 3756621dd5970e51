import {
  bowlCurve,
  equalParts,
  lengthOf,
  pointOf,
  wholeLength,
  type BowlCurve,
} from './bowl-curve.js';
import type { PretixArea, PretixPlan, PretixRow, PretixSeat, PretixZone } from './pretix-plan.js';

/** All lengths are in plan units: a tenth of a meter. */
const SEAT_WIDTH = 5;
const ROW_DEPTH = 8;
/** Between the sections of a tier. */
const AISLE_WIDTH = 12;
/** Between the last row of a tier and the first of the next. */
const CONCOURSE = 30;
const PITCH = { width: 1_050, height: 680 };
const CENTER_CIRCLE = 91.5;
/** Width of a section half-way up its tier. */
const SECTION_WIDTH = 130;
const MARGIN = 60;

/** Rows share themselves among the tiers in this proportion. */
const TIERS = [
  { name: 'Lower', color: '#b3261e', number: 100, share: 0.4 },
  { name: 'Middle', color: '#e9a23b', number: 200, share: 0.22 },
  { name: 'Upper', color: '#3d5a80', number: 300, share: 0.38 },
] as const;

/** A bowl larger than any that stands. */
const MAX_CAPACITY = 200_000;

/**
 * One section of one tier: the stretch of the bowl between two aisles, with the number of seats of
 * each row.
 */
interface Section {
  readonly tier: (typeof TIERS)[number];
  readonly number: number;
  /** Places on the curve where it begins and ends. */
  readonly from: number;
  readonly to: number;
  /** Distance of each row from the innermost curve. */
  readonly rowOffsets: readonly number[];
  readonly seatsOfRow: number[];
}

/**
 * A stadium with exactly `capacity` seats around a pitch: three tiers, each cut into sections by
 * aisles that run straight up. Rows are added until all seats fit; what is too many is taken from
 * the ends of the last row.
 * @throws RangeError when the capacity is no whole number from 1 to MAX_CAPACITY
 */
export function bowlPlan({ name, capacity }: { name: string; capacity: number }): PretixPlan {
  if (!Number.isInteger(capacity) || capacity < 1 || capacity > MAX_CAPACITY) {
    throw new RangeError(`A bowl has from 1 to ${MAX_CAPACITY} seats, not ${capacity}.`);
  }
  const curve = bowlCurve(PITCH);
  const sections = sectionsFor(curve, capacity);
  const reach = Math.max(...sections.flatMap(({ rowOffsets }) => rowOffsets)) + MARGIN;
  const center = { x: Math.ceil(curve.halfWidth + reach), y: Math.ceil(curve.halfHeight + reach) };
  return {
    name,
    categories: TIERS.filter((tier) => sections.some((section) => section.tier === tier)).map(
      ({ name: category, color }) => ({ name: category, color }),
    ),
    zones: sections
      .map((section) => zoneOf(section, curve, center))
      .filter(({ rows }) => rows.length > 0)
      .map((zone, at) => (at === 0 ? { ...zone, areas: pitchAreas() } : zone)),
    size: { width: 2 * center.x, height: 2 * center.y },
  };
}

/** The fewest rows that hold everybody, less the seats that are too many. */
function sectionsFor(curve: BowlCurve, capacity: number): Section[] {
  const isEnough = (rowCount: number) => seatCountOf(sectionsOf(curve, rowCount)) >= capacity;
  let enough = 1;
  while (!isEnough(enough)) enough *= 2;
  let tooFew = enough >> 1;
  while (enough - tooFew > 1) {
    const middle = (tooFew + enough) >> 1;
    if (isEnough(middle)) enough = middle;
    else tooFew = middle;
  }
  const sections = sectionsOf(curve, enough);
  removeFromTheBack(sections, seatCountOf(sections) - capacity);
  return sections;
}

function seatCountOf(sections: readonly Section[]): number {
  return sections.flatMap(({ seatsOfRow }) => seatsOfRow).reduce((sum, seats) => sum + seats, 0);
}

function sectionsOf(curve: BowlCurve, rowCount: number): Section[] {
  const sections: Section[] = [];
  let offset = 0;
  let rowsLeft = rowCount;
  for (const tier of TIERS) {
    const isLast = tier === TIERS.at(-1);
    const rows = isLast ? rowsLeft : Math.min(rowsLeft, Math.ceil(rowCount * tier.share));
    if (rows === 0) break;
    rowsLeft -= rows;
    const rowOffsets = Array.from({ length: rows }, (_, row) => offset + row * ROW_DEPTH);
    sections.push(...sectionsOfTier(curve, tier, rowOffsets));
    offset += rows * ROW_DEPTH + CONCOURSE;
  }
  return sections;
}

/** As many sections as fit, a multiple of four so that the bowl is symmetric. */
function sectionsOfTier(
  curve: BowlCurve,
  tier: Section['tier'],
  rowOffsets: readonly number[],
): Section[] {
  const middle = rowOffsets[rowOffsets.length >> 1]!;
  const count = 4 * Math.round(wholeLength(curve, middle) / SECTION_WIDTH / 4);
  const places = equalParts(curve, count, middle);
  return Array.from({ length: count }, (_, at) => {
    const from = places[at]!;
    const to = places[at + 1]!;
    const seatsOfRow = rowOffsets.map((offset) =>
      Math.max(0, Math.floor((lengthOf(curve, from, to, offset) - AISLE_WIDTH) / SEAT_WIDTH)),
    );
    return { tier, number: tier.number + at + 1, from, to, rowOffsets, seatsOfRow };
  });
}

/**
 * Evenly from all sections of the last row, so that it is shorter but still goes all around; then
 * from the one before.
 */
function removeFromTheBack(sections: readonly Section[], excess: number): void {
  let left = excess;
  for (const tier of TIERS.toReversed()) {
    const ofTier = sections.filter((section) => section.tier === tier);
    for (let row = (ofTier[0]?.seatsOfRow.length ?? 0) - 1; row >= 0; row--) {
      while (left > 0 && ofTier.some(({ seatsOfRow }) => seatsOfRow[row]! > 0)) {
        for (const { seatsOfRow } of ofTier) {
          if (left === 0 || seatsOfRow[row] === 0) continue;
          seatsOfRow[row]!--;
          left--;
        }
      }
    }
  }
}

function zoneOf(section: Section, curve: BowlCurve, center: { x: number; y: number }): PretixZone {
  const rows = section.rowOffsets
    .map((_, row) => rowOf(section, row, curve))
    .filter(({ seats }) => seats.length > 0);
  return { name: `${section.tier.name} ${section.number}`, position: center, rows };
}

/** Seats stand in the middle of their section's part of the curve, numbered clockwise. */
function rowOf(
  { tier, number, from, to, rowOffsets, seatsOfRow }: Section,
  row: number,
  curve: BowlCurve,
): PretixRow {
  const offset = rowOffsets[row]!;
  const count = seatsOfRow[row]!;
  const width = lengthOf(curve, from, to, offset);
  const seats = Array.from({ length: count }, (_, at): PretixSeat => {
    const along = (width - count * SEAT_WIDTH) / 2 + (at + 0.5) * SEAT_WIDTH;
    return {
      seat_guid: `${number}-${row + 1}-${at + 1}`,
      seat_number: String(at + 1),
      position: pointOf(curve, from, along, offset),
      category: tier.name,
    };
  });
  return { row_number: String(row + 1), position: { x: 0, y: 0 }, seats };
}

/** Around the center of the pitch: grass, touchlines, center circle and halfway line. */
function pitchAreas(): PretixArea[] {
  const line = '#ffffff';
  const { width, height } = PITCH;
  const rectangle = (
    w: number,
    h: number,
    color: string,
    border: string,
    text = '',
  ): PretixArea => ({
    shape: 'rectangle',
    position: { x: -w / 2, y: -h / 2 },
    rectangle: { width: w, height: h },
    color,
    border_color: border,
    ...(text && { text: { text, position: { x: w / 4, y: h / 2 }, size: 60 } }),
  });
  return [
    rectangle(width, height, '#5f9f56', line, 'Pitch'),
    {
      shape: 'circle',
      position: { x: 0, y: 0 },
      circle: { radius: CENTER_CIRCLE },
      color: '#5f9f56',
      border_color: line,
    },
    rectangle(3, height, line, line),
  ];
}
