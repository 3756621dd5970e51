import { join } from 'node:path';
import type pg from 'pg';
import { openOutbox } from '../adapters/mail/outbox.js';
import { openSmtpMailer } from '../adapters/mail/smtp.js';
import { systemClock } from '../adapters/system/clock.js';
import { systemRandomness } from '../adapters/system/randomness.js';
import { openTicketSigner } from '../adapters/ticket/ed25519-signer.js';
import { openTicketPrinter } from '../adapters/ticket/printer.js';
import { ticketKeys } from '../adapters/ticket/ticket-keys.js';
import type { SeatingPlans } from '../commands/seating-plan/seating-plans.js';
import * as commandTokens from '../commands/shared/tokens.js';
import type { Config } from '../config/config.js';
import * as httpTokens from '../http/platform/tokens.js';
import type { Mailer } from '../ports/ticket/mailer.js';
import type { TicketPrinter } from '../ports/ticket/ticket-printer.js';
import type { TicketSigner } from '../ports/ticket/ticket-signer.js';
import {
  startConfirmationMail,
  type ConfirmationMail,
} from '../processes/ticket/confirmation-mail.js';
import { openMailComposer } from '../processes/ticket/mail-composer.js';
import { confirmationMails } from '../read-models/ticket/confirmation-mails.js';
import { openContacts, type Contacts } from '../read-models/ticket/contacts.js';
import { eventQueries } from '../read-models/event/events-queries.js';
import { reservationQueries } from '../read-models/seat-inventory/reservations-queries.js';
import { ticketLedger, ticketQueries } from '../read-models/ticket/tickets-queries.js';
import type { AdvisoryLocks } from '../read-models/tables/advisory-lock.js';

/** What makes tickets, checks them and brings them to whoever has bought. */
export interface Ticketing {
  readonly signer: TicketSigner;
  readonly printer: TicketPrinter;
  readonly contacts: Contacts;
  /** Undefined with `MAIL=off`. */
  readonly mail: ConfirmationMail | undefined;
  /** What the handlers and the routes of tickets ask for, by injection token. */
  readonly bindings: readonly (readonly [symbol, unknown])[];
  close(): Promise<void>;
}

export interface TicketingParts {
  readonly pool: pg.Pool;
  readonly turns: AdvisoryLocks;
  readonly plans: SeatingPlans;
  /** Between two looks for mails to send; milliseconds. */
  readonly scanMs?: number;
  readonly log: (message: string) => void;
}

/** @throws Error when the keys that sign tickets cannot be read */
export function openTicketing(
  config: Config,
  { pool, turns, plans, scanMs, log }: TicketingParts,
): Ticketing {
  const signer = openTicketSigner(ticketKeys(config.ticketSigningKeys, config.dataDir));
  const tickets = ticketQueries(pool);
  const contacts = openContacts(pool);
  const printer = openTicketPrinter();
  const mailer = config.mail ? openMailer(config) : undefined;
  const mail =
    mailer &&
    startConfirmationMail({
      mails: confirmationMails(pool),
      compose: openMailComposer({
        ...{ tickets, contacts, plans, signer },
        reservations: reservationQueries(pool),
        events: eventQueries(pool),
      }),
      inTurn: (work) => turns.withAdvisoryLock('confirmation-mail', work),
      perMinute: config.mailPerMinute,
      clock: systemClock,
      randomness: systemRandomness,
      ...{ printer, mailer, scanMs, log },
    });
  return {
    ...{ signer, printer, contacts, mail },
    bindings: [
      [commandTokens.TICKET_SIGNER, signer],
      [commandTokens.TICKET_LEDGER, ticketLedger(tickets, systemClock)],
      [httpTokens.TICKET_QUERIES, tickets],
      [httpTokens.TICKET_PRINTER, printer],
      [httpTokens.CONTACTS, contacts],
    ],
    close: async () => {
      await mail?.stop();
      await mailer?.close();
      await printer.close();
    },
  };
}

function openMailer({ smtpUrl, mailFrom: from, dataDir }: Config): Mailer {
  if (smtpUrl !== undefined) return openSmtpMailer({ url: smtpUrl, from });
  return openOutbox({ directory: join(dataDir, 'outbox'), from });
}
