import { MailRefused, type Mailer } from '../../ports/ticket/mailer.js';
import { PrinterBusy, type TicketPrinter } from '../../ports/ticket/ticket-printer.js';
import type { ConfirmationMails, MailToSend } from '../../read-models/ticket/confirmation-mails.js';
import type { Composed } from './mail-composer.js';
import { startScanning, workThrough, type ScanningParts } from '../shared/scanning.js';

/** Mails per scan. Other nodes may scan in between. */
const MAX_PER_SCAN = 50;
/** Mails sent at the same time. A slow server delays no more. */
const AT_ONCE = 4;
/** Pause before the next attempt, doubling from the first to the last. Milliseconds. */
const BACK_OFF_MS = { first: 5_000, last: 3_600_000 };
/** Pause until a read model shows the sale. Milliseconds. */
const NOT_YET_MS = 1_000;
/** A confirmation that is older than this is not sent any more. Milliseconds. */
const MAX_AGE_MS = 3 * 24 * 3_600_000;
const MAX_ERROR_LENGTH = 500;

export interface ConfirmationMailParts extends ScanningParts {
  mails: ConfirmationMails;
  compose(due: MailToSend): Promise<Composed>;
  printer: TicketPrinter;
  mailer: Mailer;
  /** Maximum of mails per minute. */
  perMinute: number;
}

export interface ConfirmationMail {
  /** Mails that this node has sent since it started. */
  sent(): number;
  /** Resolves when the mails in progress have ended. */
  stop(): Promise<void>;
}

/**
 * Sends each buyer the tickets once. A table holds what is due and its outcome, so another node
 * continues after a crash. The outcome is stored after sending: a mail may go out twice, but is
 * never lost. A repeated mail has the same id, by which the outbox and mail programs recognize it.
 */
export function startConfirmationMail(parts: ConfirmationMailParts): ConfirmationMail {
  const { mails, clock, warn, perMinute } = parts;
  const pauseMs = 60_000 / perMinute;
  let sent = 0;
  let nextAt = 0;

  /** Waits until the rate limit allows another mail. */
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
      warn(`mail of reservation ${due.reservationId} refused: ${reason}`);
      return mails.end(due, 'given-up', reason);
    }
    const busy = error instanceof PrinterBusy;
    const pause = busy
      ? BACK_OFF_MS.first
      : Math.min(BACK_OFF_MS.first * 2 ** due.attempts, BACK_OFF_MS.last);
    if (!busy) warn(`mail of reservation ${due.reservationId} not sent, trying again: ${reason}`);
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
