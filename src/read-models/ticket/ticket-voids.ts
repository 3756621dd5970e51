import { bulk, type Queryable } from '../tables/read-model.js';

/** A ticket whose validity is not certain. */
export interface UncertainTicket {
  readonly eventId: string;
  readonly reservationId: string;
  readonly seatId: string;
}

/**
 * Time for the request that made a ticket void to finish, before a process checks the ticket.
 * Milliseconds.
 */
export const VOID_GRACE_MS = 15_000;

interface Row {
  event_id: string;
  reservation_id: string;
  seat_id: string;
}

const rows = bulk<Row>({ event_id: 'text', reservation_id: 'text', seat_id: 'text' });

export async function insertUncertainTickets(
  transaction: Queryable,
  tickets: readonly UncertainTicket[],
): Promise<void> {
  // One statement can update a row only once.
  const all = new Map(tickets.map((ticket) => [Object.values(ticket).join(' '), ticket]));
  if (all.size === 0) return;
  const unique = [...all.values()].map(({ eventId, reservationId, seatId }) => ({
    event_id: eventId,
    reservation_id: reservationId,
    seat_id: seatId,
  }));
  await transaction.query({
    name: 'note-ticket-voids',
    text: `insert into ticket_voids (${rows.names}, due_at)
           select ${rows.names}, clock_timestamp() + ${VOID_GRACE_MS} * interval '1 ms'
           from (${rows.rows}) r (${rows.names})
           on conflict (event_id, reservation_id, seat_id) do update set due_at = excluded.due_at`,
    values: rows.values(unique),
  });
}

export interface TicketVoidQueries {
  /**
   * Returns due tickets, longest due first. Postpones them by the grace period, so that no other
   * node claims them, and they become due again if this node dies. `until` identifies the claim: a
   * row inserted again has another value.
   */
  claim(limit: number): Promise<(UncertainTicket & { readonly until: string })[]>;
  /** The ticket's validity is certain now. */
  settled(ticket: UncertainTicket & { readonly until: string }): Promise<void>;
}

export function ticketVoidQueries(db: Queryable): TicketVoidQueries {
  return {
    claim: async (limit) => {
      const { rows: claimed } = await db.query<Row & { until: string }>({
        name: 'ticket-voids/claim',
        text: `update ticket_voids v
               set due_at = clock_timestamp() + ${VOID_GRACE_MS} * interval '1 ms'
               from (select event_id, reservation_id, seat_id from ticket_voids
                     where due_at <= clock_timestamp() order by due_at limit $1
                     for update skip locked) d
               where (v.event_id, v.reservation_id, v.seat_id)
                 = (d.event_id, d.reservation_id, d.seat_id)
               returning v.event_id, v.reservation_id, v.seat_id, v.due_at::text as until`,
        values: [limit],
      });
      return claimed.map((row) => ({
        eventId: row.event_id,
        reservationId: row.reservation_id,
        seatId: row.seat_id,
        until: row.until,
      }));
    },
    settled: async ({ eventId, reservationId, seatId, until }) => {
      await db.query({
        name: 'ticket-voids/settled',
        text: `delete from ticket_voids
               where event_id = $1 and reservation_id = $2 and seat_id = $3
                 and due_at = $4::timestamptz`,
        values: [eventId, reservationId, seatId, until],
      });
    },
  };
}
