import { MAX_COORDINATE, MAX_NAME_LENGTH, POSITION_DECIMALS } from '../limits.js';
import type { PlanPoint } from '../plan.js';
import { report, type PlanProblems } from './problems.js';
import { hasBidiControl, isOneLine, isVisible, nfc } from '../../shared/text.js';

/**
 * Reads single fields of unchecked JSON. Each function returns undefined after it has reported a
 * problem.
 */

type Fields = Readonly<Record<string, unknown>>;

const CSS_COLOR =
  /^(?:#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})|[a-z]{3,24}|rgba?\([0-9., %]{5,40}\))$/i;
const DECIMALS = 10 ** POSITION_DECIMALS;

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function readObject(
  value: unknown,
  path: string,
  problems: PlanProblems,
): Fields | undefined {
  if (isObject(value)) return value;
  return report(problems, 'plan-malformed', path, `Give a JSON object here, not ${kindOf(value)}.`);
}

/** Reads a list. A missing one is empty if `optional`. */
export function readList(
  value: unknown,
  path: string,
  problems: PlanProblems,
  optional = false,
): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (optional && (value === undefined || value === null)) return [];
  return report(problems, 'plan-malformed', path, `Give a list here, not ${kindOf(value)}.`);
}

/**
 * Reads a text. A number is converted to decimal text, because some editors write row and seat
 * numbers as numbers.
 */
export function readText(
  value: unknown,
  path: string,
  problems: PlanProblems,
  maxLength: number,
): string | undefined {
  const text = typeof value === 'number' && Number.isFinite(value) ? String(value) : value;
  if (typeof text !== 'string') {
    return report(problems, 'plan-malformed', path, `Give a text here, not ${kindOf(value)}.`);
  }
  if (text.length > maxLength) {
    return report(
      problems,
      'name-invalid',
      path,
      `Shorten this text of ${text.length} characters to ${maxLength}.`,
    );
  }
  if (!isOneLine(text) || hasBidiControl(text)) {
    return report(
      problems,
      'name-invalid',
      path,
      'Remove control characters and line breaks from this text.',
    );
  }
  return nfc(text);
}

/** Reads a text with at least one visible character. */
export function readName(value: unknown, path: string, problems: PlanProblems): string | undefined {
  const name = readText(value, path, problems, MAX_NAME_LENGTH);
  if (name === undefined || isVisible(name)) return name;
  return report(problems, 'name-invalid', path, 'Give a name with at least one visible character.');
}

/**
 * Returns `offset` plus the position of this element. A missing position is `offset` itself if
 * `optional`.
 */
export function readPosition(
  value: unknown,
  offset: PlanPoint,
  path: string,
  problems: PlanProblems,
  optional = false,
): PlanPoint | undefined {
  if (optional && (value === undefined || value === null)) return offset;
  if (!isObject(value) || typeof value.x !== 'number' || typeof value.y !== 'number') {
    return report(
      problems,
      'plan-malformed',
      path,
      'Give the position as {"x": number, "y": number}.',
    );
  }
  const x = offset.x + value.x;
  const y = offset.y + value.y;
  // This form of the comparison rejects NaN too.
  if (Math.abs(x) <= MAX_COORDINATE && Math.abs(y) <= MAX_COORDINATE) return { x, y };
  const where = `${MAX_COORDINATE} units of the origin, zone and row added up`;
  return report(problems, 'position-invalid', path, `Move this to within ${where}.`);
}

/** Reads an extent in plan units; `fallback` if missing. */
export function readExtent(
  value: unknown,
  path: string,
  problems: PlanProblems,
  fallback?: number,
): number | undefined {
  if (fallback !== undefined && (value === undefined || value === null)) return fallback;
  if (typeof value === 'number' && value >= 0 && value <= 2 * MAX_COORDINATE) return rounded(value);
  return report(
    problems,
    'plan-malformed',
    path,
    `Give a length from 0 to ${2 * MAX_COORDINATE} plan units.`,
  );
}

/** Reads a color. Colors are decoration, so a missing or invalid one becomes `fallback`. */
export function readColor(value: unknown, fallback: string): string {
  return typeof value === 'string' && CSS_COLOR.test(value) ? value : fallback;
}

/** Rounds a sum: noise in its last digits would make the stored plan larger. Never -0. */
export function rounded(value: number): number {
  return Math.round(value * DECIMALS) / DECIMALS + 0;
}

export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** Quotes a text in a message, shortened. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
