import { MAX_SALES_END_MINUTES } from '../../domain/event/commands.js';
import { salesEndOf } from '../../domain/event/state.js';
import type { PriceOfCategory, SingleSeatRule } from '../../domain/seat-inventory/events.js';
import type { Location } from '../../domain/venue/events.js';
import type { Queryable } from '../tables/read-model.js';
import type { SeatCounts } from '../seat-inventory/seat-status-queries.js';

/** One event with its venue and its availability. Times are ISO 8601 in UTC. */
export interface EventView {
  readonly eventId: string;
  readonly name: string;
  /** A canceled event stays listed: ticket holders look for it. */
  readonly status: 'scheduled' | 'cancelled';
  readonly venue: {
    readonly venueId: string;
    readonly name: string;
    readonly city: string;
    readonly country: string;
    readonly location: Location;
    readonly timeZone: string;
  };
  readonly startsAt: string;
  readonly salesEndMinutesAfterStart: number;
  /** Sales end at this time. */
  readonly salesEndAt: string;
  /** Start before the last change of the start. */
  readonly rescheduledFrom: string | null;
  /** IANA time zone of the event, else that of the venue. */
  readonly timeZone: string;
  readonly category: string | null;
  readonly performers: readonly string[];
  readonly description: string | null;
  readonly prices: readonly PriceOfCategory[];
  readonly onSaleAt: string | null;
  readonly salesClosed: boolean;
  readonly holdSeconds: number;
  readonly maxSeatsPerCustomer: number;
  readonly singleSeatRule: SingleSeatRule;
  /** Present only when on. */
  readonly requireContactToHold?: true;
  readonly autoWaitingRoom?: true;
  readonly seatCount: number;
  readonly seatingPlanHash: string;
  readonly availability: SeatCounts;
  /** Number of changes that matter to ticket holders, including a cancellation. */
  readonly changes: number;
  /** Time of the last such change, else of the announcement. */
  readonly changedAt: string;
  /** Revision of the inventory's stream. */
  readonly revision: number;
}

export interface EventQueries {
  /** Returns undefined until the event, its venue and its inventory are all projected. */
  event(eventId: string): Promise<EventView | undefined>;
  /** Returns the events that are completely projected, by id. */
  byIds(eventIds: readonly string[]): Promise<Map<string, EventView>>;
  /** Returns `EventView.changes` by event id. */
  changesOf(eventIds: readonly string[]): Promise<Map<string, number>>;
  /**
   * Returns events that have begun and are still on sale, because sales end after the start. Last
   * begun first, at most `MAX_BEGUN`. `now` is milliseconds since the epoch.
   */
  begunOnSale(now: number): Promise<string[]>;
}

/**
 * Maximum of listed events that have begun. Beyond it, those that began longest ago are left out.
 */
export const MAX_BEGUN = 1_000;

export class InvalidCursor extends Error {
  override name = 'InvalidCursor';
  constructor() {
    super('The cursor is not from a page of this list.');
  }
}

/** An event is shown only with its venue and its inventory. */
const FROM = 'from events e join venues v using (venue_id) join inventories i using (event_id)';

const COLUMNS = `e.event_id, e.name, e.cancelled_at is not null as cancelled, e.starts_at,
  e.sales_end_minutes, e.rescheduled_from, e.time_zone as own_time_zone, e.category, e.performers,
  e.description, e.prices, e.on_sale_at, e.hold_seconds, e.max_seats_per_customer,
  e.single_seat_rule, e.require_contact_to_hold, e.auto_waiting_room, e.seat_count,
  e.seating_plan_hash, e.changes, coalesce(e.changed_at, e.scheduled_at) as changed_at,
  v.venue_id, v.name as venue_name, v.city, v.country, v.lat, v.lon, v.time_zone, i.sales_closed,
  i.available, i.reserved, i.sold, i.blocked, i.revision::float8 as revision`;

