import type pg from 'pg';
import { systemClock } from './adapters/system/clock.js';
import { openTicketSigner } from './adapters/tickets/ed25519-signer.js';
import { ticketKeys } from './adapters/tickets/ticket-keys.js';
import * as commandTokens from './commands/tokens.js';
import type { Config } from './config.js';
import type { TicketSigner } from './ports/ticket-signer.js';
import { ticketLedger, ticketQueries } from './read-models/tickets-queries.js';

/** What makes tickets, checks them and brings them to whoever has bought. */
export interface Ticketing {
  readonly signer: TicketSigner;
  /** What the handlers and the routes of tickets ask for, by injection token. */
  readonly bindings: readonly (readonly [symbol, unknown])[];
  close(): Promise<void>;
}

/** @throws Error when the keys that sign tickets cannot be read */
export function openTicketing(config: Config, pool: pg.Pool): Ticketing {
  const signer = openTicketSigner(ticketKeys(config.ticketSigningKeys, config.dataDir));
  const queries = ticketQueries(pool);
  return {
    signer,
    bindings: [
      [commandTokens.TICKET_SIGNER, signer],
      [commandTokens.TICKET_LEDGER, ticketLedger(queries, systemClock)],
    ],
    close: () => Promise.resolve(),
  };
}
