import { derivedId } from '../shared/derived-id.js';
import type { DomainEvent } from '../shared/domain-event.js';

/** Stream of one ticket: empty until the ticket is checked in or voided. */
export const CHECK_IN = 'checkIn-';
export const checkInStream = (ticketId: string): string => CHECK_IN + ticketId;

/** The same seat of the same reservation always has the same ticket id. */
export const ticketIdOf = (reservationId: string, seatId: string): string =>
  derivedId('ticket', reservationId, seatId);

interface OfTicket {
  readonly ticketId: string;
  readonly eventId: string;
  readonly reservationId: string;
  readonly seatId: string;
}

export interface TicketRedeemedData extends OfTicket {
  /** ISO 8601. */
  readonly redeemedAt: string;
}

/** Why a ticket no longer admits. */
export type VoidReason = 'refunded' | 'exchanged';

export interface TicketVoidedData extends OfTicket {
  /**
   * Id of the refund or exchange that takes the seat back. The inventory decides about the change
   * afterwards.
   */
  readonly changeId: string;
  readonly reason: VoidReason;
  /** Whether the ticket was checked in and the organizer forced the change. */
  readonly wasRedeemed: boolean;
  /** ISO 8601. */
  readonly voidedAt: string;
}

export interface TicketReinstatedData extends OfTicket {
  /** ISO 8601. */
  readonly reinstatedAt: string;
}

/** The ticket was checked in. */
export type TicketRedeemed = DomainEvent<'TicketRedeemed', TicketRedeemedData>;
/**
 * Written before the inventory frees the seat, so that a check-in and a refund cannot both succeed.
 */
export type TicketVoided = DomainEvent<'TicketVoided', TicketVoidedData>;
/**
 * The refund or exchange did not happen, or the seat was exchanged back: the ticket admits as
 * before.
 */
export type TicketReinstated = DomainEvent<'TicketReinstated', TicketReinstatedData>;
export type CheckInEvent = TicketRedeemed | TicketVoided | TicketReinstated;
