const COUNTS = 'i.available, i.reserved, i.sold, i.blocked, i.revision::float8 as revision';
/** One statement, so that seats and revision come from one snapshot. */ const seatsOf = (filter)=>`
  select ${COUNTS}, (
    select json_build_array(json_build_array(-1, coalesce(json_agg(s.seat_id), '[]'), coalesce(string_agg(s.status::text, ''), '')))
    from seat_status s where s.event_id = i.event_id ${filter}
  ) as changes
  from inventories i where i.event_id = $1`;
export function seatStatusQueries(db) {
    const read = async (name, text, values)=>(await db.query({
            name,
            text,
            values
        })).rows[0];
    return {
        inventory: async (eventId)=>{
            const { rows } = await db.query({
                name: 'seat-status/inventory',
                text: `select i.event_id, i.seating_plan_hash, i.seat_count, i.sales_closed, i.on_sale_at, ${COUNTS}
               from inventories i where i.event_id = $1`,
                values: [
                    eventId
                ]
            });
            return rows[0] && toSummary(rows[0]);
        },
        changesSince: async (eventId, revision)=>{
            const row = await read('seat-status/changes-since', `select ${COUNTS}, (
           select json_agg(json_build_array(c.after_revision, c.seat_ids, c.statuses) order by c.revision)
           from seat_changes c where c.event_id = i.event_id and c.revision > $2::bigint
         ) as changes
         from inventories i where i.event_id = $1`, [
                eventId,
                revision
            ]);
            if (!row) return undefined;
            const complete = row.revision <= revision || (row.changes?.[0]?.[0] ?? Infinity) <= revision;
            if (complete) return toChanges(row);
            const touched = await read('seat-status/touched', seatsOf(''), [
                eventId
            ]);
            return touched && toChanges(touched);
        },
        takenSeats: async (eventId)=>{
            const row = await read('seat-status/taken', seatsOf(`and s.status <> 'a'`), [
                eventId
            ]);
            return row && toChanges(row);
        }
    };
}
function toSummary(row) {
    return {
        eventId: row.event_id,
        seatingPlanHash: row.seating_plan_hash,
        seatCount: row.seat_count,
        counts: toCounts(row),
        salesClosed: row.sales_closed,
        onSaleAt: row.on_sale_at?.toISOString() ?? null,
        revision: row.revision
    };
}
function toChanges(row) {
    const statusOf = new Map();
    for (const [, seatIds, statuses] of row.changes ?? []){
        seatIds.forEach((seatId, at)=>statusOf.set(seatId, statuses[at]));
    }
    const changes = Array.from(statusOf, ([seatId, status])=>({
            seatId,
            status
        }));
    return {
        revision: row.revision,
        counts: toCounts(row),
        changes
    };
}
function toCounts({ available, reserved, sold, blocked }) {
    return {
        available,
        reserved,
        sold,
        blocked
    };
}

//# sourceMappingURL=seat-status-queries.js.map