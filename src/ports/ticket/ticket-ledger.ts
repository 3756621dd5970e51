import type { TicketStanding } from '../../domain/ticket/decide.js';

/** Which tickets have been issued, and what has become of them. */
export interface TicketLedger {
  /** Undefined for one that was never issued. A ticket that has just been paid for is waited for, a moment at most. */
  standing(eventId: string, ticketId: string): Promise<TicketStanding | undefined>;
}
