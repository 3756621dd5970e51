import type { EventScheduledData } from '../domain/event/events.js';
import { bulk, tableName, type ReadModel } from './read-model.js';

export const events: ReadModel<EventScheduledData> = {
  name: 'events',
  version: 1,
  tables: ['events'],
  createTables: (version) => `
    create table ${tableName('events', version)} (
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
      scheduled_at timestamptz not null
    );
    create index on ${tableName('events', version)} (starts_at, event_id);
    create index on ${tableName('events', version)} (venue_id)`,
  write: async (transaction, version, changes) => {
    await transaction.query({
      name: `insert-events-v${version}`,
      text: `insert into ${tableName('events', version)} (${eventRows.names}) ${eventRows.rows}`,
      values: eventRows.values(changes.map(toRow)),
    });
  },
};

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
