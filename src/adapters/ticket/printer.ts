import { join } from 'node:path';
import { NoRoom, openFairShare } from '../../ports/system/fair-share.js';
import {
  PrinterBusy,
  PrintFailed,
  type PrintedFor,
  type TicketPrinter,
} from '../../ports/ticket/ticket-printer.js';
import { openThread } from '../system/thread.js';
import { draw, type PrintJob } from './draw.js';

/** Waiting jobs per account: enough for the QR images of all seats of one order. */
const MAX_WAITING_PER_ACCOUNT = 50;
/** Accounts with waiting jobs, served round-robin. A job takes about a tenth of a second. */
const MAX_ACCOUNTS_WAITING = 100;
/** Time limit of one job. No document of ours takes longer. Milliseconds. */
const JOB_MS = 15_000;
const WORKER_HEAP_MB = 256;

type Drawn = string | Uint8Array;

export interface PrinterLimits {
  readonly maxWaitingPerAccount?: number;
  readonly maxAccountsWaiting?: number;
  readonly jobMs?: number;
}

/**
 * Draws one document after the other in a separate thread: a page costs as much time as thousands
 * of decisions, and must not slow down sales. Accounts are served round-robin, so that the many
 * documents of one do not delay others; so are downloads and mails.
 */
export function openTicketPrinter(limits: PrinterLimits = {}): TicketPrinter {
  const thread = openThread<PrintJob, Drawn>({
    file: join(import.meta.dirname, 'print-worker.js'),
    here: draw,
    jobMs: limits.jobMs ?? JOB_MS,
    heapMb: WORKER_HEAP_MB,
    failure: (message, cause) => new PrintFailed(message, { cause }),
  });
  const queue = {
    places: 1,
    placesPerAsker: 1,
    maxWaitingPerAsker: limits.maxWaitingPerAccount ?? MAX_WAITING_PER_ACCOUNT,
    maxAskersWaiting: limits.maxAccountsWaiting ?? MAX_ACCOUNTS_WAITING,
  };
  const queues = { download: openFairShare(queue), mail: openFairShare(queue) };
  /** Each queue has at most one job that is being drawn or is next. */
  const nextJobs = openFairShare({ ...queue, maxWaitingPerAsker: 1 });
  let closed = false;

  const print = async <T extends Drawn>(job: PrintJob, printedFor: PrintedFor): Promise<T> => {
    const isMail = printedFor === 'mail';
    const purpose = isMail ? 'mail' : 'download';
    if (closed) throw new PrintFailed('The printer is closed.');
    const leaveQueue = await queues[purpose]
      .enter(isMail ? purpose : printedFor.account)
      .catch(busy);
    try {
      const leaveNext = await nextJobs.enter(purpose);
      try {
        if (closed) throw new PrintFailed('The printer is closed.');
        return (await thread.run(job)) as T;
      } finally {
        leaveNext();
      }
    } finally {
      leaveQueue();
    }
  };

  return {
    qrSvg: (code, printedFor) => print<string>({ kind: 'qr-svg', code }, printedFor),
    qrPng: (code, printedFor) => print<Uint8Array>({ kind: 'qr-png', code }, printedFor),
    pdf: (tickets, printedFor) => print<Uint8Array>({ kind: 'pdf', tickets }, printedFor),
    report: (report, printedFor) => print<Uint8Array>({ kind: 'report', report }, printedFor),
    close: async () => {
      closed = true;
      await thread.close();
    },
  };
}

function busy(error: unknown): never {
  throw error instanceof NoRoom ? new PrinterBusy(error.message) : error;
}
