import { Module } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { MailModule } from '../adapters/mail/mail.module.js';
import { POOL } from '../adapters/postgres/tokens.js';
import { TicketPrintingModule } from '../adapters/ticket/ticket-printing.module.js';
import { TicketSigningModule } from '../adapters/ticket/ticket-signing.module.js';
import { INVENTORY_WRITERS, SEATING_PLANS, TICKET_VOIDS } from '../commands/shared/tokens.js';
import { CheckInTicketHandler } from '../commands/ticket/check-in-ticket.js';
import { LiftVoidHandler } from '../commands/ticket/lift-void.js';
import { openTicketVoids } from '../commands/ticket/ticket-voids.js';
import { CONFIG } from '../config/token.js';
import { provide } from '../ports/shared/provide.js';
import {
  CLOCK,
  EVENT_STORE,
  LOG,
  MAILER,
  RANDOMNESS,
  TICKET_LEDGER,
  TICKET_PRINTER,
  TICKET_SIGNER,
} from '../ports/shared/tokens.js';
import { background } from '../processes/shared/background.js';
import { PROCESS_WAITS } from '../processes/shared/tokens.js';
import { startConfirmationMail } from '../processes/ticket/confirmation-mail.js';
import { openMailComposer } from '../processes/ticket/mail-composer.js';
import { startTicketVoids } from '../processes/ticket/ticket-voids.js';
import { LOG_GUARD } from '../projections/tokens.js';
import {
  ADVISORY_LOCKS,
  CONTACTS,
  EVENT_QUERIES,
  RESERVATION_QUERIES,
  TICKET_QUERIES,
} from '../read-models/shared/tokens.js';
import { confirmationMails } from '../read-models/ticket/confirmation-mails.js';
import { ticketVoidQueries } from '../read-models/ticket/ticket-voids.js';
import { ticketLedger } from '../read-models/ticket/tickets-queries.js';
import { InventoryWriterModule } from './inventory-writer.module.js';

const confirmationMail = background('ConfirmationMail', {
  inject: [
    MAILER,
    TICKET_PRINTER,
    TICKET_SIGNER,
    SEATING_PLANS,
    TICKET_QUERIES,
    CONTACTS,
    RESERVATION_QUERIES,
    EVENT_QUERIES,
    POOL,
    ADVISORY_LOCKS,
    PROCESS_WAITS,
    CONFIG,
    CLOCK,
    RANDOMNESS,
    LOG,
  ],
  start: (
    mailer,
    printer,
    signer,
    plans,
    tickets,
    contacts,
    reservations,
    events,
    pool,
    locks,
    { scanMs },
    { mailPerMinute: perMinute },
    clock,
    randomness,
    { warn },
  ) => {
    if (!mailer) return undefined;
    return startConfirmationMail({
      mails: confirmationMails(pool),
      compose: openMailComposer({ tickets, contacts, plans, signer, reservations, events }),
      withLock: (work) => locks.withAdvisoryLock('confirmation-mail', work),
      perMinute,
      printer,
      mailer,
      scanMs,
      clock,
      randomness,
      warn,
    });
  },
});

const ticketVoids = background('TicketVoids', {
  inject: [CommandBus, POOL, LOG_GUARD, PROCESS_WAITS, CLOCK, RANDOMNESS, LOG],
  start: (bus, pool, guard, { scanMs }, clock, randomness, { warn }) =>
    startTicketVoids({
      uncertain: ticketVoidQueries(pool),
      isLogReplaced: () => guard.isReplaced(),
      lift: (command) => bus.execute(command),
      scanMs,
      clock,
      randomness,
      warn,
    }),
});

/** Signs, prints, mails, voids and checks tickets. */
@Module({
  imports: [InventoryWriterModule, TicketSigningModule, TicketPrintingModule, MailModule],
  providers: [
    provide(TICKET_VOIDS, {
      inject: [EVENT_STORE, INVENTORY_WRITERS, CLOCK],
      useFactory: (eventStore, writers, clock) => openTicketVoids({ eventStore, writers, clock }),
    }),
    provide(TICKET_LEDGER, { inject: [TICKET_QUERIES, CLOCK], useFactory: ticketLedger }),
    CheckInTicketHandler,
    LiftVoidHandler,
    confirmationMail,
    ticketVoids,
  ],
  exports: [
    TICKET_VOIDS,
    TICKET_LEDGER,
    InventoryWriterModule,
    TicketSigningModule,
    TicketPrintingModule,
  ],
})
export class TicketModule {}
