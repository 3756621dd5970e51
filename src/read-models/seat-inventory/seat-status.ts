import {
  bulk,
  partitionedByEvent,
  tableName,
  type Queryable,
  type ReadModel,
  type TableSet,
} from '../tables/read-model.js';
import {
  coalesce,
  type Counts,
  type InventoryChange,
  type OpenedRow,
  type SeatStatusChange,
} from './inventory-changes.js';
import { addSeats, dropSeatKeys, makeSeatKeys, upsertSeats, type SeatRow } from './seat-rows.js';
import { notifyRevisions, notifySwitch } from './seat-status-notifications.js';

/** Time for which changes are kept. Later a reader gets all seats that ever changed. */
const KEEP_CHANGES = '5 minutes';

/**
 * `seat_status` is sparse: a seat that never changed has no row, so opening 94,000 seats writes one
 * row of `inventories`. `seat_changes` lists the changes of each batch, so that a reader catches up
 * from any recent revision. An index on the revision of every seat would double the cost of a
 * write.
 */
export const seatStatus: ReadModel<SeatStatusChange> = {
  name: 'seat-status',
  version: 1,
  tables: ['inventories', 'seat_status', 'seat_changes'],
  ephemeralTables: ['seat_changes'],
  createTables,
  createIndices: (set) => `create index on ${tableName('seat_changes', set)} (recorded_at)`,
  beginLoading: dropSeatKeys,
  endLoading: makeSeatKeys,
  write,
  load,
  served: notifySwitch,
  prune: async (transaction, set) => {
    const table = tableName('seat_changes', set);
    await transaction.query(
      `delete from ${table} where recorded_at < clock_timestamp() - interval '${KEEP_CHANGES}'`,
    );
  },
};

function createTables(set: TableSet): string {
  const inventories = partitionedByEvent(
    tableName('inventories', set),
    `event_id text collate "C" primary key,
     seating_plan_hash text not null,
     seat_count int not null,
     available int not null check (available >= 0),
     reserved int not null check (reserved >= 0),
     sold int not null check (sold >= 0),
     blocked int not null check (blocked >= 0),
     sales_closed boolean not null,
     on_sale_at timestamptz,
     revision bigint not null`,
  );
  const seats = partitionedByEvent(
    tableName('seat_status', set),
    `event_id text collate "C" not null,
     seat_id text collate "C" not null,
     status "char" not null check (status in ('a', 'r', 's', 'b')),
     reservation_id text collate "C",
     revision bigint not null,
     primary key (event_id, seat_id)`,
  );
  const changes = partitionedByEvent(
    tableName('seat_changes', set),
    `event_id text collate "C" not null,
     revision bigint not null,
     after_revision bigint not null,
     seat_ids json not null,
     statuses text not null,
     recorded_at timestamptz not null default clock_timestamp(),
     primary key (event_id, revision)`,
  );
  return `${inventories}; ${seats}; ${changes}`;
}

const openedRows = bulk<OpenedRow>({
  event_id: 'text',
  seating_plan_hash: 'text',
  seat_count: 'int',
  on_sale_at: 'timestamptz',
  revision: 'bigint',
});
const inventoryRows = bulk<
  Counts & {
    event_id: string;
    closed: boolean;
    moved: boolean;
    on_sale_at: string | null;
    revision: number;
  }
>({
  event_id: 'text',
  a: 'int',
  r: 'int',
  s: 'int',
  b: 'int',
  closed: 'boolean',
  moved: 'boolean',
  on_sale_at: 'timestamptz',
  revision: 'bigint',
});
const changeRows = bulk<{
  event_id: string;
  revision: number;
  after_revision: number;
  seat_ids: string[];
  statuses: string;
}>({
  event_id: 'text',
  revision: 'bigint',
  after_revision: 'bigint',
  seat_ids: 'json',
  statuses: 'text',
});

async function write(
  transaction: Queryable,
  set: TableSet,
  changes: readonly SeatStatusChange[],
): Promise<void> {
  const inventories = await writeInventories(transaction, set, changes);
  await upsertSeats(transaction, set, seatsOf(inventories));
  await insertChanges(transaction, set, inventories);
  await notifyRevisions(transaction, set, inventories);
}

/**
 * Writes no `seat_changes`: after the switch a reader gets all seats that ever changed. Only
 * inserts seats, once per batch that changes them: an upsert would cost more than everything else.
 */
async function load(
  transaction: Queryable,
  set: TableSet,
  changes: readonly SeatStatusChange[],
): Promise<void> {
  const inventories = await writeInventories(transaction, set, changes);
  await addSeats(transaction, set, seatsOf(inventories));
}

const seatsOf = (inventories: readonly InventoryChange[]): SeatRow[] =>
  inventories.flatMap(({ seats }) => [...seats.values()]);

async function writeInventories(
  transaction: Queryable,
  set: TableSet,
  changes: readonly SeatStatusChange[],
): Promise<InventoryChange[]> {
  const { opened, inventories } = coalesce(changes);
  if (opened.length > 0) await insertOpened(transaction, set, opened);
  await updateInventories(transaction, set, inventories);
  return inventories;
}

async function insertOpened(
  transaction: Queryable,
  set: TableSet,
  opened: OpenedRow[],
): Promise<void> {
  await transaction.query({
    name: `open-inventories-${set}`,
    text: `insert into ${tableName('inventories', set)}
             (${openedRows.names}, available, reserved, sold, blocked, sales_closed)
           select opened.*, seat_count, 0, 0, 0, false
           from (${openedRows.rows}) opened (${openedRows.names})`,
    values: openedRows.values(opened),
  });
}

async function updateInventories(
  transaction: Queryable,
  set: TableSet,
  inventories: InventoryChange[],
): Promise<void> {
  const { rowCount } = await transaction.query({
    name: `update-inventories-${set}`,
    text: `update ${tableName('inventories', set)} i
           set available = i.available + c.a, reserved = i.reserved + c.r,
               sold = i.sold + c.s, blocked = i.blocked + c.b,
               sales_closed = i.sales_closed or c.closed,
               on_sale_at = case when c.moved then c.on_sale_at else i.on_sale_at end,
               revision = c.revision
           from (${inventoryRows.rows}) c (${inventoryRows.names})
           where i.event_id = c.event_id`,
    values: inventoryRows.values(
      inventories.map(({ eventId, counts, salesClosed, onSaleAt, revision }) => ({
        event_id: eventId,
        ...counts,
        closed: salesClosed,
        moved: onSaleAt !== undefined,
        on_sale_at: onSaleAt ?? null,
        revision,
      })),
    ),
  });
  if (rowCount !== inventories.length) {
    throw new Error(`One of ${inventories.length} changed inventories was never opened.`);
  }
}

/**
 * Inserts a row even for a batch that changed no seat: a reader takes a gap in the revisions for
 * pruned changes.
 */
async function insertChanges(
  transaction: Queryable,
  set: TableSet,
  inventories: InventoryChange[],
): Promise<void> {
  const rows = inventories.map(({ eventId, afterRevision, revision, seats }) => ({
    event_id: eventId,
    revision,
    after_revision: afterRevision,
    seat_ids: [...seats.keys()],
    statuses: Array.from(seats.values(), ({ status }) => status).join(''),
  }));
  await transaction.query({
    name: `insert-seat-changes-${set}`,
    text: `insert into ${tableName('seat_changes', set)} (${changeRows.names}) ${changeRows.rows}`,
    values: changeRows.values(rows),
  });
}
