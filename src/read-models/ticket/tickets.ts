import type { TicketStanding } from '../../domain/ticket/decide.js';
import { insertDueMails, type DueMail } from './confirmation-mails.js';
import { insertUncertainTickets, type UncertainTicket } from './ticket-voids.js';
import {
  bulk,
  partitionedByEvent,
  tableName,
  type Queryable,
  type ReadModel,
  type TableSet,
} from '../tables/read-model.js';

/** Change of tickets by one domain event. Times are ISO 8601. */
export type TicketChange = { readonly eventId: string } & (
  | {
      readonly kind: 'issued';
      readonly reservationId: string;
      readonly tickets: readonly { readonly ticketId: string; readonly seatId: string }[];
      readonly issuedAt: string;
      /** Whether the buyer gets a mail. */
      readonly mail: boolean;
    }
  | {
      readonly kind: 'ended';
      readonly ticketIds: readonly string[];
      readonly status: Exclude<TicketStanding, 'valid'>;
      readonly endedAt: string;
    }
  | { readonly kind: 'redeemed'; readonly ticketId: string; readonly redeemedAt: string }
  /** Tickets of these seats whose validity must be checked. Not part of the read model. */
  | {
      readonly kind: 'uncertain';
      readonly reservationId: string;
      readonly seatIds: readonly string[];
    }
);

/**
 * One row per seat that was ever sold. The owner is in `reservations`: the confirmation does not
 * repeat the customer.
 */
export const tickets: ReadModel<TicketChange> = {
  name: 'tickets',
  version: 2,
  tables: ['tickets'],
  createTables,
  createIndices: (set) => `create index on ${tableName('tickets', set)} (event_id, reservation_id)`,
  write,
  load,
};

function createTables(set: TableSet): string {
  const table = tableName('tickets', set);
  const columns = `event_id text collate "C" not null,
     ticket_id text collate "C" not null,
     reservation_id text collate "C" not null,
     seat_id text not null,
     status text not null check (status in ('valid', 'refunded', 'exchanged')),
     issued_at timestamptz not null,
     redeemed_at timestamptz,
     ended_at timestamptz,
     primary key (event_id, ticket_id)`;
  return partitionedByEvent(table, columns);
}

interface IssuedRow {
  event_id: string;
  ticket_id: string;
  reservation_id: string;
  seat_id: string;
  status: TicketStanding;
  issued_at: string;
  redeemed_at: string | null;
  ended_at: string | null;
}

/** Null leaves the column as it is. */
interface ChangedRow {
  event_id: string;
  ticket_id: string;
  status: TicketStanding | null;
  redeemed_at: string | null;
  ended_at: string | null;
}

const issuedRows = bulk<IssuedRow>({
  event_id: 'text',
  ticket_id: 'text',
  reservation_id: 'text',
  seat_id: 'text',
  status: 'text',
  issued_at: 'timestamptz',
  redeemed_at: 'timestamptz',
  ended_at: 'timestamptz',
});
const changedRows = bulk<ChangedRow>({
  event_id: 'text',
  ticket_id: 'text',
  status: 'text',
  redeemed_at: 'timestamptz',
  ended_at: 'timestamptz',
});

async function write(
  transaction: Queryable,
  set: TableSet,
  changes: readonly TicketChange[],
): Promise<void> {
  await insertDueMails(transaction, await writeTickets(transaction, set, changes));
  await insertUncertainTickets(transaction, uncertainOf(changes));
}

/**
 * Inserts no due mails: they are sent already. An uncertain ticket may be checked twice, which is
 * harmless.
 */
async function load(
  transaction: Queryable,
  set: TableSet,
  changes: readonly TicketChange[],
): Promise<void> {
  await writeTickets(transaction, set, changes);
  await insertUncertainTickets(transaction, uncertainOf(changes));
}

const uncertainOf = (changes: readonly TicketChange[]): UncertainTicket[] =>
  changes.flatMap((change) => {
    if (change.kind !== 'uncertain') return [];
    const { eventId, reservationId, seatIds } = change;
    return seatIds.map((seatId) => ({ eventId, reservationId, seatId }));
  });

/** Returns the mails that become due by these changes. */
async function writeTickets(
  transaction: Queryable,
  set: TableSet,
  changes: readonly TicketChange[],
): Promise<DueMail[]> {
  const table = tableName('tickets', set);
  const { issued, changed, mails } = coalesce(changes);
  if (issued.length > 0) {
    // A seat exchanged away and back again has the same ticket as before.
    await transaction.query({
      name: `issue-tickets-${set}`,
      text: `insert into ${table} (${issuedRows.names}) ${issuedRows.rows}
             on conflict (event_id, ticket_id) do update
             set status = excluded.status, issued_at = excluded.issued_at,
                 ended_at = excluded.ended_at`,
      values: issuedRows.values(issued),
    });
  }
  if (changed.length > 0) {
    const { rowCount } = await transaction.query({
      name: `change-tickets-${set}`,
      text: `update ${table} t
             set status = coalesce(c.status, t.status),
                 redeemed_at = coalesce(c.redeemed_at, t.redeemed_at),
                 ended_at = coalesce(c.ended_at, t.ended_at)
             from (${changedRows.rows}) c (${changedRows.names})
             where t.event_id = c.event_id and t.ticket_id = c.ticket_id`,
      values: changedRows.values(changed),
    });
    if (rowCount !== changed.length) {
      throw new Error(`One of ${changed.length} changed tickets was never issued.`);
    }
  }
  return mails;
}

/** Merges the changes into one row per ticket. */
function coalesce(changes: readonly TicketChange[]) {
  const issued = new Map<string, IssuedRow>();
  const changed = new Map<string, ChangedRow>();
  const mails: DueMail[] = [];
  const rowOf = (event_id: string, ticket_id: string): IssuedRow | ChangedRow => {
    const key = `${event_id}/${ticket_id}`;
    const known = issued.get(key) ?? changed.get(key);
    if (known) return known;
    const row: ChangedRow = {
      event_id,
      ticket_id,
      status: null,
      redeemed_at: null,
      ended_at: null,
    };
    changed.set(key, row);
    return row;
  };
  for (const change of changes) {
    const { eventId } = change;
    if (change.kind === 'issued') {
      const { reservationId, issuedAt } = change;
      for (const { ticketId, seatId } of change.tickets) {
        issued.set(`${eventId}/${ticketId}`, {
          event_id: eventId,
          ticket_id: ticketId,
          reservation_id: reservationId,
          seat_id: seatId,
          status: 'valid',
          issued_at: issuedAt,
          redeemed_at: null,
          ended_at: null,
        });
        changed.delete(`${eventId}/${ticketId}`);
      }
      if (change.mail) mails.push({ eventId, reservationId, confirmedAt: issuedAt });
    } else if (change.kind === 'ended') {
      for (const ticketId of change.ticketIds) {
        const row = rowOf(eventId, ticketId);
        row.status = change.status;
        row.ended_at = change.endedAt;
      }
    } else if (change.kind === 'redeemed') {
      rowOf(eventId, change.ticketId).redeemed_at = change.redeemedAt;
    }
  }
  return { issued: [...issued.values()], changed: [...changed.values()], mails };
}
