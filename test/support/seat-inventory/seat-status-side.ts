import { seatStatusQueries } from '../../../src/read-models/seat-inventory/seat-status-queries.js';
import { confirmed, opened, reserved } from './events.js';
import type { ReadSide } from '../read-side.js';

/** A hall of `seats`, each held on its own, the even ones paid for. */
export const sale = (seats: number) => [
  opened({ seatCount: seats }),
  ...Array.from({ length: seats }, (_, at) => reserved(`r${at}`, [`S${at}`])),
  ...Array.from({ length: seats / 2 }, (_, at) => confirmed(`r${2 * at}`, [`S${2 * at}`])),
];

export const countsOf = async (side: ReadSide, eventId: string) =>
  (await seatStatusQueries(side.pool).inventory(eventId))?.counts;

/** Ends the connection of the node that runs seat status, as a crash or an outage would. */
export async function cutConnection(side: ReadSide): Promise<number> {
  const { rowCount } = await side.pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and application_name = 'boxoffice-seat-status'`,
  );
  return rowCount!;
}
