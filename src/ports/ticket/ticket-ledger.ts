import type { TicketStanding } from '../../domain/ticket/decide.js';

/** The standing of issued tickets. */
export interface TicketLedger {
  /**
   * Undefined for a ticket that was never issued. Waits a moment for a ticket that was just paid
   * for.
   */
  standing(eventId: string, ticketId: string): Promise<TicketStanding | undefined>;
}
