/**
 * Characters that barcode scanners add around a code: line ends, tabs, blanks and a byte order
 * mark.
 */
const ADDED = new Set('\r\n\t \uFEFF');

/**
 * Returns the printed ticket code from a scanner's text. Only the ends are trimmed: any extra
 * character inside a code, visible or not, makes it another code.
 */
export function readCode(scanned: string): string {
  let from = 0;
  let to = scanned.length;
  while (from < to && ADDED.has(scanned[from]!)) from++;
  while (to > from && ADDED.has(scanned[to - 1]!)) to--;
  return scanned.slice(from, to);
}
