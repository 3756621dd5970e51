import type { EventScheduledData } from '../domain/event/events.js';
import { bulk, tableName, type Queryable, type ReadModel, type TableSet } from './read-model.js';

/** What one domain event does to one event: it is scheduled, or some of its fields change. Times are ISO 8601. */
export type EventChange =
  | ({ readonly kind: 'scheduled' } & EventScheduledData)
  | {
      readonly kind: 'changed';
      readonly eventId: string;
      /** Together with `reason`. */
      readonly cancelledAt?: string;
      readonly reason?: string;
      readonly salesToUndo?: number;
      readonly finishedAt?: string;
    };

export const events: ReadModel<EventChange> = {
  name: 'events',
  version: 2,
  tables: ['events'],
  createTables: (set) => `
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
  createIndices: (set) => `
    create index on ${tableName('events', set)} (starts_at, event_id);
    create index on ${tableName('events', set)} (venue_id);
    create index on ${tableName('events', set)} (cancelled_at) where cancelled_at is not null and finished_at is null`,
  write,
};

async function write(transaction: Queryable, set: TableSet, changes: readonly EventChange[]): Promise<void> {
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
    text: `update ${tableName('events', set)} e
           set cancelled_at = coalesce(c.cancelled_at, e.cancelled_at),
               cancel_reason = coalesce(c.cancel_reason, e.cancel_reason),
               sales_to_undo = coalesce(c.sales_to_undo, e.sales_to_undo),
               finished_at = coalesce(c.finished_at, e.finished_at)
           from (${changedRows.rows}) c (${changedRows.names})
           where e.event_id = c.event_id`,
    values: changedRows.values(changed),
  });
}

/** One row per event. */
function coalesce(changes: readonly EventChange[]): ChangedRow[] {
  const byEvent = new Map<string, ChangedRow>();
  for (const change of changes) {
    if (change.kind !== 'changed') continue;
    const { eventId, cancelledAt, reason, salesToUndo, finishedAt } = change;
    const before = byEvent.get(eventId);
    byEvent.set(eventId, {
      event_id: eventId,
      cancelled_at: cancelledAt ?? before?.cancelled_at ?? null,
      cancel_reason: reason ?? before?.cancel_reason ?? null,
      sales_to_undo: salesToUndo ?? before?.sales_to_undo ?? null,
      finished_at: finishedAt ?? before?.finished_at ?? null,
    });
  }
  return [...byEvent.values()];
}

/** Null leaves the column as it is. */
interface ChangedRow {
  event_id: string;
  cancelled_at: string | null;
  cancel_reason: string | null;
  sales_to_undo: number | null;
  finished_at: string | null;
}

const changedRows = bulk<ChangedRow>({
  event_id: 'text',
  cancelled_at: 'timestamptz',
  cancel_reason: 'text',
  sales_to_undo: 'int',
  finished_at: 'timestamptz',
});

interface Row {
  event_id: string;
  venue_id: string;
  name: string;
  starts_at: string;
  category: string | null;
  performers: readonly string[];
  description: string | null;
  prices: EventScheduledData['prices'];
  on_sale_at: string | null;
  hold_seconds: number;
  max_seats_per_customer: number;
  single_seat_rule: string;
  seating_plan_hash: string;
  seat_count: number;
  scheduled_at: string;
}

const eventRows = bulk<Row>({
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
  scheduled_at: 'timestamptz',
});

const toRow = (event: EventScheduledData): Row => ({
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
  scheduled_at: event.scheduledAt,
});
