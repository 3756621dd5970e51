import { codedTickets, soldSeatsOf, ticketsToPrint } from '../../commands/ticket/coded-tickets.js';
import type { SeatingPlans } from '../../commands/seating-plan/seating-plans.js';
import { moneyInWords, timeInWords } from '../../domain/shared/in-words.js';
import { placeText } from '../../domain/seating-plan/place.js';
import type { Mail } from '../../ports/ticket/mailer.js';
import type { TicketsToPrint } from '../../ports/ticket/ticket-printer.js';
import type { TicketSigner } from '../../ports/ticket/ticket-signer.js';
import type { DueMail } from '../../read-models/ticket/confirmation-mails.js';
import type { Contacts } from '../../read-models/ticket/contacts.js';
import type { EventQueries } from '../../read-models/event/events-queries.js';
import {
  isConfirmedView,
  type ReservationView,
} from '../../read-models/seat-inventory/reservations.js';
import type { ReservationQueries } from '../../read-models/seat-inventory/reservations-queries.js';
import type { TicketQueries } from '../../read-models/ticket/tickets-queries.js';

export interface MailComposerParts {
  readonly reservations: ReservationQueries;
  readonly tickets: TicketQueries;
  readonly events: EventQueries;
  readonly contacts: Contacts;
  readonly plans: SeatingPlans;
  readonly signer: TicketSigner;
}

/** A mail without its attachment, and the tickets to print for it. */
export interface ComposedMail {
  readonly toPrint: TicketsToPrint;
  readonly mail: Omit<Mail, 'attachment'>;
}

/**
 * `not-yet`: a read model does not show the sale yet. `void`: the tickets are no longer valid, so
 * the mail would mislead.
 */
export type Composed = ComposedMail | 'not-yet' | 'void';

/** Composes the confirmation mail from read models only, so that it can be composed again. */
export function openMailComposer(parts: MailComposerParts): (due: DueMail) => Promise<Composed> {
  return async ({ eventId, reservationId }) => {
    const view = await parts.reservations.reservation(eventId, reservationId);
    if (!view || view.status === 'held') return 'not-yet';
    if (!isConfirmedView(view)) return 'void';
    const [event, issued, to] = await Promise.all([
      parts.events.event(eventId),
      parts.tickets.ofReservation(eventId, reservationId),
      parts.contacts.emailOf(view.customerId),
    ]);
    const seats = soldSeatsOf(view.seatIds, issued);
    // The tickets are newer than the view of the reservation, which will catch up.
    if (!event || seats === 'not-issued' || seats === 'not-valid') return 'not-yet';
    const { layout } = await parts.plans.load(event.seatingPlanHash);
    const tickets = codedTickets(parts.signer, layout, view, seats);
    const toPrint = ticketsToPrint(
      event,
      reservationId,
      Math.max(...seats.map((seat) => seat.issuedAt)),
      tickets,
    );
    return { toPrint, mail: mailOf(view, toPrint, to) };
  };
}

function mailOf(
  { reservationId, total }: ReservationView,
  { event, tickets }: TicketsToPrint,
  to: string | undefined,
): ComposedMail['mail'] {
  const { name, startsAt, venue } = event;
  const text = [
    'Thank you for your order. Your tickets are attached, one page per seat. Print ' +
      'them or show them on your phone.',
    '',
    name,
    timeInWords(startsAt, venue.timeZone),
    `${venue.name}, ${venue.city} (${venue.country})`,
    '',
    ...tickets.map((ticket) => `${placeText(ticket)}, ${ticket.category}`),
    '',
    `Paid: ${moneyInWords(total)}`,
    `Reservation: ${reservationId}`,
    '',
    'Each ticket admits one person once. Do not share it: only the first person to ' +
      'show it is admitted.',
    '',
  ].join('\n');
  return { to, id: `confirmation-${reservationId}`, subject: `Your tickets: ${name}`, text };
}
