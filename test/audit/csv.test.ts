import { csvOf } from '../../src/audit/csv.js';

const cell = (value: string | number | null) =>
  csvOf([], [[value]]).slice('\r\n'.length, -'\r\n'.length);

describe('a cell of a CSV file', () => {
  it.each([
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['say "no"', '"say ""no"""'],
    // Spreadsheets in half of Europe split at semicolons.
    [';=1', '";=1"'],
    ['a;b', '"a;b"'],
    ['a\tb', '"a\tb"'],
    ['a|b', '"a|b"'],
    [' a', '" a"'],
    ['a ', '"a "'],
    ['a\r\nb', '"a\r\nb"'],
  ])('quotes %j so that no program splits or trims it', (value, written) => {
    expect(cell(value)).toBe(written);
  });

  it.each([
    '=1',
    '+1',
    '-1',
    '@a',
    '\t=1',
    '\r=1',
    '\n=1',
    '\uff1d1',
    '\uff0b1',
    '\uff0d1',
    '\uff20a',
  ])('disarms the formula %j', (value) => {
    expect(cell(value)).toMatch(/^"?'/);
  });

  it('keeps numbers and leaves null empty', () => {
    expect([cell(-1), cell(null)]).toEqual(['-1', '']);
  });
});
