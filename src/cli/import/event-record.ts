import { EventRequest } from '../../http/event/event-requests.js';
import { Problem } from '../../http/problems/problems.js';
import { validated, type FieldError } from '../../http/validation/validate.js';
import { minorDigits } from '../../domain/shared/money.js';
import { Misuse } from '../exit-codes.js';
import type { CellOf } from './file-record.js';

/** Body of `POST /v1/events`. */
export type EventBody = EventRequest & { readonly externalId: string };

/** Required columns of a CSV file, besides `venueId` or `venue`. */
const REQUIRED = ['externalId', 'name', 'startsAt', 'prices'];
const OPTIONAL = [
  'venueId',
  'venue',
  'timeZone',
  'category',
  'performers',
  'description',
  'onSaleAt',
  'holdSeconds',
  'maxSeatsPerCustomer',
  'singleSeatRule',
  'salesEndMinutesAfterStart',
];
const NUMBERS = ['holdSeconds', 'maxSeatsPerCustomer', 'salesEndMinutesAfterStart'];
/** Separates performers or prices in one cell. */
const SEPARATOR = '|';

const CANONICAL_NAMES = new Map(
  [...REQUIRED, ...OPTIONAL].map((name) => [name.toLowerCase(), name]),
);

/** Returns the canonical names; case is ignored. @throws Misuse for missing or unknown columns */
export function checkColumns(given: readonly string[]): readonly string[] {
  if (given.length === 0)
    throw new Misuse(
      'The file is empty or no CSV. Name the columns in its first line: ' +
        `${REQUIRED.join(', ')}, venue.`,
    );
  const names = given.map((name) => CANONICAL_NAMES.get(name.toLowerCase()) ?? name);
  const unknown = names.filter((name) => !REQUIRED.includes(name) && !OPTIONAL.includes(name));
  const missing = REQUIRED.filter((name) => !names.includes(name));
  const repeated = names.filter((name, at) => names.indexOf(name) !== at);
  if (!names.includes('venueId') && !names.includes('venue')) missing.push('venueId or venue');
  const problems = [
    ...(missing.length > 0 ? [`missing: ${missing.join(', ')}`] : []),
    ...(unknown.length > 0 ? [`unknown: ${unknown.join(', ')}`] : []),
    ...(repeated.length > 0 ? [`repeated: ${repeated.join(', ')}`] : []),
  ];
  if (problems.length > 0)
    throw new Misuse(`The first line must name the columns (${problems.join('; ')}).`);
  return names;
}

/** Converts a row of cells to the members of an event; empty cells are omitted. */
export function fromCells(cells: Readonly<Record<string, string>>): Record<string, unknown> {
  const given = Object.entries(cells).filter(([, cell]) => cell !== '');
  return Object.fromEntries(given.map(([name, cell]) => [name, valueOf(name, cell)]));
}

function valueOf(name: string, cell: string): unknown {
  if (name === 'performers') return splitCell(cell);
  if (name === 'prices') return splitCell(cell).map(parsePrice);
  // Validation reports text in place of a number.
  if (NUMBERS.includes(name)) return /^\d+$/.test(cell) ? Number(cell) : cell;
  return cell;
}

const splitCell = (cell: string): string[] => cell.split(SEPARATOR).map((part) => part.trim());

const PRICE = new RegExp(
  [
    /^(?<category>.+?)/,
    /(?<amount>\d+(?:[.,]\d+)?)/,
    /(?<currency>[A-Za-z]{3})(?<byRequest>\s*:\s*by-request)?$/,
  ]
    .map(({ source }) => source)
    .join('\\s*:\\s*'),
);

/**
 * Parses `Stalls:4500:EUR` (minor units) or `Stalls:45.00:EUR`. The category may contain a colon.
 * Returns the text when it is not a price.
 */
function parsePrice(text: string): unknown {
  const { category, amount = '', currency = '', byRequest } = PRICE.exec(text)?.groups ?? {};
  if (category === undefined) return text;
  const code = currency.toUpperCase();
  const amountMinor = minorAmount(amount, code);
  if (amountMinor === undefined) return text;
  return {
    category,
    amountMinor,
    currency: code,
    ...(byRequest !== undefined && { byRequest: true }),
  };
}

/**
 * Returns the amount in minor units. An amount with a point or comma is in the major unit and must
 * have exactly the decimals of the currency; otherwise the result is undefined.
 */
function minorAmount(amount: string, currency: string): number | undefined {
  const [whole = '', fraction] = amount.split(/[.,]/);
  if (fraction === undefined) return Number(whole);
  return fraction.length === minorDigits(currency) ? Number(whole + fraction) : undefined;
}

export type ReadResult = { readonly body: EventBody } | { readonly problem: string };

/**
 * @param venueIdOf returns the id of the venue with a name, or a problem
 * @param cellOf for CSV: returns the cell of a column in this record
 */
export function readEventRecord(
  value: unknown,
  venueIdOf: (name: string) => { readonly venueId: string } | { readonly problem: string },
  cellOf?: CellOf,
): ReadResult {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { problem: 'is not an object' };
  }
  const { venue, ...others } = value as Record<string, unknown>;
  if (venue !== undefined) {
    if (others.venueId !== undefined) return { problem: 'names both `venueId` and `venue`' };
    const found = venueIdOf(String(venue));
    if ('problem' in found) return found;
    others.venueId = found.venueId;
  }
  if (others.externalId === undefined) return { problem: 'has no `externalId`' };
  try {
    return { body: validated(EventRequest, others) as EventBody };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const errors = (error.members.errors ?? []) as readonly FieldError[];
    return { problem: errors.map((error) => inWords(error, cellOf)).join('; ') };
  }
}

const NOT_A_PRICE =
  'is not a price: write Category:4500:EUR in minor units, or Category:45.00:EUR with as ' +
  'many decimals as the currency has';

/** Names the cell and its column (CSV) or the field (JSON), then the error and the next step. */
function inWords({ path, message }: FieldError, cellOf: CellOf | undefined): string {
  if (!cellOf) return `${path} ${message}`;
  const [, column = '', at] = path.split('/');
  const entry = at === undefined ? '' : ` entry ${Number(at) + 1}`;
  const fault =
    column === 'prices' && /^\/prices\/\d+$/.test(path)
      ? NOT_A_PRICE
      : withoutName(message, column);
  // Either column can name the venue.
  const name = column === 'venueId' && cellOf(column) === undefined ? 'venue' : column;
  const cell = cellOf(name);
  return cell === undefined ? `${name} ${fault}` : `cell ${cell} (${name}${entry}) ${fault}`;
}

/** Removes the member name with which messages of class-validator begin. */
const withoutName = (message: string, name: string): string =>
  message.startsWith(`${name} `) ? message.slice(name.length + 1) : message;
