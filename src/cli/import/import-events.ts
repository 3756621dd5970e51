import { Refused, Unavailable } from '../exit-codes.js';
import { describeProblem, type Reply } from '../service.js';
import type { EventBody, ReadResult } from './event-record.js';
import type { FileRecord } from './file-record.js';

/** Most lines that the summary lists; all lines are counted. */
export const MAX_NAMED = 1_000;

export interface LineError {
  readonly line: number;
  readonly externalId?: string;
  /** Problem code, when the service rejected the line. */
  readonly code?: string;
  readonly message: string;
}

/** A line whose event has already started. It is skipped without an error. */
export interface SkippedLine {
  readonly line: number;
  readonly externalId: string;
  readonly name: string;
  readonly startsAt: string;
}

export interface ImportSummary {
  readonly lines: number;
  /** Valid lines of a dry run. */
  valid: number;
  created: number;
  updated: number;
  unchanged: number;
  readonly skipped: { count: number; readonly named: SkippedLine[] };
  readonly errors: { count: number; readonly named: LineError[] };
}

export type Outcome =
  | 'valid'
  | 'created'
  | 'updated'
  | 'unchanged'
  | { readonly past: Omit<SkippedLine, 'line'> }
  | Omit<LineError, 'line'>;

export interface ImportOptions {
  readonly read: (content: Extract<FileRecord['content'], { value: unknown }>) => ReadResult;
  readonly send: (body: EventBody) => Promise<Outcome>;
  /** Lines processed concurrently. */
  readonly concurrency: number;
  readonly onProgress: (bytes: number, summary: ImportSummary) => void;
}

/**
 * Imports the records concurrently. Memory holds only the records in progress and the key of every
 * record, to detect duplicates.
 *
 * @throws Unavailable, Refused when all further lines would fail too; imported lines stay imported
 */
export async function importEvents(
  records: AsyncIterator<FileRecord>,
  { read, send, concurrency, onProgress }: ImportOptions,
): Promise<ImportSummary> {
  const summary = {
    lines: 0,
    valid: 0,
    created: 0,
    updated: 0,
    unchanged: 0,
    skipped: { count: 0, named: [] as SkippedLine[] },
    errors: { count: 0, named: [] as LineError[] },
  };
  const lineOf = new Map<string, number>();
  let stopped: Error | undefined;

  const importRecord = async ({ line, content }: FileRecord): Promise<Outcome> => {
    if ('problem' in content) return { message: content.problem };
    const found = read(content);
    if ('problem' in found) return { message: found.problem };
    const { externalId } = found.body;
    const before = lineOf.get(externalId);
    if (before !== undefined)
      return { externalId, message: `has the \`externalId\` of line ${before}` };
    lineOf.set(externalId, line);
    return send(found.body);
  };

  const work = async (): Promise<void> => {
    while (!stopped) {
      const { done, value: record } = await records.next();
      if (done) return;
      const outcome = await importRecord(record);
      summary.lines++;
      if (typeof outcome === 'string') summary[outcome]++;
      else if ('past' in outcome) addLine(summary.skipped, { line: record.line, ...outcome.past });
      else addLine(summary.errors, { line: record.line, ...outcome });
      onProgress(record.bytes, summary);
    }
  };
  const failed = (error: Error) => void (stopped ??= error);
  await Promise.all(Array.from({ length: concurrency }, () => work().catch(failed)));
  for (const { named } of [summary.errors, summary.skipped])
    named.sort((one, other) => one.line - other.line);
  if (stopped) throw withProgress(stopped, summary);
  return summary;
}

function addLine<Line>(lines: { count: number; readonly named: Line[] }, line: Line): void {
  lines.count++;
  if (lines.named.length < MAX_NAMED) lines.named.push(line);
}

function withProgress(error: Error, { lines }: ImportSummary): Error {
  const message =
    `${error.message}\nStopped after ${lines} lines. Run the same command again: imported ` +
    'lines are not imported twice.';
  if (error instanceof Unavailable) return new Unavailable(message, { cause: error });
  return error instanceof Refused ? new Refused(message, { cause: error }) : error;
}

/**
 * Returns the outcome of a line from the response to its event.
 * @throws Unavailable, Refused when the problem concerns all lines
 */
export function outcomeOf(sent: EventBody, reply: Reply): Outcome {
  const { status, body } = reply;
  const { externalId } = sent;
  if (status === 201) return 'created';
  if (status < 300) return body.changed ? 'updated' : 'unchanged';
  if (status === 401 || status === 403) throw new Refused(describeProblem(reply));
  if (status >= 500) throw new Unavailable(describeProblem(reply));
  if (isPast(sent, reply)) return { past: pastOf(sent) };
  return { externalId, code: body?.code, message: describeProblem(reply) };
}

export const pastOf = ({ externalId, name, startsAt }: EventBody): Omit<SkippedLine, 'line'> => ({
  externalId,
  name,
  startsAt: new Date(startsAt).toISOString(),
});

/** The line was validated before it was sent, so only the start can be invalid. */
function isPast({ startsAt }: EventBody, { body }: Reply): boolean {
  const errors = (body?.errors ?? []) as readonly { readonly path: string }[];
  const ofStart = errors.length > 0 && errors.every(({ path }) => path === '/startsAt');
  return body?.code === 'validation-failed' && ofStart && Date.parse(startsAt) <= Date.now();
}
