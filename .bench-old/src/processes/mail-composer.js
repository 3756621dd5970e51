import { codedTickets, ticketsToPrint } from '../commands/coded-tickets.js';
import { moneyInWords, timeInWords } from '../domain/in-words.js';
/** Puts together what a buyer is told: everything out of read models, so that it can be said again. */ export function openMailComposer(parts) {
    return async ({ eventId, reservationId })=>{
        const view = await parts.reservations.reservation(eventId, reservationId);
        if (!view || view.status === 'held') return 'not-yet';
        if (view.status !== 'confirmed') return 'void';
        const [event, issued, to] = await Promise.all([
            parts.events.event(eventId),
            parts.tickets.ofReservation(eventId, reservationId),
            parts.contacts.emailOf(view.customerId)
        ]);
        const issuedAt = new Map(issued.map((ticket)=>[
                ticket.seatId,
                Date.parse(ticket.issuedAt)
            ]));
        if (!event || !view.seatIds.every((seatId)=>issuedAt.has(seatId))) return 'not-yet';
        const { layout } = await parts.plans.load(event.seatingPlanHash);
        const seats = view.seatIds.map((seatId)=>({
                seatId,
                issuedAt: issuedAt.get(seatId)
            }));
        const tickets = codedTickets(parts.signer, layout, view, seats);
        const toPrint = ticketsToPrint(event, reservationId, Math.max(...issuedAt.values()), tickets);
        return {
            toPrint,
            mail: mailOf(view, toPrint, to)
        };
    };
}
function mailOf({ reservationId, total }, { event, tickets }, to) {
    const { name, startsAt, venue } = event;
    const text = [
        'Thank you for your order. Your tickets are attached: a page for each seat, to print or to show on your phone.',
        '',
        name,
        timeInWords(startsAt, venue.timeZone),
        `${venue.name}, ${venue.city} (${venue.country})`,
        '',
        ...tickets.map(({ section, row, number, category })=>[
                `Section ${section}`,
                `row ${row}`,
                `seat ${number}`,
                category
            ].join(', ')),
        '',
        `Paid: ${moneyInWords(total)}`,
        `Reservation: ${reservationId}`,
        '',
        'Each ticket lets one person in, once. Keep it to yourself: whoever shows it first goes in.',
        ''
    ].join('\n');
    return {
        to,
        id: `confirmation-${reservationId}`,
        subject: `Your tickets: ${name}`,
        text
    };
}

//# sourceMappingURL=mail-composer.js.map