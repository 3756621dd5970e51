import type { FileRecord } from './file-record.js';

/** The columns named in the first row of a file. */
export interface Columns {
  /** Returns the cells of a row by column name. Cells in columns without a name must be empty. */
  named(cells: readonly string[], row: number): FileRecord['content'];
}

/** Excel's line `sep=;` before the header, also with the empty cells that a second save adds. */
const SEPARATOR_LINE = /^"?sep=([,;\t])"?[,;\t]*$/i;
const DELIMITERS = [',', ';', '\t'] as const;
const QUOTED = /"(?:[^"]|"")*"/g;

/** Returns the delimiter of a line `sep=`; undefined for any other line. */
export const delimiterIn = (line: string): string | undefined => SEPARATOR_LINE.exec(line)?.[1];

/** Returns the most frequent of comma, semicolon and tab in the header row, outside quotes. */
export function delimiterOf(names: string): string {
  const bare = names.replace(QUOTED, '');
  const count = (delimiter: string) => bare.split(delimiter).length;
  return DELIMITERS.reduce((best, delimiter) =>
    count(delimiter) > count(best) ? delimiter : best,
  );
}

/** @param checkColumns returns the canonical spelling of the names; throws when they are invalid */
export function openColumns(
  cells: readonly string[],
  checkColumns: (names: readonly string[]) => readonly string[],
): Columns {
  const given = cells.flatMap((name, at) => (name === '' ? [] : [{ name, at }]));
  const names = checkColumns(given.map(({ name }) => name));
  const columns = given.map(({ at }, index) => ({ name: names[index]!, at }));
  const positions = new Map(columns.map(({ name, at }) => [name, at]));
  const named = new Set(positions.values());
  return {
    named: (row, number) => {
      const stray = row.findIndex((cell, at) => cell !== '' && !named.has(at));
      if (stray >= 0) {
        const cell = `${letterOf(stray)}${number}`;
        return {
          problem:
            `cell ${cell} is in a column without a name: name the column in row 1, or clear ` +
            'the cell',
        };
      }
      return {
        value: Object.fromEntries(columns.map(({ name, at }) => [name, row[at] ?? ''])),
        cellOf: (name) => {
          const at = positions.get(name);
          return at === undefined ? undefined : `${letterOf(at)}${number}`;
        },
      };
    },
  };
}

/** Column letters as in spreadsheets: A to Z, AA, AB … */
function letterOf(at: number): string {
  const letter = String.fromCharCode(65 + (at % 26));
  return at < 26 ? letter : letterOf(Math.floor(at / 26) - 1) + letter;
}
