/**
 * A spreadsheet program treats such a text as a formula, and may run it when the file is opened. Full-width characters count in
 * East Asian locales. Source: OWASP, CSV Injection.
 */
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
/** Every character that some program treats as a separator, and blanks that some program trims. */
const TO_QUOTE = /[",;|\t\r\n]|^\s|\s$/;

/**
 * RFC 4180, with a line end behind every row. A text that a table program would take for a formula gets an apostrophe in
 * front; a number stays a number.
 */
export function csvOf(
  header: readonly string[],
  rows: Iterable<readonly (string | number | null)[]>,
): string {
  const lines = [header.map(cellOf)];
  for (const row of rows) lines.push(row.map(cellOf));
  return lines.map((cells) => `${cells.join(',')}\r\n`).join('');
}

function cellOf(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return TO_QUOTE.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
