import type { TicketStanding } from '../../domain/ticket/decide.js';
import { ticketIdOf } from '../../domain/ticket/events.js';
import type { PriceOfCategory } from '../../domain/seat-inventory/events.js';
import type { SeatLayout } from '../../domain/seating-plan/layout.js';
import { placeOf, type Place } from '../../domain/seating-plan/place.js';
import type { TicketsToPrint } from '../../ports/ticket/ticket-printer.js';
import type { TicketSigner } from '../../ports/ticket/ticket-signer.js';

/** A sold seat with its ticket code. */
export interface CodedTicket extends Place {
  readonly ticketId: string;
  readonly seatId: string;
  /** Text of the QR code. */
  readonly code: string;
}

export interface SoldSeat {
  readonly seatId: string;
  /** Milliseconds since the epoch. */
  readonly issuedAt: number;
}

/**
 * A confirmed reservation, from the inventory or from a read model. Only this status gets tickets.
 */
export interface ConfirmedSale {
  readonly eventId: string;
  readonly reservationId: string;
  readonly status: 'confirmed';
}

/** Returns the tickets of sold seats. The same seats always have the same tickets. */
export function codedTickets(
  signer: TicketSigner,
  layout: SeatLayout,
  { eventId, reservationId }: ConfirmedSale,
  seats: readonly SoldSeat[],
): CodedTicket[] {
  return seats.map(({ seatId, issuedAt }) => {
    const ticketId = ticketIdOf(reservationId, seatId);
    const code = signer.sign({
      ticketId,
      eventId,
      seatId,
      reservationId,
      issuedAt,
      status: 'valid',
    });
    return { ticketId, seatId, ...placeOf(layout, layout.indexOf.get(seatId)!), code };
  });
}

/** A ticket from the read model. */
export interface StoredTicket {
  readonly ticketId: string;
  readonly eventId: string;
  readonly seatId: string;
  readonly reservationId: string;
  readonly status: TicketStanding;
  /** ISO 8601. */
  readonly issuedAt: string;
}

/**
 * Returns the code of a stored ticket. Refunded and exchanged tickets have none: their type does
 * not fit.
 */
export function codeOf(
  signer: TicketSigner,
  ticket: StoredTicket & { readonly status: 'valid' },
): string {
  const { ticketId, eventId, seatId, reservationId, status, issuedAt } = ticket;
  return signer.sign({
    ticketId,
    eventId,
    seatId,
    reservationId,
    status,
    issuedAt: Date.parse(issuedAt),
  });
}

/**
 * Returns the seats of a sale, in the order of `seatIds`, with the time of their tickets. `not-
 * issued`: a ticket is not stored yet. `not-valid`: a ticket was refunded or exchanged after
 * `seatIds` was read.
 */
export function soldSeatsOf(
  seatIds: readonly string[],
  stored: readonly StoredTicket[],
): readonly SoldSeat[] | 'not-issued' | 'not-valid' {
  const bySeat = new Map(stored.map((ticket) => [ticket.seatId, ticket]));
  const tickets = seatIds.map((seatId) => bySeat.get(seatId));
  if (!tickets.every((ticket) => ticket !== undefined)) return 'not-issued';
  if (tickets.some(({ status }) => status !== 'valid')) return 'not-valid';
  return tickets.map(({ seatId, issuedAt }) => ({ seatId, issuedAt: Date.parse(issuedAt) }));
}

/** The data of an event that the printer needs. */
export type EventToPrint = TicketsToPrint['event'] & {
  /** Time zone of the event's own times, independent of the venue's. */
  readonly timeZone: string;
  readonly prices: readonly PriceOfCategory[];
};

export function ticketsToPrint(
  { name, startsAt, timeZone, venue, prices }: EventToPrint,
  reservationId: string,
  issuedAt: number,
  tickets: readonly CodedTicket[],
): TicketsToPrint {
  const priceOf = new Map(prices.map((price) => [price.category, price]));
  return {
    event: { name, startsAt, venue: { ...venue, timeZone } },
    reservationId,
    issuedAt: new Date(issuedAt).toISOString(),
    tickets: tickets.map((ticket) => {
      const price = priceOf.get(ticket.category);
      return {
        ...ticket,
        price: price && { amountMinor: price.amountMinor, currency: price.currency },
      };
    }),
  };
}
