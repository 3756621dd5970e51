import { codedTickets, ticketsToPrint, type CodedTicket, type SoldSeat } from '../commands/coded-tickets.js';
import type { Reservation } from '../domain/seat-inventory/state.js';
import type { Clock } from '../ports/clock.js';
import { PrinterBusy, PrintFailed, type TicketsToPrint } from '../ports/ticket-printer.js';
import type { TicketSigner } from '../ports/ticket-signer.js';
import type { EventView } from '../read-models/events-queries.js';
import type { ReservationView } from '../read-models/reservations.js';
import type { TicketQueries, TicketView } from '../read-models/tickets-queries.js';
import { untilVisible } from '../read-models/visible.js';
import { ASKED_WAIT_MS } from './freshness.js';
import type { Hall, Halls } from './halls.js';
import { Problem } from './problems.js';

/** Tickets with their codes. The same reservation has the same ones, however often they are asked for. */
export interface Tickets {
  /**
   * Of a reservation that the writer has confirmed.
   * @throws Problem `read-model-behind`: confirming again gives the tickets and charges nothing
   */
  sold(eventId: string, reservation: Reservation): Promise<CodedTicket[]>;
  /** Of one that the read model shows as confirmed. @throws Problem `read-model-behind` */
  of(view: ReservationView): Promise<CodedTicket[]>;
  /** @throws Problem `read-model-behind` */
  toPrint(view: ReservationView, event: EventView): Promise<TicketsToPrint>;
  codeOf(ticket: TicketView): string;
  /** @throws Problem `read-model-behind`: the event has not been projected yet */
  hallOf(eventId: string): Promise<Hall>;
}

export function openTickets(
  signer: TicketSigner,
  queries: TicketQueries,
  halls: Halls,
  clock: Clock,
): Tickets {
  const visible = async <T>(find: () => Promise<T | undefined>): Promise<T> => {
    const found = await untilVisible(find, ASKED_WAIT_MS, clock);
    if (found === undefined) throw new Problem('read-model-behind');
    return found;
  };
  const hallOf = (eventId: string) => visible(() => halls.of(eventId));

  const soldSeats = ({ eventId, reservationId, seatIds }: ReservationView): Promise<SoldSeat[]> =>
    visible(async () => {
      const rows = await queries.ofReservation(eventId, reservationId);
      const issuedAt = new Map(rows.map((row) => [row.seatId, Date.parse(row.issuedAt)]));
      if (!seatIds.every((seatId) => issuedAt.has(seatId))) return undefined;
      return seatIds.map((seatId) => ({ seatId, issuedAt: issuedAt.get(seatId)! }));
    });

  return {
    hallOf,
    sold: async (eventId, { id, seatIds, confirmedAt }) => {
      const { layout } = await hallOf(eventId);
      const seats = seatIds.map((seatId) => ({ seatId, issuedAt: confirmedAt! }));
      return codedTickets(signer, layout, { eventId, reservationId: id }, seats);
    },
    of: async (view) => {
      const [{ layout }, seats] = await Promise.all([hallOf(view.eventId), soldSeats(view)]);
      return codedTickets(signer, layout, view, seats);
    },
    toPrint: async (view, event) => {
      const [{ layout }, seats] = await Promise.all([hallOf(view.eventId), soldSeats(view)]);
      const issuedAt = Math.max(...seats.map((seat) => seat.issuedAt));
      return ticketsToPrint(event, view.reservationId, issuedAt, codedTickets(signer, layout, view, seats));
    },
    codeOf: ({ ticketId, eventId, seatId, reservationId, issuedAt }) =>
      signer.sign({ ticketId, eventId, seatId, reservationId, issuedAt: Date.parse(issuedAt) }),
  };
}

/** @throws Problem `printer-busy` */
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
