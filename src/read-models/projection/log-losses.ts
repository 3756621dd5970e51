import type { LogLoss } from '../../ports/projection/log-operations.js';
import type { Queryable, ReadModel, TableSet } from '../tables/read-model.js';

/** Maximum of losses per page. */
export const LOSSES_PAGE = 1_000;

/**
 * Stores the records that the live views show and tables built from another log do not. Runs in the
 * transaction that switches to those tables: afterwards these records are no longer visible.
 */
export async function recordLosses(
  transaction: Queryable,
  { losses }: Pick<ReadModel<never>, 'losses'>,
  set: TableSet,
): Promise<void> {
  if (!losses) return;
  await transaction.query(
    `insert into log_losses (acceptance_id, ${COLUMNS})
     select a.id, l.* from log_acceptances a, (${losses(set)}) l (${COLUMNS})
     where a.finished_at is null on conflict do nothing`,
  );
}

const COLUMNS = 'kind, event_id, reservation_id, customer_id, before, after';

interface Row {
  number: string;
  acceptance: number;
  kind: LogLoss['kind'];
  event_id: string;
  reservation_id: string;
  customer_id: string;
  before: LogLoss['before'];
  after: LogLoss['after'];
}

/** Returns losses after a number, in the order in which they were found. */
export async function lossesAfter(
  db: Queryable,
  number: number,
  limit = LOSSES_PAGE,
): Promise<LogLoss[]> {
  const { rows } = await db.query<Row>(
    `select number::text, acceptance_id::int as acceptance, ${COLUMNS}
     from log_losses where log_losses.number > $1 order by log_losses.number limit $2`,
    [number, limit],
  );
  return rows.map((row) => ({
    number: Number(row.number),
    acceptance: row.acceptance,
    kind: row.kind,
    eventId: row.event_id,
    reservationId: row.reservation_id,
    customerId: row.customer_id,
    before: row.before,
    after: row.after,
  }));
}
