import { derivedId } from '../derived-id.js';
import type { DomainEvent } from '../domain-event.js';

/** Stream of one ticket at the door: empty until it is redeemed, and never longer than that. */
export const CHECK_IN = 'checkIn-';
export const checkInStream = (ticketId: string): string => CHECK_IN + ticketId;

/** The same seat of the same reservation is the same ticket, however often it is asked for. */
export const ticketIdOf = (reservationId: string, seatId: string): string =>
  derivedId('ticket', reservationId, seatId);

export interface TicketRedeemedData {
  readonly ticketId: string;
  readonly eventId: string;
  readonly reservationId: string;
  readonly seatId: string;
  /** ISO 8601. */
  readonly redeemedAt: string;
}

/** Somebody has gone in with it. */
export type TicketRedeemed = DomainEvent<'TicketRedeemed', TicketRedeemedData>;
export type CheckInEvent = TicketRedeemed;
