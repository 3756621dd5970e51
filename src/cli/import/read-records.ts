import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse/sync';

/** Of the file, in the order of its lines. */
export interface FileRecord {
  /** From 1; of a record of several lines, the first. */
  readonly line: number;
  /** Of the file, read so far. */
  readonly bytes: number;
  /** As it stands there, or what is wrong with it. */
  readonly content: { readonly value: unknown } | { readonly problem: string };
}

/** Bytes of one line, and characters of one record: what an event may be sent with. */
export const MAX_RECORD_BYTES = 256 * 1024;
/** Of one record of CSV: so far a quotation mark is looked for that closes a cell. */
export const MAX_RECORD_LINES = 1_000;

const NEWLINE = 0x0a;
const TOO_LONG = `has more than ${MAX_RECORD_BYTES} bytes`;

interface Line {
  readonly line: number;
  readonly bytes: number;
  readonly text: string;
}
type LineOrProblem = Line | (Omit<Line, 'text'> & { readonly problem: string });

/** Every line of the file, the empty ones too. Never holds more than one of them. */
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
      return { line, bytes, problem: 'is not UTF-8' };
    }
  };
  const take = (part: Buffer) => {
    length += part.length;
    bytes += part.length;
    // What is too long is counted and not kept.
    if (length <= MAX_RECORD_BYTES) parts.push(part);
  };
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
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

/** One JSON document a line; empty lines count, and say nothing. */
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
 * The cells of each record, by the names in the first one (RFC 4180). A line that begins no record that can be read is named, and the
 * next one is taken for the beginning of another: a quotation mark too many costs the line that it stands in.
 *
 * @param checkColumns told the names; throws when they will not do
 */
export async function* readCsv(
  path: string,
  checkColumns: (names: readonly string[]) => void,
): AsyncGenerator<FileRecord> {
  const lines = readLines(path);
  const again: LineOrProblem[] = [];
  const next = async (): Promise<LineOrProblem | undefined> =>
    again.shift() ?? ((await lines.next()).value as LineOrProblem | undefined);
  let columns: readonly string[] | undefined;
  for (let first = await next(); first; first = await next()) {
    const { line, bytes } = first;
    if ('problem' in first) {
      yield { line, bytes, content: { problem: first.problem } };
      continue;
    }
    if (first.text.trim() === '') continue;
    const taken = await wholeRecord(first, next, again);
    const cells = cellsOf(taken.map(({ text }) => text).join('\n'));
    if (!cells) {
      again.unshift(...taken.slice(1));
      yield { line, bytes, content: { problem: 'is not CSV' } };
    } else if (!columns) {
      columns = cells;
      checkColumns(columns);
    } else yield { line, bytes: taken.at(-1)!.bytes, content: named(columns, cells) };
  }
}

/** Lines until every quotation mark is closed; the first alone when that does not come about. */
async function wholeRecord(
  first: Line,
  next: () => Promise<LineOrProblem | undefined>,
  again: LineOrProblem[],
): Promise<Line[]> {
  const taken = [first];
  let characters = first.text.length;
  for (let isOpen = opens(first.text); isOpen;) {
    const more = taken.length < MAX_RECORD_LINES ? await next() : undefined;
    characters += more && 'text' in more ? more.text.length : 0;
    if (!more || 'problem' in more || characters > MAX_RECORD_BYTES) {
      again.unshift(...taken.slice(1), ...(more ? [more] : []));
      return [first];
    }
    taken.push(more);
    if (opens(more.text)) isOpen = false;
  }
  return taken;
}

/** Whether a quotation mark is left over. */
const opens = (text: string): boolean => (text.split('"').length - 1) % 2 === 1;

function cellsOf(record: string): string[] | undefined {
  try {
    const records = parse(record, { bom: true, trim: true, relax_column_count: true }) as string[][];
    return records.length === 1 ? records[0] : undefined;
  } catch {
    return undefined;
  }
}

function named(columns: readonly string[], cells: readonly string[]): FileRecord['content'] {
  if (cells.length !== columns.length) return { problem: `has ${cells.length} cells, not ${columns.length}` };
  return { value: Object.fromEntries(columns.map((name, at) => [name, cells[at]!])) };
}
