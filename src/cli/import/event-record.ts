import { EventRequest } from '../../http/event-requests.js';
import { Problem } from '../../http/problems.js';
import { validated, type FieldError } from '../../http/validate.js';
import { Misuse } from '../exit-codes.js';

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

/** @throws Misuse naming what is missing or not known */
export function checkColumns(names: readonly string[]): void {
  const unknown = names.filter((name) => !NEEDED.includes(name) && !OPTIONAL.includes(name));
  const missing = NEEDED.filter((name) => !names.includes(name));
  const repeated = names.filter((name, at) => names.indexOf(name) !== at);
  if (!names.includes('venueId') && !names.includes('venue')) missing.push('venueId or venue');
  const told = [
    ...(missing.length > 0 ? [`missing: ${missing.join(', ')}`] : []),
    ...(unknown.length > 0 ? [`not known: ${unknown.join(', ')}`] : []),
    ...(repeated.length > 0 ? [`repeated: ${repeated.join(', ')}`] : []),
  ];
  if (told.length > 0) throw new Misuse(`The first line has to name the columns (${told.join('; ')}).`);
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

/** `Stalls:4500:EUR`, in minor units; a category may have a colon of its own. */
function price(text: string): unknown {
  const [, category, amount, currency, byRequest] = /^(.+?):(\d+):([A-Z]{3})(:by-request)?$/.exec(text) ?? [];
  if (category === undefined) return text;
  return { category, amountMinor: Number(amount), currency, ...(byRequest && { byRequest: true }) };
}

export type Read = { readonly body: EventBody } | { readonly problem: string };

/** @param venueIdOf the venue with a name; a text says why there is none */
export function readEventRecord(
  value: unknown,
  venueIdOf: (name: string) => { readonly venueId: string } | { readonly problem: string },
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
    return { problem: errors.map(({ path, message }) => `${path} ${message}`).join('; ') };
  }
}
