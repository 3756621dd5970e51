import { bulk, tableName } from './read-model.js';
export const events = {
    name: 'events',
    version: 2,
    tables: [
        'events'
    ],
    createTables: (set)=>`
    create table ${tableName('events', set)} (
      event_id text collate "C" primary key,
      venue_id text collate "C" not null,
      name text not null,
      starts_at timestamptz not null,
      category text,
      performers jsonb not null,
      description text,
      prices jsonb not null,
      on_sale_at timestamptz,
      hold_seconds int not null,
      max_seats_per_customer int not null,
      single_seat_rule text not null,
      seating_plan_hash text not null,
      seat_count int not null,
      scheduled_at timestamptz not null,
      cancelled_at timestamptz,
      cancel_reason text,
      sales_to_undo int,
      finished_at timestamptz
    )`,
    createIndices: (set)=>`
    create index on ${tableName('events', set)} (starts_at, event_id);
    create index on ${tableName('events', set)} (venue_id);
    create index on ${tableName('events', set)} (cancelled_at) where cancelled_at is not null and finished_at is null`,
    write
};
async function write(transaction, set, changes) {
    const scheduled = changes.filter((change)=>change.kind === 'scheduled');
    if (scheduled.length > 0) {
        await transaction.query({
            name: `insert-events-${set}`,
            text: `insert into ${tableName('events', set)} (${eventRows.names}) ${eventRows.rows}`,
            values: eventRows.values(scheduled.map(toRow))
        });
    }
    const changed = coalesce(changes);
    if (changed.length === 0) return;
    await transaction.query({
        name: `update-events-${set}`,
        text: `update ${tableName('events', set)} e
           set cancelled_at = coalesce(c.cancelled_at, e.cancelled_at),
               cancel_reason = coalesce(c.cancel_reason, e.cancel_reason),
               sales_to_undo = coalesce(c.sales_to_undo, e.sales_to_undo),
               finished_at = coalesce(c.finished_at, e.finished_at)
           from (${changedRows.rows}) c (${changedRows.names})
           where e.event_id = c.event_id`,
        values: changedRows.values(changed)
    });
}
/** One row per event. */ function coalesce(changes) {
    const byEvent = new Map();
    for (const change of changes){
        if (change.kind !== 'changed') continue;
        const { eventId, cancelledAt, reason, salesToUndo, finishedAt } = change;
        const before = byEvent.get(eventId);
        byEvent.set(eventId, {
            event_id: eventId,
            cancelled_at: cancelledAt ?? before?.cancelled_at ?? null,
            cancel_reason: reason ?? before?.cancel_reason ?? null,
            sales_to_undo: salesToUndo ?? before?.sales_to_undo ?? null,
            finished_at: finishedAt ?? before?.finished_at ?? null
        });
    }
    return [
        ...byEvent.values()
    ];
}
const changedRows = bulk({
    event_id: 'text',
    cancelled_at: 'timestamptz',
    cancel_reason: 'text',
    sales_to_undo: 'int',
    finished_at: 'timestamptz'
});
const eventRows = bulk({
    event_id: 'text',
    venue_id: 'text',
    name: 'text',
    starts_at: 'timestamptz',
    category: 'text',
    performers: 'jsonb',
    description: 'text',
    prices: 'jsonb',
    on_sale_at: 'timestamptz',
    hold_seconds: 'int',
    max_seats_per_customer: 'int',
    single_seat_rule: 'text',
    seating_plan_hash: 'text',
    seat_count: 'int',
    scheduled_at: 'timestamptz'
});
const toRow = (event)=>({
        event_id: event.eventId,
        venue_id: event.venueId,
        name: event.name,
        starts_at: event.startsAt,
        category: event.category,
        performers: event.performers,
        description: event.description,
        prices: event.prices,
        on_sale_at: event.onSaleAt,
        hold_seconds: event.holdSeconds,
        max_seats_per_customer: event.maxSeatsPerCustomer,
        single_seat_rule: event.singleSeatRule,
        seating_plan_hash: event.seatingPlanHash,
        seat_count: event.seatCount,
        scheduled_at: event.scheduledAt
    });

//# sourceMappingURL=events.js.map