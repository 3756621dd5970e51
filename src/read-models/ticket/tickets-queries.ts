import type { TicketStanding } from '../../domain/ticket/decide.js';
import type { Clock } from '../../ports/system/clock.js';
import type { TicketLedger } from '../../ports/ticket/ticket-ledger.js';
import { InvalidCursor } from '../event/events-queries.js';
import type { Queryable } from '../tables/read-model.js';
import { untilVisible } from '../tables/visible.js';

/** The ticket of one sold seat, as last projected. Times are ISO 8601. */
export interface TicketView {
  readonly eventId: string;
  readonly ticketId: string;
  readonly reservationId: string;
  readonly seatId: string;
  readonly status: TicketStanding;
  readonly issuedAt: string;
  readonly redeemedAt: string | null;
  /** When the ticket was refunded or exchanged. */
  readonly endedAt: string | null;
}

export type ValidTicketView = TicketView & { readonly status: 'valid' };

export const isValidTicket = (ticket: TicketView): ticket is ValidTicketView =>
  ticket.status === 'valid';

export interface TicketPage {
  /** Newest first. */
  readonly tickets: readonly TicketView[];
  readonly next: string | null;
}

export interface TicketQueries {
  /** Returns all tickets that were ever issued for a reservation, by seat id. */
  ofReservation(eventId: string, reservationId: string): Promise<TicketView[]>;
  /** Returns a ticket of the customer; undefined for another customer's ticket. */
  ofOwner(customerId: string, eventId: string, ticketId: string): Promise<TicketView | undefined>;
  standing(eventId: string, ticketId: string): Promise<TicketStanding | undefined>;
  /** @throws InvalidCursor */
  ofCustomer(
    customerId: string,
    page: { limit: number; cursor?: string; eventId?: string },
  ): Promise<TicketPage>;
  /** Whether all confirmed reservations of the customer have tickets. */
  complete(customerId: string): Promise<boolean>;
}

interface Row {
  event_id: string;
  ticket_id: string;
  reservation_id: string;
  seat_id: string;
  status: TicketStanding;
  issued_at: Date;
  redeemed_at: Date | null;
  ended_at: Date | null;
}

const COLUMNS = `t.event_id, t.ticket_id, t.reservation_id, t.seat_id, t.status, t.issued_at,
  t.redeemed_at, t.ended_at`;
const OF_OWNER =
  'from reservations r join tickets t using (event_id, reservation_id) where r.customer_id = $1';

export function ticketQueries(db: Queryable): TicketQueries {
  return {
    ofReservation: async (eventId, reservationId) => {
      const { rows } = await db.query<Row>({
        name: 'tickets/of-reservation',
        text: `select ${COLUMNS} from tickets t
               where event_id = $1 and reservation_id = $2 order by seat_id`,
        values: [eventId, reservationId],
      });
      return rows.map(toView);
    },

    ofOwner: async (customerId, eventId, ticketId) => {
      const { rows } = await db.query<Row>({
        name: 'tickets/of-owner',
        text: `select ${COLUMNS} ${OF_OWNER} and t.event_id = $2 and t.ticket_id = $3`,
        values: [customerId, eventId, ticketId],
      });
      return rows[0] && toView(rows[0]);
    },

    standing: async (eventId, ticketId) => {
      const { rows } = await db.query<{ status: TicketStanding }>({
        name: 'tickets/standing',
        text: 'select status from tickets where event_id = $1 and ticket_id = $2',
        values: [eventId, ticketId],
      });
      return rows[0]?.status;
    },

    ofCustomer: async (customerId, { limit, cursor, eventId = null }) => {
      const [issuedAt, afterEvent, afterTicket] = cursor === undefined ? [] : readCursor(cursor);
      const { rows } = await db.query<Row>({
        name: 'tickets/of-customer',
        text: `select ${COLUMNS} ${OF_OWNER} and ($2::text is null or t.event_id = $2)
                 and ($3::timestamptz is null or t.issued_at < $3
                   or (t.issued_at = $3 and (t.event_id, t.ticket_id) > ($4::text, $5::text)))
               order by t.issued_at desc, t.event_id, t.ticket_id limit $6`,
        values: [customerId, eventId, issuedAt, afterEvent, afterTicket, limit + 1],
      });
      const tickets = rows.slice(0, limit).map(toView);
      return { tickets, next: rows.length > limit ? cursorAfter(tickets.at(-1)!) : null };
    },

    complete: async (customerId) => {
      const { rows } = await db.query<{ complete: boolean }>({
        name: 'tickets/complete',
        text: `select not exists (
                 select from reservations r
                 where r.customer_id = $1 and r.status = 'confirmed' and not exists (
                   select from tickets t
                   where t.event_id = r.event_id and t.reservation_id = r.reservation_id)
               ) as complete`,
        values: [customerId],
      });
      return rows[0]!.complete;
    },
  };
}

/** Time to wait for a ticket that is not projected yet. Milliseconds. */
const LEDGER_WAIT_MS = 1_000;

/** Used at check-in. The holder of a valid code has paid, so the query waits for the projection. */
export function ticketLedger(queries: TicketQueries, clock: Clock): TicketLedger {
  return {
    standing: (eventId, ticketId) =>
      untilVisible(() => queries.standing(eventId, ticketId), LEDGER_WAIT_MS, clock),
  };
}

const cursorAfter = ({ issuedAt, eventId, ticketId }: TicketView): string =>
  Buffer.from(`${issuedAt} ${eventId} ${ticketId}`).toString('base64url');

/** Accepts only the format of `cursorAfter`: Node parses times that Postgres rejects. */
const CURSOR = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([\x21-\x7e]+) ([\x21-\x7e]+)$/;

function readCursor(cursor: string): [issuedAt: string, eventId: string, ticketId: string] {
  const [, issuedAt, eventId, ticketId] =
    CURSOR.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (issuedAt === undefined || Number.isNaN(Date.parse(issuedAt))) throw new InvalidCursor();
  return [issuedAt, eventId!, ticketId!];
}

const toView = (row: Row): TicketView => ({
  eventId: row.event_id,
  ticketId: row.ticket_id,
  reservationId: row.reservation_id,
  seatId: row.seat_id,
  status: row.status,
  issuedAt: row.issued_at.toISOString(),
  redeemedAt: row.redeemed_at?.toISOString() ?? null,
  endedAt: row.ended_at?.toISOString() ?? null,
});
