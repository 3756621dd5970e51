import {
  codedTickets,
  codeOf,
  soldSeatsOf,
  ticketsToPrint,
  type CodedTicket,
  type ConfirmedSale,
  type SoldSeat,
} from '../../commands/ticket/coded-tickets.js';
import type { ConfirmedReservation } from '../../domain/seat-inventory/state/reservation.js';
import type { Clock } from '../../ports/system/clock.js';
import {
  PrinterBusy,
  PrintFailed,
  type TicketsToPrint,
} from '../../ports/ticket/ticket-printer.js';
import type { TicketSigner } from '../../ports/ticket/ticket-signer.js';
import type { EventView } from '../../read-models/event/events-queries.js';
import type { ConfirmedReservationView } from '../../read-models/seat-inventory/reservations.js';
import type { TicketQueries, ValidTicketView } from '../../read-models/ticket/tickets-queries.js';
import { untilVisible } from '../../read-models/tables/visible.js';
import { ASKED_WAIT_MS } from '../platform/freshness.js';
import type { EventLayout, EventLayouts } from '../seating-plan/event-layouts.js';
import { Problem } from '../problems/problems.js';

/** Tickets with their codes. A reservation always has the same ones. */
export interface Tickets {
  /**
   * Returns the tickets of a reservation that the writer has confirmed.
   * @throws Problem `read-model-behind`: repeating the confirmation then gives the tickets and
   *   charges nothing
   */
  sold(eventId: string, reservation: ConfirmedReservation): Promise<CodedTicket[]>;
  /**
   * Returns the tickets of a reservation that the read model shows as confirmed.
   * @throws Problem `read-model-behind`
   */
  of(view: ConfirmedReservationView): Promise<CodedTicket[]>;
  /** @throws Problem `read-model-behind` */
  toPrint(view: ConfirmedReservationView, event: EventView): Promise<TicketsToPrint>;
  codeOf(ticket: ValidTicketView): string;
  /** @throws Problem `read-model-behind`: the event has not been projected yet */
  layoutOf(eventId: string): Promise<EventLayout>;
}

export function openTickets(
  signer: TicketSigner,
  queries: TicketQueries,
  layouts: EventLayouts,
  clock: Clock,
): Tickets {
  const visible = async <T>(find: () => Promise<T | undefined>): Promise<T> => {
    const found = await untilVisible(find, ASKED_WAIT_MS, clock);
    if (found === undefined) throw new Problem('read-model-behind');
    return found;
  };
  const layoutOf = (eventId: string) => visible(() => layouts.of(eventId));

  const soldSeats = (sale: ConfirmedSale & { readonly seatIds: readonly string[] }) =>
    visible<readonly SoldSeat[]>(async () => {
      const seats = soldSeatsOf(
        sale.seatIds,
        await queries.ofReservation(sale.eventId, sale.reservationId),
      );
      // The tickets are newer than this view, so waiting would not make the view correct.
      if (seats === 'not-valid') throw new Problem('read-model-behind');
      return seats === 'not-issued' ? undefined : seats;
    });

  return {
    layoutOf,
    sold: async (eventId, { id: reservationId, seatIds, status, confirmedAt, exchanges = [] }) => {
      const { layout } = await layoutOf(eventId);
      const sale = { eventId, reservationId, status, seatIds };
      // Tickets of exchanged seats are issued at the exchange, whose time only the read model has.
      const seats =
        exchanges.length > 0
          ? await soldSeats(sale)
          : seatIds.map((seatId) => ({ seatId, issuedAt: confirmedAt }));
      return codedTickets(signer, layout, sale, seats);
    },
    of: async (view) => {
      const [{ layout }, seats] = await Promise.all([layoutOf(view.eventId), soldSeats(view)]);
      return codedTickets(signer, layout, view, seats);
    },
    toPrint: async (view, event) => {
      const [{ layout }, seats] = await Promise.all([layoutOf(view.eventId), soldSeats(view)]);
      const issuedAt = Math.max(...seats.map((seat) => seat.issuedAt));
      return ticketsToPrint(
        event,
        view.reservationId,
        issuedAt,
        codedTickets(signer, layout, view, seats),
      );
    },
    codeOf: (ticket) => codeOf(signer, ticket),
  };
}

/**
 * Waits for a printed document.
 * @throws Problem `printer-busy` when the printer is busy or fails
 */
export async function printed<T>(drawn: Promise<T>): Promise<T> {
  try {
    return await drawn;
  } catch (error) {
    if (error instanceof PrinterBusy || error instanceof PrintFailed) {
      throw new Problem('printer-busy', {}, { cause: error });
    }
    throw error;
  }
}
