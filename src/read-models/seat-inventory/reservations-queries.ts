import { seatInventoryStream } from '../../domain/seat-inventory/events.js';
import type { ReservationStatus } from '../../domain/seat-inventory/reservation.js';
import type { Queryable } from '../tables/read-model.js';
import { MAX_RESERVATIONS_LISTED, reservations, type ReservationView } from './reservations.js';
import { seatStatus } from './seat-status.js';

/** Holds of one event that are past their time. */
export interface OverdueHolds {
  readonly eventId: string;
  readonly reservationIds: readonly string[];
}

/** As stored with a checkpoint. */
export interface LogPosition {
  readonly commit: string;
  readonly prepare: string;
  /** When the last domain event up to there was recorded that is no other streams'; null when there was none. */
  readonly lastEventAt: string | null;
}

/** `frozen`: domain events of this event are set aside, so that its reservations stay as they are. */
export type Freshness = 'reached' | 'behind' | 'frozen';

export interface ReservationQueries {
  reservation(eventId: string, reservationId: string): Promise<ReservationView | undefined>;
  /** Newest first, at most MAX_RESERVATIONS_LISTED; of one event, or of all. */
  ofCustomer(customerId: string, eventId?: string): Promise<ReservationView[]>;
  /** Whether the customer has paid seats for any event. */
  hasPaid(customerId: string): Promise<boolean>;
  /** Where in the log the seats of all events stand. */
  seatStatusPosition(): Promise<LogPosition>;
  /** Whether the reservations of this event, or its tickets, have reached the revision of the seats. */
  freshness(
    eventId: string,
    mark: LogPosition,
    of?: 'reservations' | 'tickets',
  ): Promise<Freshness>;
  /**
   * The longest overdue holds, at most `limit` of them, grouped by event; those of frozen events last. `now` is milliseconds since the epoch.
   * The log decides: a hold that has just ended may still be listed here for a moment. Events of `leaveOut` are not looked at.
   */
  overdueHolds(now: number, limit: number, leaveOut?: readonly string[]): Promise<OverdueHolds[]>;
}

interface Row {
  event_id: string;
  reservation_id: string;
  customer_id: string;
  status: ReservationStatus;
  seat_ids: string[];
  total_minor: number;
  currency: string;
  reserved_at: Date;
  expires_at: Date;
  payment_reference: string | null;
  revision: number;
}

const COLUMNS = `event_id, reservation_id, customer_id, status, seat_ids, total_minor::float8 as total_minor,
  currency, reserved_at, expires_at, payment_reference, revision::float8 as revision`;

/**
 * Seats and reservations come from the same streams, so with the same last domain event they are level, although one may have
 * stored how far it has read past other streams' and the other not yet.
 */
const FRESHNESS = `
  select case
    when exists (select from parked_events k
                 where k.name = c.name and k.version = c.version and k.generation = c.generation and k.stream = $2 and k.error is not null) then 'frozen'
    when (c.commit_position, c.prepare_position) >= ($3::numeric, $4::numeric)
      or c.last_event_at = $5::timestamptz then 'reached'
    else 'behind' end as freshness
  from serving_checkpoints c
  where c.name = $1`;

const overdueOf = (events: 'of sound events' | 'of frozen events') => `
  (select ${events === 'of frozen events'} as frozen, event_id, reservation_id, expires_at from reservations
   where status = 'held' and expires_at <= $1
     and event_id ${events === 'of frozen events' ? 'in' : 'not in'} (select event_id from frozen)
     and event_id <> all ($5::text[])
   order by expires_at limit $2)`;

/**
 * Of an event whose stream is frozen a hold stays overdue here although it has ended long ago: such come last, or enough of them
 * would keep all others from ever being seen. Parameters: now, limit, the read model's name, the prefix of its streams,
 * events that are not wanted.
 */
export const OVERDUE = `
  with frozen as materialized (
    select distinct substr(k.stream, length($4::text) + 1) as event_id
    from parked_events k join projections p
      on p.name = k.name and p.serving_version = k.version and p.serving_generation = k.generation
    where k.name = $3 and k.error is not null)
  select event_id, array_agg(reservation_id order by expires_at) as reservation_ids
  from (select * from (${overdueOf('of sound events')} union all ${overdueOf('of frozen events')}) either
        order by frozen, expires_at limit $2) overdue
  group by event_id order by bool_and(frozen), min(expires_at)`;

export function reservationQueries(db: Queryable): ReservationQueries {
  return {
    reservation: async (eventId, reservationId) => {
      const { rows } = await db.query<Row>({
        name: 'reservations/one',
        text: `select ${COLUMNS} from reservations where event_id = $1 and reservation_id = $2`,
        values: [eventId, reservationId],
      });
      return rows[0] && toView(rows[0]);
    },

    ofCustomer: async (customerId, eventId) => {
      const { rows } = await db.query<Row>({
        name:
          eventId === undefined ? 'reservations/of-customer' : 'reservations/of-customer-and-event',
        text: `select ${COLUMNS} from reservations
               where customer_id = $1 ${eventId === undefined ? '' : 'and event_id = $2'}
               order by reserved_at desc, reservation_id limit ${MAX_RESERVATIONS_LISTED}`,
        values: eventId === undefined ? [customerId] : [customerId, eventId],
      });
      return rows.map(toView);
    },

    hasPaid: async (customerId) => {
      const { rows } = await db.query<{ paid: boolean }>({
        name: 'reservations/has-paid',
        text: `select exists (select from reservations
                 where customer_id = $1 and status = 'confirmed' and total_minor > 0) as paid`,
        values: [customerId],
      });
      return rows[0]!.paid;
    },

    seatStatusPosition: async () => {
      const { rows } = await db.query<LogPosition>({
        name: 'reservations/seats-mark',
        text: `select commit_position::text as commit, prepare_position::text as prepare, last_event_at::text as "lastEventAt"
               from serving_checkpoints where name = $1`,
        values: [seatStatus.name],
      });
      return rows[0]!;
    },

    freshness: async (eventId, { commit, prepare, lastEventAt }, of = 'reservations') => {
      const { rows } = await db.query<{ freshness: Freshness }>({
        name: 'reservations/standing',
        text: FRESHNESS,
        values: [of, seatInventoryStream(eventId), commit, prepare, lastEventAt],
      });
      return rows[0]!.freshness;
    },

    overdueHolds: async (now, limit, leaveOut = []) => {
      const { rows } = await db.query<{ event_id: string; reservation_ids: string[] }>({
        name: 'reservations/overdue',
        text: OVERDUE,
        values: [new Date(now), limit, reservations.name, seatInventoryStream(''), leaveOut],
      });
      return rows.map((row) => ({ eventId: row.event_id, reservationIds: row.reservation_ids }));
    },
  };
}

function toView(row: Row): ReservationView {
  return {
    eventId: row.event_id,
    reservationId: row.reservation_id,
    customerId: row.customer_id,
    status: row.status,
    seatIds: row.seat_ids,
    total: { amountMinor: row.total_minor, currency: row.currency },
    reservedAt: row.reserved_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    paymentReference: row.payment_reference,
    revision: row.revision,
  };
}
