import { SingleBar } from 'cli-progress';
import { tell } from './verb.js';

/** Between two lines, where nobody watches. Milliseconds. */
const LINE_EVERY_MS = 5_000;

export interface Progress {
  /** How many are done by now; a second call may come a microsecond later. */
  at(done: number, note?: string): void;
  /** Also after a failure: a bar that is left open eats the next line. A second time does nothing. */
  end(): void;
}

export interface ProgressOf {
  /** What is going on: `Reading the list of stripe`. */
  readonly what: string;
  /** What is counted, in the plural. */
  readonly unit: string;
  /** Undefined when nobody knows; then it only counts. */
  readonly total?: number;
  /** Where somebody may watch; the terminal's error channel unless told. */
  readonly stream?: NodeJS.WriteStream;
}

/** On stderr, so that an answer on stdout stays whole: a bar on a terminal, else a line now and then. */
export function openProgress({ what, unit, total, stream = process.stderr }: ProgressOf): Progress {
  if (!stream.isTTY) return openLines({ what, unit, total });
  const format =
    total === undefined
      ? `${what} | {value} ${unit}{note}`
      : `${what} | {bar} {percentage} % | {value} of {total} ${unit} | {eta_formatted} left{note}`;
  const bar = new SingleBar({
    format,
    ...{
      stream,
      hideCursor: true,
      clearOnComplete: false,
      barsize: 30,
      fps: 8,
      noTTYOutput: false,
    },
    formatValue: (value, _, type) =>
      type === 'value' || type === 'total' ? value.toLocaleString('en-US') : String(value),
  });
  const shown = (note?: string) => ({ note: note ? ` | ${note}` : '' });
  bar.start(total ?? 0, 0, shown());
  return {
    at: (done, note) => bar.update(done, shown(note)),
    end: () => {
      if (bar.isActive) bar.stop();
    },
  };
}

function openLines({ what, unit, total }: ProgressOf): Progress {
  let next = Date.now() + LINE_EVERY_MS;
  const count = (number: number) => number.toLocaleString('en-US');
  return {
    at: (done, note) => {
      if (Date.now() < next) return;
      next = Date.now() + LINE_EVERY_MS;
      const of = total === undefined ? '' : ` of ${count(total)}`;
      tell(`${what}: ${count(done)}${of} ${unit}${note ? `, ${note}` : ''}`);
    },
    end: () => undefined,
  };
}
