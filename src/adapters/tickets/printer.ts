import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { PrinterBusy, PrintFailed, type TicketPrinter } from '../../ports/ticket-printer.js';
import { draw, type PrintJob } from './draw.js';

/** Jobs that wait; one takes about a tenth of a second. */
const MAX_WAITING = 100;
/** For one job. A document over this is none of ours. Milliseconds. */
const JOB_MS = 15_000;
const WORKER_HEAP_MB = 256;
/** Beside this file when it is compiled; in tests, which run the sources, there is none. */
const WORKER_FILE = join(import.meta.dirname, 'print-worker.js');

type Drawn = string | Uint8Array;

export interface PrinterLimits {
  readonly maxWaiting?: number;
  readonly jobMs?: number;
}

/**
 * Draws one after the other, in a thread of its own: a page costs as much time as thousands of decisions, and those who
 * sell seats share none of it. A job that takes too long is given up together with its thread; the next gets a new one.
 */
export function openTicketPrinter(limits: PrinterLimits = {}): TicketPrinter {
  const { maxWaiting = MAX_WAITING, jobMs = JOB_MS } = limits;
  const drawing = existsSync(WORKER_FILE) ? inThread(WORKER_FILE, jobMs) : here();
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;

  const print = <T extends Drawn>(job: PrintJob): Promise<T> => {
    if (closed) return Promise.reject(new PrintFailed('The printer is closed.'));
    if (waiting >= maxWaiting) return Promise.reject(new PrinterBusy(`${waiting} jobs are waiting.`));
    waiting++;
    const drawn = last.then(() => drawing.draw(job)).finally(() => waiting--);
    last = drawn.catch(() => {});
    return drawn as Promise<T>;
  };

  return {
    qrSvg: (code) => print<string>({ kind: 'qr-svg', code }),
    qrPng: (code) => print<Uint8Array>({ kind: 'qr-png', code }),
    pdf: (tickets) => print<Uint8Array>({ kind: 'pdf', tickets }),
    report: (report) => print<Uint8Array>({ kind: 'report', report }),
    close: async () => {
      closed = true;
      await drawing.close();
    },
  };
}

interface Drawing {
  draw(job: PrintJob): Promise<Drawn>;
  close(): Promise<void>;
}

const here = (): Drawing => ({
  draw: (job) =>
    draw(job).catch((error: Error) => {
      throw new PrintFailed(error.message, { cause: error });
    }),
  close: () => Promise.resolve(),
});

function inThread(file: string, jobMs: number): Drawing {
  let worker: Worker | undefined;
  const start = (): Worker => {
    const started = new Worker(file, { resourceLimits: { maxOldGenerationSizeMb: WORKER_HEAP_MB } });
    started.unref();
    // Told to the job under way too; without one, an error that nobody hears would end the process.
    started.on('error', () => {});
    started.once('exit', () => {
      if (worker === started) worker = undefined;
    });
    return started;
  };

  const draw = (job: PrintJob): Promise<Drawn> =>
    new Promise((resolve, reject) => {
      const thread = (worker ??= start());
      const end = (settle: () => void) => {
        clearTimeout(timer);
        thread.off('message', onMessage).off('error', onError).off('exit', onExit);
        settle();
      };
      const fail = (reason: string) => end(() => reject(new PrintFailed(reason)));
      const onMessage = ({ drawn, error }: { drawn?: Drawn; error?: string }) =>
        drawn === undefined ? fail(error ?? 'nothing was drawn') : end(() => resolve(drawn));
      const onError = (error: Error) => fail(error.message);
      const onExit = () => fail('the thread that draws has ended');
      const timer = setTimeout(() => {
        worker = undefined;
        void thread.terminate();
        fail(`not drawn within ${jobMs} ms`);
      }, jobMs);
      thread.on('message', onMessage).on('error', onError).on('exit', onExit);
      thread.postMessage(job);
    });

  return { draw, close: async () => void (await worker?.terminate()) };
}
