const COLUMNS = `event_id, reservation_id, customer_id, provider, failure, attempt, currency,
  amount_minor::float8 as amount_minor, kept_minor::float8 as kept_minor, due_minor::float8 as due_minor,
  refunded_minor::float8 as refunded_minor, requested_at, changed_at,
  case when pending then 'pending' when unsettled_minor > 0 then 'captured'
       when due_minor > 0 or ((undone or owed_minor > 0) and kept_minor > 0) then 'refund-due'
       when kept_minor > 0 then 'kept' when refunded_minor > 0 then 'refunded' else 'failed' end as status`;
export function paymentQueries(db) {
    return {
        of: async (eventId, reservationId)=>{
            const { rows } = await db.query({
                name: 'payments/one',
                text: `select ${COLUMNS} from payments where event_id = $1 and reservation_id = $2`,
                values: [
                    eventId,
                    reservationId
                ]
            });
            return rows[0] && toView(rows[0]);
        },
        open: async (unchangedSince, limit, leaveOut = [])=>{
            const { rows } = await db.query({
                name: 'payments/open',
                text: `select reservation_id, pending, changed_at from payments
               where open and changed_at <= $1 and reservation_id <> all ($3::text[])
               order by changed_at limit $2`,
                values: [
                    new Date(unchangedSince),
                    limit,
                    leaveOut
                ]
            });
            return rows.map((row)=>({
                    reservationId: row.reservation_id,
                    pending: row.pending,
                    changedAt: row.changed_at.getTime()
                }));
        },
        unresolved: async (unchangedSince, limit)=>{
            const { rows } = await db.query({
                name: 'payments/unresolved',
                text: `select ${COLUMNS} from payments
               where open and changed_at <= $1 order by changed_at limit $2`,
                values: [
                    new Date(unchangedSince),
                    limit
                ]
            });
            return rows.map(toView);
        },
        countUnresolved: async (unchangedSince)=>{
            const { rows } = await db.query({
                name: 'payments/count-unresolved',
                text: 'select count(*)::float8 as count from payments where open and changed_at <= $1',
                values: [
                    new Date(unchangedSince)
                ]
            });
            return rows[0].count;
        }
    };
}
function toView(row) {
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
        changedAt: row.changed_at.toISOString()
    };
}

//# sourceMappingURL=payments-queries.js.map