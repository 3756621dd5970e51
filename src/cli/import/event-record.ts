import { EventRequest } from '../../http/event/event-requests.js';
import { Problem } from '../../http/problems/problems.js';
import { validated, type FieldError } from '../../http/validation/validate.js';
import { minorDigits } from '../../domain/shared/money.js';
import { Misuse } from '../exit-codes.js';
import type { CellOf } from './file-record.js';

/** As `POST /v1/events` takes it. */
export type EventBody = EventRequest & { readonly externalId: string };

/** Columns of a CSV file; those of the first row it cannot do without. */
const NEEDED = ['externalId', 'name', 'startsAt', 'prices'];
const OPTIONAL = [
  ...['venueId', 'venue', 'timeZone', 'category', 'performers', 'description', 'onSaleAt'],
  ...['holdSeconds', 'maxSeatsPerCustomer', 'singleSeatRule', 'salesEndMinutesAfterStart'],
];
const NUMBERS = ['holdSeconds', 'maxSeatsPerCustomer', 'salesEndMinutesAfterStart'];
/** Between several performers or prices in one cell. */
const SEPARATOR = '|';

const IN_SPELLING = new Map([...NEEDED, ...OPTIONAL].map((name) => [name.toLowerCase(), name]));

/** The canonical names, ignoring case. @throws Misuse naming missing or unknown columns */
export function checkColumns(given: readonly string[]): readonly string[] {
  if (given.length === 0)
    throw new Misuse(
      `The file is empty. Name the columns in its first line: ${NEEDED.join(', ')}, venue.`,
    );
  const names = given.map((name) => IN_SPELLING.get(name.toLowerCase()) ?? name);
  const unknown = names.filter((name) => !NEEDED.includes(name) && !OPTIONAL.includes(name));
  const missing = NEEDED.filter((name) => !names.includes(name));
  const repeated = names.filter((name, at) => names.indexOf(name) !== at);
  if (!names.includes('venueId') && !names.includes('venue')) missing.push('venueId or venue');
  const told = [
    ...(missing.length > 0 ? [`missing: ${missing.join(', ')}`] : []),
    ...(unknown.length > 0 ? [`not known: ${unknown.join(', ')}`] : []),
    ...(repeated.length > 0 ? [`repeated: ${repeated.join(', ')}`] : []),
  ];
  if (told.length > 0)
    throw new Misuse(`The first line has to name the columns (${told.join('; ')}).`);
  return names;
}

/** What a row of cells stands for; an empty cell is as if it were not there. */
export function fromCells(cells: Readonly<Record<string, string>>): Record<string, unknown> {
  const given = Object.entries(cells).filter(([, cell]) => cell !== '');
  return Object.fromEntries(given.map(([name, cell]) => [name, meant(name, cell)]));
}

function meant(name: string, cell: string): unknown {
  if (name === 'performers') return listed(cell);
  if (name === 'prices') return listed(cell).map(price);
  // Validation says what is wrong with text in place of a number.
  if (NUMBERS.includes(name)) return /^\d+$/.test(cell) ? Number(cell) : cell;
  return cell;
}

const listed = (cell: string): string[] => cell.split(SEPARATOR).map((part) => part.trim());

const PRICE =
  /^(?<category>.+?)\s*:\s*(?<amount>\d+(?:[.,]\d+)?)\s*:\s*(?<currency>[A-Za-z]{3})(?<byRequest>\s*:\s*by-request)?$/;

/** `Stalls:4500:EUR` in minor units or `Stalls:45.00:EUR`; the category itself may contain a colon. */
function price(text: string): unknown {
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

/** An amount with a point or a comma is in the major unit, and needs exactly as many decimals as the currency has. */
function minorAmount(amount: string, currency: string): number | undefined {
  const [whole = '', fraction] = amount.split(/[.,]/);
  if (fraction === undefined) return Number(whole);
  return fraction.length === minorDigits(currency) ? Number(whole + fraction) : undefined;
}

export type Read = { readonly body: EventBody } | { readonly problem: string };

/**
 * @param venueIdOf finds the venue by name; a string is the reason why there is none
 * @param cellOf for CSV: the cell of a column in this record
 */
export function readEventRecord(
  value: unknown,
  venueIdOf: (name: string) => { readonly venueId: string } | { readonly problem: string },
  cellOf?: CellOf,
): Read {
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
  'is not a price: write Category:4500:EUR in minor units, or Category:45.00:EUR with as many decimals as the currency has';

/** Names the cell and its column (CSV) or the field (JSON); then the fault and the next step. */
function inWords({ path, message }: FieldError, cellOf: CellOf | undefined): string {
  if (!cellOf) return `${path} ${message}`;
  const [, column = '', at] = path.split('/');
  const entry = at === undefined ? '' : ` entry ${Number(at) + 1}`;
  const said =
    column === 'prices' && /^\/prices\/\d+$/.test(path)
      ? NOT_A_PRICE
      : withoutName(message, column);
  // A venue is named by either column.
  const name = column === 'venueId' && cellOf(column) === undefined ? 'venue' : column;
  const cell = cellOf(name);
  return cell === undefined ? `${name} ${said}` : `cell ${cell} (${name}${entry}) ${said}`;
}

/** A message of class-validator begins with the name of the member, which the cell names already. */
const withoutName = (message: string, name: string): string =>
  message.startsWith(`${name} `) ? message.slice(name.length + 1) : message;
