import { seatInventoryStream } from '../../domain/seat-inventory/events.js';
import type { ReservationStatus } from '../../domain/seat-inventory/state/reservation.js';
import type { Queryable } from '../tables/read-model.js';
import { MAX_RESERVATIONS_LISTED, reservations, type ReservationView } from './reservations.js';
import { seatStatus } from './seat-status.js';

/** Holds of one event whose time is over. */
export interface OverdueHolds {
  readonly eventId: string;
  readonly reservationIds: readonly string[];
}

/** Position of a checkpoint. */
export interface LogPosition {
  readonly commit: string;
  readonly prepare: string;
  /** Time of the last domain event of the projection's own streams; null when there is none. */
  readonly lastEventAt: string | null;
}

/** `frozen`: domain events of this event are parked, so its reservations do not change. */
export type Freshness = 'reached' | 'behind' | 'frozen';

export interface ReservationQueries {
  reservation(eventId: string, reservationId: string): Promise<ReservationView | undefined>;
  /** Returns reservations for one or all events, newest first, at most MAX_RESERVATIONS_LISTED. */
  ofCustomer(customerId: string, eventId?: string): Promise<ReservationView[]>;
  /** Whether the customer has paid seats for any event. */
  hasPaid(customerId: string): Promise<boolean>;
  /** Returns the position of the seat status of all events. */
  seatStatusPosition(): Promise<LogPosition>;
  /**
   * Returns whether the reservations or tickets of this event have reached the position of the seat
   * status.
   */
  freshness(
    eventId: string,
    mark: LogPosition,
    of?: 'reservations' | 'tickets',
  ): Promise<Freshness>;
  /**
   * Returns the longest overdue holds, at most `limit`, grouped by event, those of frozen events
   * last. The log decides: a hold that has just ended may still be returned. `now` is milliseconds
   * since the epoch.
   * @param excluded ids of events without their holds
   */
  overdueHolds(now: number, limit: number, excluded?: readonly string[]): Promise<OverdueHolds[]>;
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

const COLUMNS = `event_id, reservation_id, customer_id, status, seat_ids,
  total_minor::float8 as total_minor, currency, reserved_at, expires_at, payment_reference,
  revision::float8 as revision`;

/**
 * Seats and reservations are projected from the same streams. With the same last domain event they
 * are equally far, even if only one of them has stored a checkpoint past the domain events of other
 * streams.
 */
const FRESHNESS = `
  select case
    when exists (select from parked_events k
                 where k.name = c.name and k.version = c.version and k.generation = c.generation
                   and k.stream = $2 and k.error is not null) then 'frozen'
    when (c.commit_position, c.prepare_position) >= ($3::numeric, $4::numeric)
      or c.last_event_at = $5::timestamptz then 'reached'
    else 'behind' end as freshness
  from serving_checkpoints c
  where c.name = $1`;

const overdueHolds = ({ isFrozen }: { readonly isFrozen: boolean }) => `
  (select ${isFrozen} as frozen, event_id, reservation_id, expires_at from reservations
   where status = 'held' and expires_at <= $1
     and event_id ${isFrozen ? 'in' : 'not in'} (select event_id from frozen)
     and event_id <> all ($5::text[])
   order by expires_at limit $2)`;

/**
 * The holds of an event with a frozen stream stay overdue in the read model even after they have
 * ended. They come last: otherwise enough of them would hide all others. Parameters: now, limit,
 * the read model's name, the prefix of its streams, ids of excluded events.
 */
export const OVERDUE = `
  with frozen as materialized (
    select distinct substr(k.stream, length($4::text) + 1) as event_id
    from parked_events k join projections p
      on p.name = k.name and p.serving_version = k.version and p.serving_generation = k.generation
    where k.name = $3 and k.error is not null)
  select event_id, array_agg(reservation_id order by expires_at) as reservation_ids
  from (select * from (${overdueHolds({ isFrozen: false })}
          union all ${overdueHolds({ isFrozen: true })}) either
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
        text: `select commit_position::text as commit, prepare_position::text as prepare,
                 last_event_at::text as "lastEventAt"
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

    overdueHolds: async (now, limit, excluded = []) => {
      const { rows } = await db.query<{ event_id: string; reservation_ids: string[] }>({
        name: 'reservations/overdue',
        text: OVERDUE,
        values: [new Date(now), limit, reservations.name, seatInventoryStream(''), excluded],
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
