import type pg from 'pg';
import { systemClock } from './adapters/system/clock.js';
import { openTicketSigner } from './adapters/tickets/ed25519-signer.js';
import { openTicketPrinter } from './adapters/tickets/printer.js';
import { ticketKeys } from './adapters/tickets/ticket-keys.js';
import * as commandTokens from './commands/tokens.js';
import type { Config } from './config.js';
import * as httpTokens from './http/tokens.js';
import type { TicketPrinter } from './ports/ticket-printer.js';
import type { TicketSigner } from './ports/ticket-signer.js';
import { openContacts } from './read-models/contacts.js';
import { ticketLedger, ticketQueries } from './read-models/tickets-queries.js';

/** What makes tickets, checks them and brings them to whoever has bought. */
export interface Ticketing {
  readonly signer: TicketSigner;
  readonly printer: TicketPrinter;
  /** What the handlers and the routes of tickets ask for, by injection token. */
  readonly bindings: readonly (readonly [symbol, unknown])[];
  close(): Promise<void>;
}

/** @throws Error when the keys that sign tickets cannot be read */
export function openTicketing(config: Config, pool: pg.Pool): Ticketing {
  const signer = openTicketSigner(ticketKeys(config.ticketSigningKeys, config.dataDir));
  const queries = ticketQueries(pool);
  const printer = openTicketPrinter();
  return {
    signer,
    printer,
    bindings: [
      [commandTokens.TICKET_SIGNER, signer],
      [commandTokens.TICKET_LEDGER, ticketLedger(queries, systemClock)],
      [httpTokens.TICKET_QUERIES, queries],
      [httpTokens.TICKET_PRINTER, printer],
      [httpTokens.CONTACTS, openContacts(pool)],
    ],
    close: () => printer.close(),
  };
}
