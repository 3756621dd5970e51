import type { Money } from '../../domain/shared/money.js';
import type { NoticeProblem } from '../../ports/payment/payment-gateway.js';
import type { Queryable } from '../tables/read-model.js';

export interface UnmatchedNotification {
  readonly provider: string;
  readonly noticeId: string;
  readonly problem: NoticeProblem;
  /** The provider's own text. */
  readonly type: string;
  /** The provider's id of the capture. */
  readonly reference: string | null;
  readonly eventId: string | null;
  readonly reservationId: string | null;
  /** Amount from the provider; null if missing or unreadable. */
  readonly amount: Money | null;
}

export interface UnmatchedNotificationView extends UnmatchedNotification {
  /** First arrival of the notification; ISO 8601. */
  readonly receivedAt: string;
}

/** Notifications for an operator: money has moved at the provider, and no payment here matches. */
export interface UnmatchedNotifications {
  /**
   * The notification is durable when the promise resolves. A repeated notification is stored once.
   */
  keep(notification: UnmatchedNotification): Promise<void>;
  /**
   * Returns unresolved notifications: those about our own payments first, each kind oldest first.
   */
  open(limit: number): Promise<UnmatchedNotificationView[]>;
  countOpen(): Promise<number>;
  /**
   * Returns false when the notification is unknown. Safe to repeat. Also deletes notifications that
   * were resolved `KEPT_DAYS` ago.
   */
  resolve(provider: string, noticeId: string, by: string): Promise<boolean>;
}

/** Resolved notifications are kept for this time. No provider repeats one later. Days. */
const KEPT_DAYS = 180;

interface Row {
  provider: string;
  notice_id: string;
  problem: NoticeProblem;
  type: string;
  reference: string | null;
  event_id: string | null;
  reservation_id: string | null;
  amount_minor: number | null;
  currency: string | null;
  received_at: Date;
}

export function openUnmatchedNotifications(db: Queryable): UnmatchedNotifications {
  return {
    keep: async ({
      provider,
      noticeId,
      problem,
      type,
      reference,
      eventId,
      reservationId,
      amount,
    }) => {
      await db.query({
        name: 'unmatched-notices/keep',
        text: `insert into unmatched_payment_notices (provider, notice_id, problem, type, reference,
                 event_id, reservation_id, amount_minor, currency)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
               on conflict (provider, notice_id) do nothing`,
        values: [
          provider,
          noticeId,
          problem,
          type,
          reference,
          eventId,
          reservationId,
          amount?.amountMinor ?? null,
          amount?.currency ?? null,
        ],
      });
    },
    open: async (limit) => {
      const { rows } = await db.query<Row>({
        name: 'unmatched-notices/open',
        text: `select provider, notice_id, problem, type, reference, event_id, reservation_id,
                 amount_minor::float8 as amount_minor, currency, received_at
               from unmatched_payment_notices where resolved_at is null
               order by problem = 'names-no-payment', received_at, notice_id limit $1`,
        values: [limit],
      });
      return rows.map(toView);
    },
    countOpen: async () => {
      const { rows } = await db.query<{ count: number }>({
        name: 'unmatched-notices/count-open',
        text: `select count(*)::float8 as count from unmatched_payment_notices
               where resolved_at is null`,
      });
      return rows[0]!.count;
    },
    resolve: async (provider, noticeId, by) => {
      await db.query({
        name: 'unmatched-notices/delete-old',
        text: `delete from unmatched_payment_notices
               where resolved_at < clock_timestamp() - make_interval(days => $1)`,
        values: [KEPT_DAYS],
      });
      const { rowCount } = await db.query({
        name: 'unmatched-notices/resolve',
        text: `update unmatched_payment_notices
               set resolved_at = coalesce(resolved_at, clock_timestamp()),
                   resolved_by = coalesce(resolved_by, $3)
               where provider = $1 and notice_id = $2`,
        values: [provider, noticeId, by],
      });
      return rowCount === 1;
    },
  };
}

function toView(row: Row): UnmatchedNotificationView {
  const { amount_minor: amountMinor, currency } = row;
  return {
    provider: row.provider,
    noticeId: row.notice_id,
    problem: row.problem,
    type: row.type,
    reference: row.reference,
    eventId: row.event_id,
    reservationId: row.reservation_id,
    amount: amountMinor === null || currency === null ? null : { amountMinor, currency },
    receivedAt: row.received_at.toISOString(),
  };
}
