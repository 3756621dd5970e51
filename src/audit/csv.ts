/**
 * Texts that a spreadsheet treats as a formula and may run when the file is opened. Full-width
 * characters count in East Asian locales. Source: OWASP, CSV Injection.
 */
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
/**
 * Characters that some programs treat as separators, and outer blanks, which some programs trim.
 */
const TO_QUOTE = /[",;|\t\r\n]|^\s|\s$/;

/**
 * Formats CSV as in RFC 4180, with a line end after every row. Texts that a spreadsheet would take
 * for a formula get a leading apostrophe; numbers stay unchanged.
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
