import {
  isObject,
  readColor,
  readExtent,
  readList,
  readObject,
  readPosition,
  readText,
  rounded,
} from './fields.js';
import { MAX_AREAS, MAX_NAME_LENGTH, MAX_POLYGON_POINTS } from '../limits.js';
import type { PlanArea, PlanPoint } from '../plan.js';
import { isFull, report, type PlanProblems } from './problems.js';

const AREA_COLOR = '#e4e1da';
const TEXT_COLOR = '#333333';
/** Size of texts without a size, as drawn by pretix, in plan units. */
const TEXT_SIZE = 16;
const ORIGIN: PlanPoint = { x: 0, y: 0 };

type Fields = Readonly<Record<string, unknown>>;
type Outline = Pick<PlanArea, 'shape' | 'width' | 'height' | 'points'>;

/** Reads the areas of one zone, with absolute positions. Areas of an unknown shape are skipped. */
export function readAreas(
  value: unknown,
  origin: PlanPoint,
  path: string,
  reading: { readonly problems: PlanProblems; areaCount: number },
): PlanArea[] | undefined {
  const { problems } = reading;
  const list = readList(value, path, problems, true);
  if (!list) return undefined;
  reading.areaCount += list.length;
  if (reading.areaCount > MAX_AREAS) {
    const detail = `Remove areas: a plan may have no more than ${MAX_AREAS}.`;
    return report(problems, 'too-many-areas', path, detail);
  }
  const areas: PlanArea[] = [];
  for (let at = 0; at < list.length && !isFull(problems); at++) {
    const area = readArea(list[at], origin, `${path}/${at}`, problems);
    if (area) areas.push(area);
  }
  return areas;
}

function readArea(
  value: unknown,
  origin: PlanPoint,
  path: string,
  problems: PlanProblems,
): PlanArea | undefined {
  const fields = readObject(value, path, problems);
  if (!fields) return undefined;
  const position = readPosition(fields.position, origin, `${path}/position`, problems, true);
  const outline = readOutline(fields, path, problems);
  const text = readAreaText(fields.text, outline, `${path}/text`, problems);
  if (!position || !outline || !text) return undefined;
  const color = readColor(fields.color, outline.shape === 'text' ? TEXT_COLOR : AREA_COLOR);
  return {
    ...outline,
    ...text,
    x: rounded(position.x),
    y: rounded(position.y),
    rotation:
      typeof fields.rotation === 'number' && Number.isFinite(fields.rotation)
        ? rounded(fields.rotation)
        : 0,
    color,
    borderColor: readColor(fields.border_color, color),
  };
}

/**
 * A current plan names a shape and nests its measures; an old one is a rectangle with `width` and
 * `height`.
 */
function readOutline(fields: Fields, path: string, problems: PlanProblems): Outline | undefined {
  const { shape = 'rectangle' } = fields;
  const nested = typeof shape === 'string' ? fields[shape] : undefined;
  const [measures, at] = isObject(nested) ? [nested, `${path}/${String(shape)}`] : [fields, path];
  switch (shape) {
    case 'rectangle':
      return readRectangle(measures, at, problems);
    case 'circle': {
      const radius = readExtent(measures.radius, `${at}/radius`, problems);
      return radius === undefined ? undefined : ellipse(radius, radius);
    }
    case 'ellipse':
      return readEllipse(measures, at, problems);
    case 'polygon': {
      const points = readPoints(measures.points, `${at}/points`, problems);
      return points && { shape, width: 0, height: 0, points };
    }
    case 'text':
      return { shape, width: 0, height: 0, points: [] };
    default:
      return undefined;
  }
}

function readRectangle(
  measures: Fields,
  path: string,
  problems: PlanProblems,
): Outline | undefined {
  const width = readExtent(measures.width, `${path}/width`, problems);
  const height = readExtent(measures.height, `${path}/height`, problems);
  if (width === undefined || height === undefined) return undefined;
  return { shape: 'rectangle', width, height, points: [] };
}

function readEllipse(measures: Fields, path: string, problems: PlanProblems): Outline | undefined {
  const radius = readObject(measures.radius, `${path}/radius`, problems);
  if (!radius) return undefined;
  const x = readExtent(radius.x, `${path}/radius/x`, problems);
  const y = readExtent(radius.y, `${path}/radius/y`, problems);
  return x === undefined || y === undefined ? undefined : ellipse(x, y);
}

function ellipse(radiusX: number, radiusY: number): Outline {
  return { shape: 'ellipse', width: 2 * radiusX, height: 2 * radiusY, points: [] };
}

function readPoints(value: unknown, path: string, problems: PlanProblems): PlanPoint[] | undefined {
  const list = readList(value, path, problems);
  if (!list) return undefined;
  if (list.length > MAX_POLYGON_POINTS) {
    const detail = `Simplify this polygon: it may have no more than ${MAX_POLYGON_POINTS} points.`;
    return report(problems, 'too-many-areas', path, detail);
  }
  const points: PlanPoint[] = [];
  for (let at = 0; at < list.length && !isFull(problems); at++) {
    const point = readPosition(list[at], ORIGIN, `${path}/${at}`, problems);
    if (point) points.push({ x: rounded(point.x), y: rounded(point.y) });
  }
  return points;
}

/**
 * Reads the text of an area: a string is centered in its shape, an object has a position of its
 * own.
 */
function readAreaText(
  value: unknown,
  outline: Outline | undefined,
  path: string,
  problems: PlanProblems,
): Pick<PlanArea, 'text' | 'textAt' | 'textColor' | 'textSize'> | undefined {
  const plain = { textAt: middleOf(outline), textColor: TEXT_COLOR, textSize: TEXT_SIZE };
  if (value === undefined || value === null) return { ...plain, text: '' };
  if (!isObject(value)) {
    const text = readText(value, path, problems, MAX_NAME_LENGTH);
    return text === undefined ? undefined : { ...plain, text };
  }
  const text = readText(value.text ?? '', `${path}/text`, problems, MAX_NAME_LENGTH);
  const at = readPosition(value.position, ORIGIN, `${path}/position`, problems, true);
  const textSize = readExtent(value.size, `${path}/size`, problems, TEXT_SIZE);
  if (text === undefined || !at || textSize === undefined) return undefined;
  const textAt = { x: rounded(at.x), y: rounded(at.y) };
  return { text, textAt, textColor: readColor(value.color, TEXT_COLOR), textSize };
}

function middleOf(outline: Outline | undefined): PlanPoint {
  return outline?.shape === 'rectangle' ? { x: outline.width / 2, y: outline.height / 2 } : ORIGIN;
}
