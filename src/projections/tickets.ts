import { CHECK_IN, ticketIdOf, type CheckInEvent } from '../domain/ticket/events.js';
import { SEAT_INVENTORY, type SeatInventoryEvent } from '../domain/seat-inventory/events.js';
import type { RecordedEvent } from '../ports/event-store/event-store.js';
import { tickets, type TicketChange } from '../read-models/ticket/tickets.js';
import { handle, type Handlers, type Projection } from './projection.js';

export const ticketsProjection: Projection<TicketChange> = {
  readModel: tickets,
  prefixes: [SEAT_INVENTORY, CHECK_IN],
  project: (recorded) => handle(HANDLERS, recorded),
};

const HANDLERS: Handlers<SeatInventoryEvent | CheckInEvent, TicketChange[]> = {
  ReservationConfirmed: ({ reservationId, seatIds, confirmedAt }, recorded) => [
    issued(eventIdOf(recorded), reservationId, seatIds, confirmedAt, true),
  ],
  ReservationRefunded: ({ reservationId, seatIds, refundedAt }, recorded) => [
    ended(eventIdOf(recorded), reservationId, seatIds, 'refunded', refundedAt),
  ],
  SeatsExchanged: ({ reservationId, fromSeatIds, seatIds, exchangedAt }, recorded) => {
    const eventId = eventIdOf(recorded);
    const returned = fromSeatIds.filter((seatId) => !seatIds.includes(seatId));
    const added = seatIds.filter((seatId) => !fromSeatIds.includes(seatId));
    return [
      ended(eventId, reservationId, returned, 'exchanged', exchangedAt),
      issued(eventId, reservationId, added, exchangedAt, false),
      // A ticket of a seat that is exchanged back stays void until a process has checked it.
      { kind: 'uncertain', eventId, reservationId, seatIds: added },
    ];
  },
  TicketRedeemed: ({ eventId, ticketId, redeemedAt }) => [
    { kind: 'redeemed', eventId, ticketId, redeemedAt },
  ],
  TicketVoided: ({ eventId, reservationId, seatId }) => [
    { kind: 'uncertain', eventId, reservationId, seatIds: [seatId] },
  ],
  TicketReinstated: null,
  InventoryOpened: null,
  SeatsReserved: null,
  PaymentStarted: null,
  PaymentTurnedDown: null,
  SaleChangeWithdrawn: null,
  ReservationReinstated: null,
  ReservationExpired: null,
  ReservationReleased: null,
  SeatsBlocked: null,
  SeatsUnblocked: null,
  OnSaleMoved: null,
  SalesEndMoved: null,
  SalesClosed: null,
  SaleCancelled: null,
};

const eventIdOf = ({ stream }: RecordedEvent): string => stream.slice(SEAT_INVENTORY.length);

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
