import { MailRefused, type Mailer } from '../../ports/ticket/mailer.js';
import { PrinterBusy, type TicketPrinter } from '../../ports/ticket/ticket-printer.js';
import type { ConfirmationMails, MailToSend } from '../../read-models/ticket/confirmation-mails.js';
import type { Composed } from './mail-composer.js';
import { startScanning, workThrough, type ScanningParts } from '../shared/scanning.js';

/** Mails of one scan, after which other nodes may have their turn. */
const MAX_PER_SCAN = 50;
/** Mails under way: a slow server holds up no more. */
const AT_ONCE = 4;
/** Before the next try: doubled each time, from the first to the last. Milliseconds. */
const BACK_OFF_MS = { first: 5_000, last: 3_600_000 };
/** Until a read model shows what was sold. Milliseconds. */
const NOT_YET_MS = 1_000;
/** A confirmation that is found or tried later than this is of no use any more. Milliseconds. */
const MAX_AGE_MS = 3 * 24 * 3_600_000;
const MAX_ERROR_LENGTH = 500;

export interface ConfirmationMailParts extends ScanningParts {
  mails: ConfirmationMails;
  compose(due: MailToSend): Promise<Composed>;
  printer: TicketPrinter;
  mailer: Mailer;
  /** Mails in a minute at most. */
  perMinute: number;
}

export interface ConfirmationMail {
  /** Mails that this node has sent since it started. */
  sent(): number;
  /** Resolves when the mails under way have ended. */
  stop(): Promise<void>;
}

/**
 * Sends each buyer the tickets, once. What is due stands in a table, and so does what became of it: a node that dies
 * leaves its mails to the next. What was sent is written down afterwards, so a mail may go out twice but never not at all;
 * it has the same id both times, by which the outbox keeps one and a mail program can tell.
 */
export function startConfirmationMail(parts: ConfirmationMailParts): ConfirmationMail {
  const { mails, clock, log, perMinute } = parts;
  const pauseMs = 60_000 / perMinute;
  let sent = 0;
  let nextAt = 0;

  /** Waits until the rate allows one more. */
  const slot = async (stopping: AbortSignal) => {
    const at = Math.max(nextAt, clock.now());
    nextAt = at + pauseMs;
    if (at > clock.now()) await clock.sleep(at - clock.now(), stopping);
  };

  const send = async (due: MailToSend): Promise<void> => {
    const composed = await parts.compose(due);
    if (composed === 'not-yet')
      return mails.postpone(due, clock.now() + NOT_YET_MS, 'not shown yet');
    if (composed === 'void') return mails.end(due, 'given-up', 'the tickets were no longer good');
    const { toPrint, mail } = composed;
    const content = await parts.printer.pdf(toPrint, 'mail');
    const attachment = { filename: 'tickets.pdf', type: 'application/pdf', content };
    await mails.end(due, await parts.mailer.send({ ...mail, attachment }));
    sent++;
  };

  const failed = async (due: MailToSend, error: Error): Promise<void> => {
    const reason = error.message.slice(0, MAX_ERROR_LENGTH).replace(/[\0\p{Cs}]/gu, '');
    if (error instanceof MailRefused) {
      log(`mail of reservation ${due.reservationId} refused: ${reason}`);
      return mails.end(due, 'given-up', reason);
    }
    const busy = error instanceof PrinterBusy;
    const pause = busy
      ? BACK_OFF_MS.first
      : Math.min(BACK_OFF_MS.first * 2 ** due.attempts, BACK_OFF_MS.last);
    if (!busy) log(`mail of reservation ${due.reservationId} not sent, trying again: ${reason}`);
    await mails.postpone(due, clock.now() + pause, reason);
  };

  const scanning = startScanning(parts, 'confirmation mails not sent', async (stopping) => {
    await mails.endOld(clock.now() - MAX_AGE_MS);
    const atMost = Math.max(1, Math.min(MAX_PER_SCAN, Math.floor(perMinute / 6)));
    await workThrough(await mails.due(clock.now(), atMost), AT_ONCE, stopping, async (due) => {
      await slot(stopping);
      if (!stopping.aborted) await send(due).catch((error: Error) => failed(due, error));
    });
  });

  return { sent: () => sent, stop: () => scanning.stop() };
}
