import { codedTickets, ticketsToPrint } from '../commands/coded-tickets.js';
import { PrinterBusy, PrintFailed } from '../ports/ticket-printer.js';
import { untilVisible } from '../read-models/visible.js';
import { ASKED_WAIT_MS } from './freshness.js';
import { Problem } from './problems.js';
export function openTickets(signer, queries, halls, clock) {
    const visible = async (find)=>{
        const found = await untilVisible(find, ASKED_WAIT_MS, clock);
        if (found === undefined) throw new Problem('read-model-behind');
        return found;
    };
    const hallOf = (eventId)=>visible(()=>halls.of(eventId));
    const soldSeats = ({ eventId, reservationId, seatIds })=>visible(async ()=>{
            const rows = await queries.ofReservation(eventId, reservationId);
            const issuedAt = new Map(rows.map((row)=>[
                    row.seatId,
                    Date.parse(row.issuedAt)
                ]));
            if (!seatIds.every((seatId)=>issuedAt.has(seatId))) return undefined;
            return seatIds.map((seatId)=>({
                    seatId,
                    issuedAt: issuedAt.get(seatId)
                }));
        });
    return {
        hallOf,
        sold: async (eventId, { id, seatIds, confirmedAt })=>{
            const { layout } = await hallOf(eventId);
            const seats = seatIds.map((seatId)=>({
                    seatId,
                    issuedAt: confirmedAt
                }));
            return codedTickets(signer, layout, {
                eventId,
                reservationId: id
            }, seats);
        },
        of: async (view)=>{
            const [{ layout }, seats] = await Promise.all([
                hallOf(view.eventId),
                soldSeats(view)
            ]);
            return codedTickets(signer, layout, view, seats);
        },
        toPrint: async (view, event)=>{
            const [{ layout }, seats] = await Promise.all([
                hallOf(view.eventId),
                soldSeats(view)
            ]);
            const issuedAt = Math.max(...seats.map((seat)=>seat.issuedAt));
            return ticketsToPrint(event, view.reservationId, issuedAt, codedTickets(signer, layout, view, seats));
        },
        codeOf: ({ ticketId, eventId, seatId, reservationId, issuedAt })=>signer.sign({
                ticketId,
                eventId,
                seatId,
                reservationId,
                issuedAt: Date.parse(issuedAt)
            })
    };
}
/** @throws Problem `printer-busy` */ export async function printed(drawn) {
    try {
        return await drawn;
    } catch (error) {
        if (error instanceof PrinterBusy || error instanceof PrintFailed) {
            throw new Problem('printer-busy', {}, {
                cause: error
            });
        }
        throw error;
    }
}

//# sourceMappingURL=tickets.js.map