export function eventQueries(db: Queryable): EventQueries {
  return {
    event: async (eventId) => {
      const { rows } = await db.query<Row>({
        name: 'events/one',
        text: `select ${COLUMNS} ${FROM} where e.event_id = $1`,
        values: [eventId],
      });
      return rows[0] && toView(rows[0]);
    },

    byIds: async (eventIds) => {
      const { rows } = await db.query<Row>({
        name: 'events/by-ids',
        text: `select ${COLUMNS} ${FROM} where e.event_id = any($1::text[])`,
        values: [eventIds],
      });
      return new Map(rows.map((row) => [row.event_id, toView(row)]));
    },

    changesOf: async (eventIds) => {
      const { rows } = await db.query<{ event_id: string; changes: number }>({
        name: 'events/changes-of',
        text: 'select event_id, changes from events where event_id = any($1::text[])',
        values: [eventIds],
      });
      return new Map(rows.map(({ event_id, changes }) => [event_id, changes]));
    },

    begunOnSale: async (now) => {
      const { rows } = await db.query<{ event_id: string }>({
        name: 'events/begun-on-sale',
        text: `select event_id from events
               where sales_end_minutes > 0 and starts_at <= $1
                 and starts_at > $1 - ${MAX_SALES_END_MINUTES} * interval '1 min'
                 and starts_at + sales_end_minutes * interval '1 min' > $1
               order by starts_at desc limit ${MAX_BEGUN}`,
        values: [new Date(now)],
      });
      return rows.map((row) => row.event_id);
    },
  };
}

interface Row {
  event_id: string;
  name: string;
  cancelled: boolean;
  starts_at: Date;
  sales_end_minutes: number;
  rescheduled_from: Date | null;
  own_time_zone: string | null;
  category: string | null;
  performers: string[];
  description: string | null;
  prices: PriceOfCategory[];
  on_sale_at: Date | null;
  hold_seconds: number;
  max_seats_per_customer: number;
  single_seat_rule: SingleSeatRule;
  require_contact_to_hold: boolean;
  auto_waiting_room: boolean;
  seat_count: number;
  seating_plan_hash: string;
  changes: number;
  changed_at: Date;
  venue_id: string;
  venue_name: string;
  city: string;
  country: string;
  lat: number;
  lon: number;
  time_zone: string;
  sales_closed: boolean;
  available: number;
  reserved: number;
  sold: number;
  blocked: number;
  revision: number;
}

function toView(row: Row): EventView {
  return {
    eventId: row.event_id,
    name: row.name,
    status: row.cancelled ? 'cancelled' : 'scheduled',
    venue: {
      venueId: row.venue_id,
      name: row.venue_name,
      city: row.city,
      country: row.country,
      location: { lat: row.lat, lon: row.lon },
      timeZone: row.time_zone,
    },
    startsAt: row.starts_at.toISOString(),
    salesEndMinutesAfterStart: row.sales_end_minutes,
    salesEndAt: salesEndOf({
      startsAt: row.starts_at.toISOString(),
      salesEndMinutesAfterStart: row.sales_end_minutes,
    }),
    rescheduledFrom: row.rescheduled_from?.toISOString() ?? null,
    timeZone: row.own_time_zone ?? row.time_zone,
    category: row.category,
    performers: row.performers,
    description: row.description,
    prices: row.prices,
    onSaleAt: row.on_sale_at?.toISOString() ?? null,
    salesClosed: row.sales_closed,
    holdSeconds: row.hold_seconds,
    maxSeatsPerCustomer: row.max_seats_per_customer,
    singleSeatRule: row.single_seat_rule,
    ...(row.require_contact_to_hold && { requireContactToHold: true as const }),
    ...(row.auto_waiting_room && { autoWaitingRoom: true as const }),
    seatCount: row.seat_count,
    seatingPlanHash: row.seating_plan_hash,
    availability: {
      available: row.available,
      reserved: row.reserved,
      sold: row.sold,
      blocked: row.blocked,
    },
    changes: row.changes,
    changedAt: row.changed_at.toISOString(),
    revision: row.revision,
  };
}
