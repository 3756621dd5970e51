import { readFileSync } from 'node:fs';
import {
  DEFAULT_HOLD_SECONDS,
  DEFAULT_MAX_SEATS_PER_CUSTOMER,
  MAX_HOLD_SECONDS,
  MIN_HOLD_SECONDS,
} from '../../../src/domain/event/commands.js';
import {
  MAX_SEATS_PER_BLOCK,
  MAX_SEATS_PER_CUSTOMER,
  PAYMENT_EXTENSION_SECONDS,
} from '../../../src/domain/seat-inventory/commands.js';
import {
  DEFAULT_PAGE,
  DEFAULT_RADIUS_KM,
  DEFAULT_SUGGESTIONS,
} from '../../../src/http/search/search-requests.js';
import { DEFAULT_TICKETS } from '../../../src/http/ticket/ticket-requests.js';

const docs = readFileSync('docs/reference/http-api.md', 'utf8');
const rowOf = (field: string): string => {
  const row = docs.split('\n').find((line) => line.startsWith(`| ${field}`));
  if (row === undefined) throw new Error(`docs/reference/http-api.md has no row for ${field}.`);
  return row;
};
const count = (number: number) => number.toLocaleString('en-US');

it.each<[field: string, numbers: number[]]>([
  [
    '`holdSeconds`',
    [DEFAULT_HOLD_SECONDS, PAYMENT_EXTENSION_SECONDS, MIN_HOLD_SECONDS, MAX_HOLD_SECONDS],
  ],
  ['`maxSeatsPerCustomer`', [DEFAULT_MAX_SEATS_PER_CUSTOMER, MAX_SEATS_PER_CUSTOMER]],
  ['`limit`', [DEFAULT_PAGE, DEFAULT_SUGGESTIONS, DEFAULT_TICKETS]],
  ['`radiusKm`', [DEFAULT_RADIUS_KM]],
  ['seats in one request', [MAX_SEATS_PER_BLOCK]],
])('http-api.md has the default and limits of %s from the code', (field, numbers) => {
  const documented = rowOf(field).match(/\d+(?:,\d{3})*/g) ?? [];
  expect(documented).toEqual(expect.arrayContaining(numbers.map(count)));
});
