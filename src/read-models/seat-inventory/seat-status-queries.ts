import type { Queryable } from '../tables/read-model.js';
import type { SeatLetter } from './seat-rows.js';

export interface SeatCounts {
  readonly available: number;
  readonly reserved: number;
  readonly sold: number;
  readonly blocked: number;
}

export interface InventorySummary {
  readonly eventId: string;
  readonly seatingPlanHash: string;
  readonly seatCount: number;
  readonly counts: SeatCounts;
  readonly salesClosed: boolean;
  /** ISO 8601; null: on sale immediately. */
  readonly onSaleAt: string | null;
  /** Revision of the inventory's stream to which these values correspond. */
  readonly revision: number;
}

export interface SeatLetterChange {
  readonly seatId: string;
  readonly status: SeatLetter;
}

/** Seats with their status at `revision`, each once. */
export interface SeatChanges {
  readonly revision: number;
  readonly counts: SeatCounts;
  readonly changes: readonly SeatLetterChange[];
}

export interface SeatStatusQueries {
  /** Returns undefined for an event whose inventory is not open. */
  inventory(eventId: string): Promise<InventorySummary | undefined>;
  /**
   * Returns all seats whose status has changed after `revision` (some may have changed back). For a
   * revision too old for the change log it returns all seats that ever changed, which has the same
   * effect.
   */
  changesSince(eventId: string, revision: number): Promise<SeatChanges | undefined>;
  /** Returns all seats that are not available. */
  takenSeats(eventId: string): Promise<SeatChanges | undefined>;
}

interface InventoryRow {
  event_id: string;
  seating_plan_hash: string;
  seat_count: number;
  available: number;
  reserved: number;
  sold: number;
  blocked: number;
  sales_closed: boolean;
  on_sale_at: Date | null;
  revision: number;
}

interface ChangesRow extends SeatCounts {
  revision: number;
  changes: [afterRevision: number, seatIds: string[], statuses: string][] | null;
}

const COUNTS = 'i.available, i.reserved, i.sold, i.blocked, i.revision::float8 as revision';

/** A single statement, so that seats and revision come from one snapshot. */
const seatsOf = (filter: string) => `
  select ${COUNTS}, (
    select json_build_array(json_build_array(-1, coalesce(json_agg(s.seat_id), '[]'),
      coalesce(string_agg(s.status::text, ''), '')))
    from seat_status s where s.event_id = i.event_id ${filter}
  ) as changes
  from inventories i where i.event_id = $1`;

export function seatStatusQueries(db: Queryable): SeatStatusQueries {
  const read = async (name: string, text: string, values: unknown[]) =>
    (await db.query<ChangesRow>({ name, text, values })).rows[0];

  return {
    inventory: async (eventId) => {
      const { rows } = await db.query<InventoryRow>({
        name: 'seat-status/inventory',
        text: `select i.event_id, i.seating_plan_hash, i.seat_count, i.sales_closed, i.on_sale_at,
                 ${COUNTS}
               from inventories i where i.event_id = $1`,
        values: [eventId],
      });
      return rows[0] && toSummary(rows[0]);
    },

    changesSince: async (eventId, revision) => {
      const row = await read(
        'seat-status/changes-since',
        `select ${COUNTS}, (
           select json_agg(
             json_build_array(c.after_revision, c.seat_ids, c.statuses) order by c.revision)
           from seat_changes c where c.event_id = i.event_id and c.revision > $2::bigint
         ) as changes
         from inventories i where i.event_id = $1`,
        [eventId, revision],
      );
      if (!row) return undefined;
      const complete = row.revision <= revision || (row.changes?.[0]?.[0] ?? Infinity) <= revision;
      if (complete) return toChanges(row);
      const touched = await read('seat-status/touched', seatsOf(''), [eventId]);
      return touched && toChanges(touched);
    },

    takenSeats: async (eventId) => {
      const row = await read('seat-status/taken', seatsOf(`and s.status <> 'a'`), [eventId]);
      return row && toChanges(row);
    },
  };
}

function toSummary(row: InventoryRow): InventorySummary {
  return {
    eventId: row.event_id,
    seatingPlanHash: row.seating_plan_hash,
    seatCount: row.seat_count,
    counts: toCounts(row),
    salesClosed: row.sales_closed,
    onSaleAt: row.on_sale_at?.toISOString() ?? null,
    revision: row.revision,
  };
}

function toChanges(row: ChangesRow): SeatChanges {
  const statusOf = new Map<string, SeatLetter>();
  for (const [, seatIds, statuses] of row.changes ?? []) {
    seatIds.forEach((seatId, at) => statusOf.set(seatId, statuses[at] as SeatLetter));
  }
  const changes = Array.from(statusOf, ([seatId, status]) => ({ seatId, status }));
  return { revision: row.revision, counts: toCounts(row), changes };
}

function toCounts({ available, reserved, sold, blocked }: SeatCounts): SeatCounts {
  return { available, reserved, sold, blocked };
}
