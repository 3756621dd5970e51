import { createReadStream } from 'node:fs';
import { parse, type CsvError } from 'csv-parse/sync';
import { delimiterIn, delimiterOf, openColumns, type Columns } from './csv-columns.js';
import type { FileRecord } from './file-record.js';

/**
 * Limit for the bytes of a line and the characters of a record; the HTTP API has the same limit.
 */
export const MAX_RECORD_BYTES = 256 * 1024;
/** Lines of one CSV record within which a closing quotation mark is searched. */
export const MAX_RECORD_LINES = 1_000;

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const TOO_LONG = `has more than ${MAX_RECORD_BYTES} bytes`;

interface Line {
  readonly line: number;
  readonly bytes: number;
  readonly text: string;
}
type LineOrProblem = Line | (Omit<Line, 'text'> & { readonly problem: string });

/**
 * Yields the bytes of the file in UTF-8. Converts UTF-16 with a byte order mark, which spreadsheets
 * call "Unicode text".
 */
async function* readUtf8(path: string): AsyncGenerator<Buffer> {
  let decoder: ReturnType<typeof utf16In>;
  let isFirst = true;
  let endsLinesByCr = false;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    if (isFirst) decoder = utf16In(chunk);
    const utf8 = decoder ? Buffer.from(decoder.decode(chunk, { stream: true })) : chunk;
    // Excel's "CSV (Macintosh)" ends lines with a carriage return only.
    if (isFirst) endsLinesByCr = utf8.includes(CARRIAGE_RETURN) && !utf8.includes(NEWLINE);
    isFirst = false;
    if (endsLinesByCr)
      for (let at = utf8.indexOf(CARRIAGE_RETURN); at >= 0; at = utf8.indexOf(CARRIAGE_RETURN, at))
        utf8[at] = NEWLINE;
    yield utf8;
  }
}

function utf16In(start: Buffer) {
  if (start[0] === 0xff && start[1] === 0xfe) return new TextDecoder('utf-16le');
  if (start[0] === 0xfe && start[1] === 0xff) return new TextDecoder('utf-16be');
  return undefined;
}

/** Yields every line of the file, also empty ones. Holds at most one line in memory. */
async function* readLines(path: string): AsyncGenerator<LineOrProblem> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let parts: Buffer[] = [];
  let length = 0;
  let line = 0;
  let bytes = 0;
  const end = (): LineOrProblem => {
    line++;
    const [raw, size] = [Buffer.concat(parts), length];
    [parts, length] = [[], 0];
    if (size > MAX_RECORD_BYTES) return { line, bytes, problem: TOO_LONG };
    try {
      return { line, bytes, text: decoder.decode(raw).replace(/\r$/, '') };
    } catch {
      return { line, bytes, problem: 'is not UTF-8: save the file as "CSV UTF-8"' };
    }
  };
  const take = (part: Buffer) => {
    length += part.length;
    bytes += part.length;
    // Bytes beyond the limit are counted, but not stored.
    if (length <= MAX_RECORD_BYTES) parts.push(part);
  };
  for await (const chunk of readUtf8(path)) {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      take(chunk.subarray(from, at));
      bytes++;
      from = at + 1;
      yield end();
    }
    take(chunk.subarray(from));
  }
  if (length > 0) yield end();
}

/** Yields one JSON document per line. Empty lines are counted and skipped. */
export async function* readJsonLines(path: string): AsyncGenerator<FileRecord> {
  for await (const read of readLines(path)) {
    const { line, bytes } = read;
    if ('problem' in read) yield { line, bytes, content: { problem: read.problem } };
    else if (read.text.trim() !== '') yield { line, bytes, content: jsonOf(read.text) };
  }
}

function jsonOf(text: string): FileRecord['content'] {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return { problem: 'is not JSON' };
  }
}

/**
 * Yields the records of a CSV file (RFC 4180) with cells by column name. Accepts what spreadsheets
 * save: commas, semicolons or tabs, a line `sep=;` before the header, empty columns and rows. When
 * no valid record starts at a line, that line is reported and reading continues with the next one,
 * so a stray quotation mark affects only its own line.
 *
 * @param checkColumns returns the canonical spelling of the names; throws when they are invalid
 * @throws Misuse for a file without a header
 */
export async function* readCsv(
  path: string,
  checkColumns: (names: readonly string[]) => readonly string[],
): AsyncGenerator<FileRecord> {
  const lines = readLines(path);
  const pending: LineOrProblem[] = [];
  const next = async (): Promise<LineOrProblem | undefined> =>
    pending.shift() ?? ((await lines.next()).value as LineOrProblem | undefined);
  let columns: Columns | undefined;
  let delimiter: string | undefined;
  /** Row of the spreadsheet, from 1; a record of several lines is one row. */
  let row = 0;
  for (let first = await next(); first; first = await next()) {
    const { line, bytes } = first;
    row++;
    if ('problem' in first) {
      yield { line, bytes, content: { problem: first.problem } };
      continue;
    }
    if (first.text.trim() === '') continue;
    const chosen = delimiter === undefined ? delimiterIn(first.text) : undefined;
    if (chosen !== undefined) {
      delimiter = chosen;
      row = 0;
      continue;
    }
    const taken = await wholeRecord(first, next, pending);
    const record = taken.map(({ text }) => text).join('\n');
    delimiter ??= delimiterOf(record);
    const cells = cellsOf(record, delimiter);
    if ('problem' in cells) {
      pending.unshift(...taken.slice(1));
      yield { line, bytes, content: cells };
    } else if (cells.every((cell) => cell === '')) continue;
    else if (!columns) columns = openColumns(cells, checkColumns);
    else yield { line, bytes: taken.at(-1)!.bytes, content: columns.named(cells, row) };
  }
  if (!columns) checkColumns([]);
}

/** Returns the lines up to the closing quotation mark; only the first line when there is none. */
async function wholeRecord(
  first: Line,
  next: () => Promise<LineOrProblem | undefined>,
  pending: LineOrProblem[],
): Promise<Line[]> {
  const taken = [first];
  let characters = first.text.length;
  for (let isOpen = hasOpenQuote(first.text); isOpen;) {
    const more = taken.length < MAX_RECORD_LINES ? await next() : undefined;
    characters += more && 'text' in more ? more.text.length : 0;
    if (!more || 'problem' in more || characters > MAX_RECORD_BYTES) {
      pending.unshift(...taken.slice(1), ...(more ? [more] : []));
      return [first];
    }
    taken.push(more);
    if (hasOpenQuote(more.text)) isOpen = false;
  }
  return taken;
}

const hasOpenQuote = (text: string): boolean => (text.split('"').length - 1) % 2 === 1;

function cellsOf(record: string, delimiter: string): string[] | { problem: string } {
  try {
    const options = { bom: true, trim: true, relax_column_count: true, delimiter };
    const [cells, ...more] = parse(record, options) as string[][];
    return cells && more.length === 0 ? cells : { problem: 'is not CSV' };
  } catch (error) {
    const { code, column } = error as CsvError;
    if (!/QUOTE/.test(code)) return { problem: 'is not CSV' };
    const cell = typeof column === 'number' ? ` in cell ${column + 1}` : '';
    return {
      problem:
        `is not CSV: quotation mark out of place${cell}; ` +
        'write "" for one inside a quoted cell',
    };
  }
}
