import { FREE_OF_CHARGE } from '../../domain/seat-inventory/commands.js';
import type { Queryable } from '../tables/read-model.js';

/** A canceled event with refunds that may be unfinished. */
export interface UnfinishedCancellation {
  readonly eventId: string;
  readonly reason: string;
  /** Reservations that had been sold; null until the inventory's cancellation is projected. */
  readonly sales: number | null;
  /** Reservations that are refunded. */
  readonly refunded: number;
}

/** Progress of the refunds of a canceled event, as last projected. Times are ISO 8601. */
export interface CancellationView {
  readonly eventId: string;
  readonly status: 'refunding' | 'done';
  readonly reason: string;
  /** Reservations that had been sold. */
  readonly reservations: number;
  readonly refunded: number;
  /** Reservations that are not refunded yet. */
  readonly due: number;
  readonly startedAt: string;
  readonly finishedAt?: string;
}

export interface CancellationQueries {
  /** Returns undefined for an event that is not canceled, or does not exist. */
  of(eventId: string): Promise<CancellationView | undefined>;
  /** Last canceled first, so that one that is stuck does not delay the others. */
  unfinished(limit: number): Promise<UnfinishedCancellation[]>;
}

interface Row {
  event_id: string;
  cancel_reason: string;
  cancelled_at: Date;
  sales: number | null;
  refunded: number;
  finished_at: Date | null;
}

/**
 * A reservation is refunded when its payment shows that the sale was undone and nothing is left to
 * do. A free reservation has no payment. A read model that is behind shows fewer refunds, never
 * more.
 */
const SELECT = `
  select e.event_id, e.cancel_reason, e.cancelled_at, e.finished_at, e.sales_to_undo as sales, (
    select count(*)::int
    from reservations r left join payments p using (event_id, reservation_id)
    where r.event_id = e.event_id and r.refund_reason = 'event-cancelled'
      and case when p.event_id is null then r.payment_reference = '${FREE_OF_CHARGE}'
               else p.undone and not p.open end
  ) as refunded
  from events e`;

export function cancellationQueries(db: Queryable): CancellationQueries {
  return {
    of: async (eventId) => {
      const { rows } = await db.query<Row>({
        name: 'cancellations/one',
        text: `${SELECT} where e.event_id = $1 and e.cancelled_at is not null`,
        values: [eventId],
      });
      return rows[0] && toView(rows[0]);
    },
    unfinished: async (limit) => {
      const { rows } = await db.query<Row>({
        name: 'cancellations/unfinished',
        text: `${SELECT} where e.cancelled_at is not null and e.finished_at is null
               order by e.cancelled_at desc limit $1`,
        values: [limit],
      });
      return rows.map(({ event_id: eventId, cancel_reason: reason, sales, refunded }) => ({
        eventId,
        reason,
        sales,
        refunded,
      }));
    },
  };
}

function toView(row: Row): CancellationView {
  const { refunded } = row;
  const reservations = row.sales ?? refunded;
  // A refund may fail days after it succeeded: then the cancellation is unfinished again.
  const finishedAt = refunded < reservations ? null : row.finished_at;
  return {
    eventId: row.event_id,
    status: finishedAt ? 'done' : 'refunding',
    reason: row.cancel_reason,
    reservations,
    refunded,
    due: reservations - refunded,
    startedAt: row.cancelled_at.toISOString(),
    ...(finishedAt && { finishedAt: finishedAt.toISOString() }),
  };
}
