import type { EventScheduledData } from '../../domain/event/events.js';
import {
  bulk,
  tableName,
  type Queryable,
  type ReadModel,
  type TableSet,
} from '../tables/read-model.js';

/** Columns that may change. Times are ISO 8601. */
export interface ChangedColumns {
  readonly name?: string;
  readonly category?: string | null;
  readonly performers?: readonly string[];
  readonly description?: string | null;
  readonly starts_at?: string;
  readonly rescheduled_from?: string;
  readonly sales_end_minutes?: number;
  readonly time_zone?: string | null;
  readonly on_sale_at?: string | null;
  readonly require_contact_to_hold?: boolean;
  readonly auto_waiting_room?: boolean;
  readonly cancelled_at?: string;
  readonly cancel_reason?: string;
  readonly sales_to_undo?: number;
  readonly finished_at?: string;
}

/** Change of one event by one domain event. Times are ISO 8601. */
export type EventChange =
  | ({ readonly kind: 'scheduled' } & EventScheduledData)
  | {
      readonly kind: 'changed';
      readonly eventId: string;
      readonly to: ChangedColumns;
      /** Time of a change that matters to ticket holders; undefined for any other change. */
      readonly announcedAt?: string;
    };

export const events: ReadModel<EventChange> = {
  name: 'events',
  version: 4,
  tables: ['events'],
  createTables: (set) => `
    create table ${tableName('events', set)} (
      event_id text collate "C" primary key,
      venue_id text collate "C" not null,
      name text not null,
      starts_at timestamptz not null,
      rescheduled_from timestamptz,
      sales_end_minutes int not null default 0,
      time_zone text,
      category text,
      performers jsonb not null,
      description text,
      prices jsonb not null,
      on_sale_at timestamptz,
      hold_seconds int not null,
      max_seats_per_customer int not null,
      single_seat_rule text not null,
      require_contact_to_hold boolean not null,
      auto_waiting_room boolean not null,
      seating_plan_hash text not null,
      seat_count int not null,
      scheduled_at timestamptz not null,
      changes int not null default 0,
      changed_at timestamptz,
      cancelled_at timestamptz,
      cancel_reason text,
      sales_to_undo int,
      finished_at timestamptz
    )`,
  createIndices: (set) => `
    create index on ${tableName('events', set)} (starts_at, event_id);
    create index on ${tableName('events', set)} (venue_id);
    create index on ${tableName('events', set)} (starts_at) where sales_end_minutes > 0;
    create index on ${tableName('events', set)} (cancelled_at)
      where cancelled_at is not null and finished_at is null`,
  write,
};

async function write(
  transaction: Queryable,
  set: TableSet,
  changes: readonly EventChange[],
): Promise<void> {
  const scheduled = changes.filter((change) => change.kind === 'scheduled');
  if (scheduled.length > 0) {
    await transaction.query({
      name: `insert-events-${set}`,
      text: `insert into ${tableName('events', set)} (${eventRows.names}) ${eventRows.rows}`,
      values: eventRows.values(scheduled.map(toRow)),
    });
  }
  const changed = coalesce(changes);
  if (changed.length === 0) return;
  await transaction.query({
    name: `update-events-${set}`,
    text: `update ${tableName('events', set)} e set ${SET},
             changes = e.changes + c.announced, changed_at = coalesce(c.announced_at, e.changed_at)
           from (${changedRows.rows}) c (${changedRows.names})
           where e.event_id = c.event_id`,
    values: changedRows.values(changed),
  });
}

/** SQL types of the columns that may change. They are read from JSON. */
const TYPES: { readonly [Column in keyof Required<ChangedColumns>]: string } = {
  name: 'text',
  category: 'text',
  performers: 'jsonb',
  description: 'text',
  starts_at: 'timestamptz',
  rescheduled_from: 'timestamptz',
  sales_end_minutes: 'int',
  time_zone: 'text',
  on_sale_at: 'timestamptz',
  require_contact_to_hold: 'boolean',
  auto_waiting_room: 'boolean',
  cancelled_at: 'timestamptz',
  cancel_reason: 'text',
  sales_to_undo: 'int',
  finished_at: 'timestamptz',
};

/** Sets only the columns that a change names. Null is a value like any other. */
const SET = Object.entries(TYPES)
  .map(
    ([column, type]) =>
      `${column} = case when c.changed ? '${column}' then (c.changed->>'${column}')::${type}
         else e.${column} end`,
  )
  .join(', ');

/** One row per event, later changes over earlier ones. */
function coalesce(changes: readonly EventChange[]): ChangedRow[] {
  const byEvent = new Map<string, ChangedRow>();
  for (const change of changes) {
    if (change.kind !== 'changed') continue;
    const { eventId, to, announcedAt } = change;
    const before = byEvent.get(eventId);
    byEvent.set(eventId, {
      event_id: eventId,
      changed: { ...before?.changed, ...to },
      announced: (before?.announced ?? 0) + (announcedAt === undefined ? 0 : 1),
      announced_at: announcedAt ?? before?.announced_at ?? null,
    });
  }
  return [...byEvent.values()];
}

interface ChangedRow {
  event_id: string;
  changed: ChangedColumns;
  announced: number;
  announced_at: string | null;
}

const changedRows = bulk<ChangedRow>({
  event_id: 'text',
  changed: 'jsonb',
  announced: 'int',
  announced_at: 'timestamptz',
});

interface Row {
  event_id: string;
  venue_id: string;
  name: string;
  starts_at: string;
  sales_end_minutes: number;
  time_zone: string | null;
  category: string | null;
  performers: readonly string[];
  description: string | null;
  prices: EventScheduledData['prices'];
  on_sale_at: string | null;
  hold_seconds: number;
  max_seats_per_customer: number;
  single_seat_rule: string;
  require_contact_to_hold: boolean;
  auto_waiting_room: boolean;
  seating_plan_hash: string;
  seat_count: number;
  scheduled_at: string;
}

const eventRows = bulk<Row>({
  event_id: 'text',
  venue_id: 'text',
  name: 'text',
  starts_at: 'timestamptz',
  sales_end_minutes: 'int',
  time_zone: 'text',
  category: 'text',
  performers: 'jsonb',
  description: 'text',
  prices: 'jsonb',
  on_sale_at: 'timestamptz',
  hold_seconds: 'int',
  max_seats_per_customer: 'int',
  single_seat_rule: 'text',
  require_contact_to_hold: 'boolean',
  auto_waiting_room: 'boolean',
  seating_plan_hash: 'text',
  seat_count: 'int',
  scheduled_at: 'timestamptz',
});

const toRow = (event: EventScheduledData): Row => ({
  event_id: event.eventId,
  venue_id: event.venueId,
  name: event.name,
  starts_at: event.startsAt,
  sales_end_minutes: event.salesEndMinutesAfterStart ?? 0,
  time_zone: event.timeZone ?? null,
  category: event.category,
  performers: event.performers,
  description: event.description,
  prices: event.prices,
  on_sale_at: event.onSaleAt,
  hold_seconds: event.holdSeconds,
  max_seats_per_customer: event.maxSeatsPerCustomer,
  single_seat_rule: event.singleSeatRule,
  require_contact_to_hold: event.requireContactToHold ?? false,
  auto_waiting_room: event.autoWaitingRoom ?? false,
  seating_plan_hash: event.seatingPlanHash,
  seat_count: event.seatCount,
  scheduled_at: event.scheduledAt,
});
