import {
  bulk,
  partitionsOf,
  tableName,
  type Queryable,
  type TableSet,
} from '../tables/read-model.js';

/** Status of one seat, as stored: available, reserved, sold, blocked. */
export type SeatLetter = 'a' | 'r' | 's' | 'b';

/** One seat that was ever touched: a row of `seat_status`. */
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
  set status = excluded.status, reservation_id = excluded.reservation_id, revision = excluded.revision`;

/** Each seat as it is now. */
export const upsertSeats = (
  transaction: Queryable,
  set: TableSet,
  rows: SeatRow[],
): Promise<void> => put(transaction, `upsert-seats-${set}`, upsert(set), rows);

/** Beside what is there of the same seats, for tables without keys: `makeSeatKeys` leaves the last. */
export const addSeats = (transaction: Queryable, set: TableSet, rows: SeatRow[]): Promise<void> =>
  put(transaction, `load-seats-${set}`, insert(set), rows);

async function put(
  transaction: Queryable,
  name: string,
  text: string,
  rows: SeatRow[],
): Promise<void> {
  if (rows.length === 0) return;
  // In key order neighbouring rows share index pages.
  rows.sort(
    (one, other) => compare(one.event_id, other.event_id) || compare(one.seat_id, other.seat_id),
  );
  await transaction.query({ name, text, values: seatRows.values(rows) });
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** Statements that take the keys away, of the whole and of its parts. */
export const dropSeatKeys = (set: TableSet): string =>
  [tableName('seat_status', set), ...partitionsOf(tableName('seat_status', set))]
    .map((table) => `alter table ${table} drop constraint if exists ${table}_pkey`)
    .join(';');

/** The last of each seat stays. The key of the whole takes over those of its parts. */
export function makeSeatKeys(set: TableSet): string[] {
  const whole = tableName('seat_status', set);
  const ofPart = (table: string) => `
    delete from ${table} t using (
      select event_id, seat_id, max(revision) as last from ${table}
      group by event_id, seat_id having count(*) > 1) often
    where t.event_id = often.event_id and t.seat_id = often.seat_id and t.revision < often.last;
    alter table ${table} add primary key (event_id, seat_id)`;
  return [
    ...partitionsOf(whole).map(ofPart),
    `alter table ${whole} add primary key (event_id, seat_id)`,
  ];
}
