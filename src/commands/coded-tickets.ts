import { ticketIdOf } from '../domain/check-in/events.js';
import type { PriceOfCategory } from '../domain/seat-inventory/events.js';
import type { SeatLayout } from '../domain/seating-plan/layout.js';
import { placeOf, type Place } from '../domain/seating-plan/place.js';
import type { TicketsToPrint } from '../ports/ticket-printer.js';
import type { TicketSigner } from '../ports/ticket-signer.js';

/** One sold seat, as its owner sees it. */
export interface CodedTicket extends Place {
  readonly ticketId: string;
  readonly seatId: string;
  /** What the door reads. */
  readonly code: string;
}

export interface SoldSeat {
  readonly seatId: string;
  /** Milliseconds since the epoch. */
  readonly issuedAt: number;
}

/** The same seats have the same tickets, however often they are asked for. */
export function codedTickets(
  signer: TicketSigner,
  layout: SeatLayout,
  { eventId, reservationId }: { readonly eventId: string; readonly reservationId: string },
  seats: readonly SoldSeat[],
): CodedTicket[] {
  return seats.map(({ seatId, issuedAt }) => {
    const ticketId = ticketIdOf(reservationId, seatId);
    const code = signer.sign({ ticketId, eventId, seatId, reservationId, issuedAt });
    return { ticketId, seatId, ...placeOf(layout, layout.indexOf.get(seatId)!), code };
  });
}

/** What the printer needs of an event. */
export type EventToPrint = TicketsToPrint['event'] & {
  /** What its own times are told in, whatever the venue's clocks show. */
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
      return { ...ticket, price: price && { amountMinor: price.amountMinor, currency: price.currency } };
    }),
  };
}
