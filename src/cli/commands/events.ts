import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import type { Argv } from 'yargs';
import { EXIT, Misuse, type ExitCode } from '../exit-codes.js';
import type { FileRecord } from '../import/file-record.js';
import type { ImportSummary } from '../import/import-events.js';
import { openProgress } from '../progress.js';
import { openService, serviceOptions, type ServiceOptions } from '../service.js';
import { answer, answerJson, group, verb, type Common } from '../verb.js';

const FORMATS = ['jsonl', 'csv'] as const;
type Format = (typeof FORMATS)[number];
const FORMAT_OF: Readonly<Record<string, Format>> = {
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.csv': 'csv',
  '.tsv': 'csv',
  '.txt': 'csv',
};
const CONCURRENCY = { default: 8, max: 64 };
/** Lines shown to people; `--json` has more. */
const MAX_SHOWN = 100;

interface ImportArgs extends ServiceOptions {
  readonly file: string;
  readonly format?: Format;
  readonly dryRun: boolean;
  readonly concurrency: number;
}

const importVerb = verb({
  command: 'import <file>',
  describe: 'Schedule the events of a file, and update those that exist',
  options: (yargs: Argv<Common>) =>
    serviceOptions(yargs)
      .positional('file', { type: 'string', demandOption: true, describe: 'JSON lines or CSV' })
      .options({
        format: {
          choices: FORMATS,
          requiresArg: true,
          describe: 'File format; default: by the file name',
        },
        'dry-run': {
          type: 'boolean',
          default: false,
          describe: 'Check every line, and write nothing',
        },
        concurrency: {
          type: 'number',
          default: CONCURRENCY.default,
          requiresArg: true,
          describe: `Lines imported concurrently, 1 to ${CONCURRENCY.max}`,
        },
      })
      .example('$0 events import programme.csv --dry-run', 'list the errors of each line')
      .example('$0 events import programme.csv', 'also after a failure, or for a new version')
      .example(
        '$0 events import programme.jsonl --json',
        'print counts and errors as one JSON document',
      )
      .epilog(
        'Each line has an `externalId`, your own key of the event. Importing the same line ' +
          'again changes nothing; a changed ' +
          'line updates the event. Exits with 1 when a line has an error. File format: ' +
          'docs/concepts/catalogue.md',
      ) as unknown as Argv<ImportArgs>,
  run: importFile,
});

export const events = group('events', 'The event catalogue', [importVerb]);

async function importFile(args: ImportArgs): Promise<ExitCode> {
  const { file, dryRun, concurrency, json } = args;
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > CONCURRENCY.max) {
    throw new Misuse(`--concurrency must be a whole number from 1 to ${CONCURRENCY.max}.`);
  }
  const format = args.format ?? FORMAT_OF[extname(file).toLowerCase()];
  if (!format)
    throw new Misuse(
      `The format of ${file} is unknown. Add --format ${FORMATS.join(' or --format ')}.`,
    );
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) throw new Misuse(`There is no file ${file}.`);
  const service = openService(args, { connections: concurrency });
  const progress = openProgress({
    activity: dryRun ? `Checking ${file}` : `Importing ${file}`,
    unit: 'bytes',
    total: found.size,
  });
  try {
    const summary = await run(service, format, args, progress.update);
    progress.end();
    if (json) answerJson({ ...summary, dryRun });
    else answer(describe(summary, dryRun));
    return summary.errors.count === 0 ? EXIT.success : EXIT.failed;
  } finally {
    progress.end();
    await service.close();
  }
}

/**
 * Loads the validation of the service here, because loading is slow and other verbs do not need it.
 */
async function run(
  service: ReturnType<typeof openService>,
  format: Format,
  { file, dryRun, concurrency }: ImportArgs,
  onProgress: (done: number, note: string) => void,
): Promise<ImportSummary> {
  await import('reflect-metadata');
  const [{ importEvents, outcomeOf }, records, events, { dryRunEvent, readVenues }] =
    await Promise.all([
      import('../import/import-events.js'),
      import('../import/read-records.js'),
      import('../import/event-record.js'),
      import('../import/venues.js'),
    ]);
  const { checkColumns, fromCells, readEventRecord } = events;
  const venues = await readVenues(service);
  const lines: AsyncIterator<FileRecord> =
    format === 'csv' ? records.readCsv(file, checkColumns) : records.readJsonLines(file);
  return importEvents(lines, {
    concurrency,
    read: ({ value, cellOf }) =>
      format === 'csv'
        ? readEventRecord(fromCells(value as Record<string, string>), venues.byName, cellOf)
        : readEventRecord(value, venues.byName),
    send: async (body) =>
      dryRun
        ? dryRunEvent(body, venues)
        : outcomeOf(body, await service.ask('POST', '/v1/events', body, { prefer: 'wait=0' })),
    onProgress: (bytes, { lines: done, errors }) =>
      onProgress(bytes, `${done} lines, ${errors.count} errors`),
  });
}

function describe(
  { lines, errors, skipped, valid, created, updated, unchanged }: ImportSummary,
  dryRun: boolean,
): string {
  const count = (number: number) => number.toLocaleString('en-US');
  const shown = errors.named.slice(0, MAX_SHOWN);
  const more = errors.count - shown.length;
  const past = skipped.named.slice(0, MAX_SHOWN);
  const morePast = skipped.count - past.length;
  const skippedInWords = skipped.count > 0 ? `${count(skipped.count)} skipped, ` : '';
  return [
    ...shown.map(({ line, externalId, message }) =>
      [`line ${line}`, ...(externalId === undefined ? [] : [externalId]), message].join(': '),
    ),
    ...(more > 0 ? [`… and ${count(more)} more`] : []),
    ...past.map(
      ({ line, externalId, name, startsAt }) =>
        `line ${line}: ${externalId}: skipped: ${JSON.stringify(name)} started at ` +
        `${startsAt}, in the past`,
    ),
    ...(morePast > 0 ? [`… and ${count(morePast)} more were skipped`] : []),
    ...(errors.count + skipped.count > 0 ? [''] : []),
    dryRun
      ? `${count(lines)} ${lines === 1 ? 'line' : 'lines'}: ${count(valid)} valid, ` +
        `${skippedInWords}${count(errors.count)} with errors. Nothing was written.`
      : `${count(lines)} ${lines === 1 ? 'line' : 'lines'}: ${count(created)} created, ` +
        `${count(updated)} updated, ${count(unchanged)} unchanged, ` +
        `${skippedInWords}${count(errors.count)} with errors.`,
  ].join('\n');
}
