import { FREE_OF_CHARGE } from '../domain/seat-inventory/commands.js';
/**
 * A reservation has its money back when its payment shows that the sale was undone and nothing is left to do; what
 * cost nothing has no payment. A read model that is behind shows fewer, never more.
 */ const SELECT = `
  select e.event_id, e.cancel_reason, e.cancelled_at, e.finished_at, e.sales_to_undo as sales, (
    select count(*)::int
    from reservations r left join payments p using (event_id, reservation_id)
    where r.event_id = e.event_id and r.refund_reason = 'event-cancelled'
      and case when p.event_id is null then r.payment_reference = '${FREE_OF_CHARGE}'
               else p.undone and not p.open end
  ) as refunded
  from events e`;
export function cancellationQueries(db) {
    return {
        of: async (eventId)=>{
            const { rows } = await db.query({
                name: 'cancellations/one',
                text: `${SELECT} where e.event_id = $1 and e.cancelled_at is not null`,
                values: [
                    eventId
                ]
            });
            return rows[0] && toView(rows[0]);
        },
        unfinished: async (limit)=>{
            const { rows } = await db.query({
                name: 'cancellations/unfinished',
                text: `${SELECT} where e.cancelled_at is not null and e.finished_at is null
               order by e.cancelled_at desc limit $1`,
                values: [
                    limit
                ]
            });
            return rows.map(({ event_id: eventId, cancel_reason: reason, sales, refunded })=>({
                    eventId,
                    reason,
                    sales,
                    refunded
                }));
        }
    };
}
function toView(row) {
    const { refunded, finished_at: finishedAt } = row;
    const reservations = row.sales ?? refunded;
    return {
        eventId: row.event_id,
        status: finishedAt ? 'done' : 'refunding',
        reason: row.cancel_reason,
        reservations,
        refunded,
        due: reservations - refunded,
        startedAt: row.cancelled_at.toISOString(),
        ...finishedAt && {
            finishedAt: finishedAt.toISOString()
        }
    };
}

//# sourceMappingURL=cancellations-queries.js.map