import { CHECK_IN, ticketIdOf, type CheckInEvent } from '../domain/ticket/events.js';
import { SEAT_INVENTORY, type SeatInventoryEvent } from '../domain/seat-inventory/events.js';
import type { RecordedEvent } from '../ports/event-store/event-store.js';
import { tickets, type TicketChange } from '../read-models/ticket/tickets.js';
import { unknownType, type Projection } from './projection.js';

export const ticketsProjection: Projection<TicketChange> = {
  readModel: tickets,
  prefixes: [SEAT_INVENTORY, CHECK_IN],
  project,
};

function project({ type, data, stream }: RecordedEvent): TicketChange[] | undefined {
  const event = { type, data } as SeatInventoryEvent | CheckInEvent;
  const eventId = stream.slice(SEAT_INVENTORY.length);

  switch (event.type) {
    case 'ReservationConfirmed': {
      const { reservationId, seatIds, confirmedAt } = event.data;
      return [issued(eventId, reservationId, seatIds, confirmedAt, true)];
    }
    case 'ReservationRefunded': {
      const { reservationId, seatIds, refundedAt } = event.data;
      return [ended(eventId, reservationId, seatIds, 'refunded', refundedAt)];
    }
    case 'SeatsExchanged': {
      const { reservationId, fromSeatIds, seatIds, exchangedAt } = event.data;
      const given = fromSeatIds.filter((seatId) => !seatIds.includes(seatId));
      const taken = seatIds.filter((seatId) => !fromSeatIds.includes(seatId));
      return [
        ended(eventId, reservationId, given, 'exchanged', exchangedAt),
        issued(eventId, reservationId, taken, exchangedAt, false),
        // The ticket of a seat that comes back is void until a process has checked it.
        { kind: 'uncertain', eventId, reservationId, seatIds: taken },
      ];
    }
    case 'TicketRedeemed': {
      const { ticketId, redeemedAt } = event.data;
      return [{ kind: 'redeemed', eventId: event.data.eventId, ticketId, redeemedAt }];
    }
    case 'TicketVoided': {
      const { reservationId, seatId } = event.data;
      return [{ kind: 'uncertain', eventId: event.data.eventId, reservationId, seatIds: [seatId] }];
    }
    case 'TicketReinstated':
    case 'InventoryOpened':
    case 'SeatsReserved':
    case 'PaymentStarted':
    case 'PaymentTurnedDown':
    case 'SaleChangeWithdrawn':
    case 'ReservationReinstated':
    case 'ReservationExpired':
    case 'ReservationReleased':
    case 'SeatsBlocked':
    case 'SeatsUnblocked':
    case 'OnSaleMoved':
    case 'SalesEndMoved':
    case 'SalesClosed':
    case 'SaleCancelled':
      return undefined;
    default:
      throw unknownType(event);
  }
}

function issued(
  eventId: string,
  reservationId: string,
  seatIds: readonly string[],
  issuedAt: string,
  mail: boolean,
): TicketChange {
  const tickets = seatIds.map((seatId) => ({
    ticketId: ticketIdOf(reservationId, seatId),
    seatId,
  }));
  return { kind: 'issued', eventId, reservationId, tickets, issuedAt, mail };
}

function ended(
  eventId: string,
  reservationId: string,
  seatIds: readonly string[],
  status: 'refunded' | 'exchanged',
  endedAt: string,
): TicketChange {
  const ticketIds = seatIds.map((seatId) => ticketIdOf(reservationId, seatId));
  return { kind: 'ended', eventId, ticketIds, status, endedAt };
}
