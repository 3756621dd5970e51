import type { Queryable } from '../tables/read-model.js';

export type PaymentStatus = 'pending' | 'failed' | 'captured' | 'kept' | 'refund-due' | 'refunded';

/** The money of one reservation, as last projected. Amounts in minor units. */
export interface PaymentView {
  readonly eventId: string;
  readonly reservationId: string;
  readonly customerId: string;
  readonly provider: string;
  readonly status: PaymentStatus;
  /** Reason for which the last attempt failed. */
  readonly failure: string | null;
  /** Number of the last attempt, from 1. */
  readonly attempt: number;
  readonly currency: string;
  readonly amountMinor: number;
  readonly keptMinor: number;
  readonly dueMinor: number;
  readonly refundedMinor: number;
  /** Time of the last attempt; ISO 8601. */
  readonly requestedAt: string;
  /** Time of the last domain event; ISO 8601. */
  readonly changedAt: string;
}

export interface OpenPayment {
  readonly reservationId: string;
  /** The outcome is unknown until the provider is queried. */
  readonly pending: boolean;
  /** Only refunds that the provider has accepted are open. */
  readonly awaiting: boolean;
  /** Milliseconds since the epoch. */
  readonly changedAt: number;
}

/** Ids of reservations whose payments are not returned. */
export interface ExcludedPayments {
  /** Excluded while the service has something to do. */
  readonly due: readonly string[];
  /** Excluded while only accepted refunds are open. */
  readonly awaiting: readonly string[];
}

export interface PaymentQueries {
  of(eventId: string, reservationId: string): Promise<PaymentView | undefined>;
  /**
   * Returns payments with something left to do, longest unchanged first. Payments that only await
   * the provider come last, at most `MAX_AWAITING_LISTED` of them. Times are milliseconds since the
   * epoch.
   */
  open(unchangedSince: number, limit: number, excluded?: ExcludedPayments): Promise<OpenPayment[]>;
  /**
   * Returns payments that need an operator: something is left to do and nothing has changed since
   * `unchangedSince`, or a refund has failed in all automatic attempts.
   */
  unresolved(unchangedSince: number, limit: number): Promise<PaymentView[]>;
  countUnresolved(unchangedSince: number): Promise<number>;
}

interface Row {
  event_id: string;
  reservation_id: string;
  customer_id: string;
  provider: string;
  status: PaymentStatus;
  failure: string | null;
  attempt: number;
  currency: string;
  amount_minor: number;
  kept_minor: number;
  due_minor: number;
  refunded_minor: number;
  requested_at: Date;
  changed_at: Date;
}

const COLUMNS = `event_id, reservation_id, customer_id, provider, failure, attempt, currency,
  amount_minor::float8 as amount_minor, kept_minor::float8 as kept_minor,
  due_minor::float8 as due_minor, refunded_minor::float8 as refunded_minor, requested_at,
  changed_at,
  case when pending then 'pending' when unsettled_minor > 0 then 'captured'
       when due_minor > 0 or ((undone or owed_minor > 0) and kept_minor > 0) then 'refund-due'
       when kept_minor > 0 then 'kept' when refunded_minor > 0 then 'refunded'
       else 'failed' end as status`;

/**
 * The outcome of an accepted refund arrives by webhook. In case the webhook is lost, the service
 * queries the provider when the payment has not changed for this long. Milliseconds.
 */
export const ASK_ABOUT_REFUND_AFTER_MS = 3_600_000;
/**
 * Maximum of payments per list that only await the provider: thousands of them must not delay other
 * work.
 */
export const MAX_AWAITING_LISTED = 200;
/**
 * Banks take up to ten business days for a refund. After that a person asks the provider.
 * Milliseconds.
 */
export const REFUND_PENDING_MS = 14 * 86_400_000;

/** Only refunds are left to do. */
const ONLY_REFUNDS = `not pending and unsettled_minor = 0
  and not ((undone or owed_minor > 0) and kept_minor > 0)`;
/** The service can only query the provider about accepted refunds. */
const ONLY_QUERIES = `(${ONLY_REFUNDS} and due_minor = awaiting_minor + given_up_minor)`;
/** Only refunds that the provider has accepted are open. */
const ONLY_ACCEPTED = `${ONLY_REFUNDS} and due_minor = awaiting_minor`;
const IS_UNRESOLVED = `open and (given_up_minor > 0 or changed_at <= case when ${ONLY_ACCEPTED}
  then $1::timestamptz - interval '${REFUND_PENDING_MS} milliseconds' else $1 end)`;

export function paymentQueries(db: Queryable): PaymentQueries {
  return {
    of: async (eventId, reservationId) => {
      const { rows } = await db.query<Row>({
        name: 'payments/one',
        text: `select ${COLUMNS} from payments where event_id = $1 and reservation_id = $2`,
        values: [eventId, reservationId],
      });
      return rows[0] && toView(rows[0]);
    },
    open: async (unchangedSince, limit, excluded = { due: [], awaiting: [] }) => {
      const { rows } = await db.query<{
        reservation_id: string;
        pending: boolean;
        awaiting: boolean;
        changed_at: Date;
      }>({
        name: 'payments/open',
        text: `(select reservation_id, pending, false as awaiting, changed_at from payments
                where open and changed_at <= $1 and reservation_id <> all ($3::text[])
                  and not ${ONLY_QUERIES}
                order by changed_at limit $2)
               union all
               (select reservation_id, pending, true as awaiting, changed_at from payments
                where open and reservation_id <> all ($4::text[]) and ${ONLY_QUERIES}
                  and awaiting_minor > 0
                  and changed_at <=
                    $1::timestamptz - interval '${ASK_ABOUT_REFUND_AFTER_MS} milliseconds'
                order by changed_at limit ${MAX_AWAITING_LISTED})
               order by awaiting, changed_at limit $2`,
        values: [new Date(unchangedSince), limit, excluded.due, excluded.awaiting],
      });
      return rows.map((row) => ({
        reservationId: row.reservation_id,
        pending: row.pending,
        awaiting: row.awaiting,
        changedAt: row.changed_at.getTime(),
      }));
    },
    unresolved: async (unchangedSince, limit) => {
      const { rows } = await db.query<Row>({
        name: 'payments/unresolved',
        text: `select ${COLUMNS} from payments
               where ${IS_UNRESOLVED} order by changed_at limit $2`,
        values: [new Date(unchangedSince), limit],
      });
      return rows.map(toView);
    },
    countUnresolved: async (unchangedSince) => {
      const { rows } = await db.query<{ count: number }>({
        name: 'payments/count-unresolved',
        text: `select count(*)::float8 as count from payments where ${IS_UNRESOLVED}`,
        values: [new Date(unchangedSince)],
      });
      return rows[0]!.count;
    },
  };
}

function toView(row: Row): PaymentView {
  return {
    eventId: row.event_id,
    reservationId: row.reservation_id,
    customerId: row.customer_id,
    provider: row.provider,
    status: row.status,
    failure: row.failure,
    attempt: row.attempt,
    currency: row.currency,
    amountMinor: row.amount_minor,
    keptMinor: row.kept_minor,
    dueMinor: row.due_minor,
    refundedMinor: row.refunded_minor,
    requestedAt: row.requested_at.toISOString(),
    changedAt: row.changed_at.toISOString(),
  };
}
