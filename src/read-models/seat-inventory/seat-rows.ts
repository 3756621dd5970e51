import {
  bulk,
  partitionsOf,
  tableName,
  type Queryable,
  type TableSet,
} from '../tables/read-model.js';

/** Stored status of a seat: available, reserved, sold, blocked. */
export type SeatLetter = 'a' | 'r' | 's' | 'b';

/** Row of `seat_status`: a seat whose status has ever changed. */
export interface SeatRow {
  event_id: string;
  seat_id: string;
  status: SeatLetter;
  reservation_id: string | null;
  revision: number;
}

const seatRows = bulk<SeatRow>({
  event_id: 'text',
  seat_id: 'text',
  status: '"char"',
  reservation_id: 'text',
  revision: 'bigint',
});

const insert = (set: TableSet): string =>
  `insert into ${tableName('seat_status', set)} (${seatRows.names}) ${seatRows.rows}`;

const upsert = (set: TableSet): string => `${insert(set)}
  on conflict (event_id, seat_id) do update
  set status = excluded.status, reservation_id = excluded.reservation_id,
      revision = excluded.revision`;

/** Stores the current row of each seat. */
export const upsertSeats = (
  transaction: Queryable,
  set: TableSet,
  rows: SeatRow[],
): Promise<void> => put(transaction, `upsert-seats-${set}`, upsert(set), rows);

/** Inserts rows into tables without keys. `makeSeatKeys` later keeps the last row of each seat. */
export const addSeats = (transaction: Queryable, set: TableSet, rows: SeatRow[]): Promise<void> =>
  put(transaction, `load-seats-${set}`, insert(set), rows);

async function put(
  transaction: Queryable,
  name: string,
  text: string,
  rows: SeatRow[],
): Promise<void> {
  if (rows.length === 0) return;
  // In key order, neighboring rows share index pages.
  rows.sort(
    (one, other) => compare(one.event_id, other.event_id) || compare(one.seat_id, other.seat_id),
  );
  await transaction.query({ name, text, values: seatRows.values(rows) });
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** Returns statements that drop the keys of the table and of its partitions. */
export const dropSeatKeys = (set: TableSet): string =>
  [tableName('seat_status', set), ...partitionsOf(tableName('seat_status', set))]
    .map((table) => `alter table ${table} drop constraint if exists ${table}_pkey`)
    .join(';');

/**
 * Returns statements that keep the last row of each seat and create the keys. The key of the table
 * adopts those of its partitions.
 */
export function makeSeatKeys(set: TableSet): string[] {
  const whole = tableName('seat_status', set);
  const makePartitionKey = (table: string) => `
    delete from ${table} t using (
      select event_id, seat_id, max(revision) as last from ${table}
      group by event_id, seat_id having count(*) > 1) often
    where t.event_id = often.event_id and t.seat_id = often.seat_id and t.revision < often.last;
    alter table ${table} add primary key (event_id, seat_id)`;
  return [
    ...partitionsOf(whole).map(makePartitionKey),
    `alter table ${whole} add primary key (event_id, seat_id)`,
  ];
}
