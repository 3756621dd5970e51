import { SingleBar } from 'cli-progress';
import { report } from './verb.js';

/** Milliseconds between two lines when stderr is not a terminal. */
const LINE_EVERY_MS = 5_000;

export interface Progress {
  /** Shows the number of processed units. May be called very often. */
  update(done: number, note?: string): void;
  /** Closes the bar, also after a failure: an open bar overwrites the next line. Idempotent. */
  end(): void;
}

export interface ProgressOptions {
  /** The running work, such as `Reading the list of stripe`. */
  readonly activity: string;
  /** Counted unit, in the plural. */
  readonly unit: string;
  /** Undefined when unknown: then only a count is shown. */
  readonly total?: number;
  /** Output stream; default: stderr. */
  readonly stream?: NodeJS.WriteStream;
}

/**
 * Shows progress on stderr, so that stdout holds only the result: a bar on a terminal, otherwise a
 * line every few seconds.
 */
export function openProgress({
  activity,
  unit,
  total,
  stream = process.stderr,
}: ProgressOptions): Progress {
  if (!stream.isTTY) return openLines({ activity, unit, total });
  const format =
    total === undefined
      ? `${activity} | {value} ${unit}{note}`
      : `${activity} | {bar} {percentage} % | {value} of {total} ${unit} | {eta_formatted} ` +
        'left{note}';
  const bar = new SingleBar({
    format,
    stream,
    hideCursor: true,
    clearOnComplete: false,
    barsize: 30,
    fps: 8,
    noTTYOutput: false,
    formatValue: (value, _, type) =>
      type === 'value' || type === 'total' ? value.toLocaleString('en-US') : String(value),
  });
  const shown = (note?: string) => ({ note: note ? ` | ${note}` : '' });
  bar.start(total ?? 0, 0, shown());
  return {
    update: (done, note) => bar.update(done, shown(note)),
    end: () => {
      if (bar.isActive) bar.stop();
    },
  };
}

function openLines({ activity, unit, total }: ProgressOptions): Progress {
  let next = Date.now() + LINE_EVERY_MS;
  const count = (number: number) => number.toLocaleString('en-US');
  return {
    update: (done, note) => {
      if (Date.now() < next) return;
      next = Date.now() + LINE_EVERY_MS;
      const of = total === undefined ? '' : ` of ${count(total)}`;
      report(`${activity}: ${count(done)}${of} ${unit}${note ? `, ${note}` : ''}`);
    },
    end: () => undefined,
  };
}
