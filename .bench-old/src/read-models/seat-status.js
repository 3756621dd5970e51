import { bulk, partitionedByEvent, tableName } from './read-model.js';
import { notifyOfRevisions, notifyOfSwitch } from './seat-status-notices.js';
/** How long a change can be asked for by revision; after that a reader gets all touched seats. */ const KEEP_CHANGES = '5 minutes';
/**
 * `seat_status` is sparse: a seat that was never touched has no row, so opening 94,000 seats writes one row of
 * `inventories`. `seat_changes` lists what each batch changed, so that a reader catches up from any recent revision
 * without an index on the revision of every seat, which would double the cost of a write.
 */ export const seatStatus = {
    name: 'seat-status',
    version: 1,
    tables: [
        'inventories',
        'seat_status',
        'seat_changes'
    ],
    passing: [
        'seat_changes'
    ],
    createTables,
    createIndices: (set)=>`create index on ${tableName('seat_changes', set)} (recorded_at)`,
    write,
    load,
    served: notifyOfSwitch,
    prune: async (transaction, set)=>{
        const table = tableName('seat_changes', set);
        await transaction.query(`delete from ${table} where recorded_at < clock_timestamp() - interval '${KEEP_CHANGES}'`);
    }
};
function createTables(set) {
    const inventories = partitionedByEvent(tableName('inventories', set), `event_id text collate "C" primary key,
     seating_plan_hash text not null,
     seat_count int not null,
     available int not null check (available >= 0),
     reserved int not null check (reserved >= 0),
     sold int not null check (sold >= 0),
     blocked int not null check (blocked >= 0),
     sales_closed boolean not null,
     on_sale_at timestamptz,
     revision bigint not null`);
    const seats = partitionedByEvent(tableName('seat_status', set), `event_id text collate "C" not null,
     seat_id text collate "C" not null,
     status "char" not null check (status in ('a', 'r', 's', 'b')),
     reservation_id text collate "C",
     revision bigint not null,
     primary key (event_id, seat_id)`);
    const changes = partitionedByEvent(tableName('seat_changes', set), `event_id text collate "C" not null,
     revision bigint not null,
     after_revision bigint not null,
     seat_ids json not null,
     statuses text not null,
     recorded_at timestamptz not null default clock_timestamp(),
     primary key (event_id, revision)`);
    return `${inventories}; ${seats}; ${changes}`;
}
const openedRows = bulk({
    event_id: 'text',
    seating_plan_hash: 'text',
    seat_count: 'int',
    on_sale_at: 'timestamptz',
    revision: 'bigint'
});
const inventoryRows = bulk({
    event_id: 'text',
    a: 'int',
    r: 'int',
    s: 'int',
    b: 'int',
    closed: 'boolean',
    revision: 'bigint'
});
const seatRows = bulk({
    event_id: 'text',
    seat_id: 'text',
    status: '"char"',
    reservation_id: 'text',
    revision: 'bigint'
});
const changeRows = bulk({
    event_id: 'text',
    revision: 'bigint',
    after_revision: 'bigint',
    seat_ids: 'json',
    statuses: 'text'
});
async function write(transaction, set, changes) {
    const inventories = await writeSeats(transaction, set, changes);
    await insertChanges(transaction, set, inventories);
    await notifyOfRevisions(transaction, set, inventories);
}
/** Nobody asks what has changed in tables that nobody sees; who asks after the switch gets all touched seats. */ async function load(transaction, set, changes) {
    await writeSeats(transaction, set, changes);
}
async function writeSeats(transaction, set, changes) {
    const { opened, inventories } = coalesce(changes);
    if (opened.length > 0) await insertOpened(transaction, set, opened);
    await updateInventories(transaction, set, inventories);
    await upsertSeats(transaction, set, inventories);
    return inventories;
}
function coalesce(changes) {
    const opened = [];
    const inventories = new Map();
    for (const change of changes){
        const { eventId, revision } = change;
        let inventory = inventories.get(eventId);
        if (!inventory) {
            const counts = {
                a: 0,
                r: 0,
                s: 0,
                b: 0
            };
            inventory = {
                eventId,
                afterRevision: revision - 1,
                revision,
                counts,
                salesClosed: false,
                seats: new Map()
            };
            inventories.set(eventId, inventory);
        }
        inventory.revision = revision;
        if (change.kind === 'inventory-opened') {
            const { seatingPlanHash: seating_plan_hash, seatCount: seat_count, onSaleAt: on_sale_at } = change;
            opened.push({
                event_id: eventId,
                seating_plan_hash,
                seat_count,
                on_sale_at,
                revision
            });
        } else if (change.kind === 'sales-closed') {
            inventory.salesClosed = true;
        } else if (change.kind === 'seats-moved') {
            moveSeats(inventory, change);
        }
    }
    return {
        opened,
        inventories: [
            ...inventories.values()
        ]
    };
}
function moveSeats({ eventId, counts, seats }, { seatIds, from, to, reservationId, revision }) {
    counts[from] -= seatIds.length;
    counts[to] += seatIds.length;
    for (const seatId of seatIds){
        seats.set(seatId, {
            event_id: eventId,
            seat_id: seatId,
            status: to,
            reservation_id: reservationId,
            revision
        });
    }
}
async function insertOpened(transaction, set, opened) {
    await transaction.query({
        name: `open-inventories-${set}`,
        text: `insert into ${tableName('inventories', set)}
             (${openedRows.names}, available, reserved, sold, blocked, sales_closed)
           select opened.*, seat_count, 0, 0, 0, false
           from (${openedRows.rows}) opened (${openedRows.names})`,
        values: openedRows.values(opened)
    });
}
async function updateInventories(transaction, set, inventories) {
    const { rowCount } = await transaction.query({
        name: `update-inventories-${set}`,
        text: `update ${tableName('inventories', set)} i
           set available = i.available + c.a, reserved = i.reserved + c.r,
               sold = i.sold + c.s, blocked = i.blocked + c.b,
               sales_closed = i.sales_closed or c.closed, revision = c.revision
           from (${inventoryRows.rows}) c (${inventoryRows.names})
           where i.event_id = c.event_id`,
        values: inventoryRows.values(inventories.map(({ eventId, counts, salesClosed, revision })=>({
                event_id: eventId,
                ...counts,
                closed: salesClosed,
                revision
            })))
    });
    if (rowCount !== inventories.length) {
        throw new Error(`Seats of an inventory that was never opened: among ${inventories.length} inventories.`);
    }
}
async function upsertSeats(transaction, set, inventories) {
    const rows = inventories.flatMap(({ seats })=>[
            ...seats.values()
        ]);
    if (rows.length === 0) return;
    // In key order neighbouring rows share index pages.
    rows.sort((one, other)=>compare(one.event_id, other.event_id) || compare(one.seat_id, other.seat_id));
    await transaction.query({
        name: `upsert-seats-${set}`,
        text: `insert into ${tableName('seat_status', set)} (${seatRows.names}) ${seatRows.rows}
           on conflict (event_id, seat_id) do update
           set status = excluded.status, reservation_id = excluded.reservation_id, revision = excluded.revision`,
        values: seatRows.values(rows)
    });
}
const compare = (one, other)=>one < other ? -1 : one > other ? 1 : 0;
/** Also for a batch that touched no seat: a gap in the revisions tells a reader that it asked too late. */ async function insertChanges(transaction, set, inventories) {
    const rows = inventories.map(({ eventId, afterRevision, revision, seats })=>({
            event_id: eventId,
            revision,
            after_revision: afterRevision,
            seat_ids: [
                ...seats.keys()
            ],
            statuses: Array.from(seats.values(), ({ status })=>status).join('')
        }));
    await transaction.query({
        name: `insert-seat-changes-${set}`,
        text: `insert into ${tableName('seat_changes', set)} (${changeRows.names}) ${changeRows.rows}`,
        values: changeRows.values(rows)
    });
}

//# sourceMappingURL=seat-status.js.map