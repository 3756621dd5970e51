import type { VenueRegisteredData } from '../../domain/venue/events.js';
import { bulk, tableName, type Queryable, type ReadModel } from '../tables/read-model.js';

/** A venue as last projected. */
export type VenueView = VenueRegisteredData;

/** Maximum of venues in a list. */
export const MAX_VENUES_LISTED = 1_000;

export const venues: ReadModel<VenueRegisteredData> = {
  name: 'venues',
  version: 1,
  tables: ['venues'],
  createTables: (set) => `
    create table ${tableName('venues', set)} (
      venue_id text collate "C" primary key,
      name text not null,
      city text not null,
      country text not null,
      lat float8 not null,
      lon float8 not null,
      time_zone text not null,
      seating_plan_hash text not null,
      seat_count int not null,
      categories jsonb not null,
      registered_at timestamptz not null
    )`,
  createIndices: (set) => `
    create index on ${tableName('venues', set)} (name, venue_id)`,
  write: async (transaction, set, changes) => {
    await transaction.query({
      name: `insert-venues-${set}`,
      text: `insert into ${tableName('venues', set)} (${venueRows.names}) ${venueRows.rows}`,
      values: venueRows.values(changes.map(toRow)),
    });
  },
};

interface Row {
  venue_id: string;
  name: string;
  city: string;
  country: string;
  lat: number;
  lon: number;
  time_zone: string;
  seating_plan_hash: string;
  seat_count: number;
  categories: VenueView['categories'];
  registered_at: string;
}

const venueRows = bulk<Row>({
  venue_id: 'text',
  name: 'text',
  city: 'text',
  country: 'text',
  lat: 'float8',
  lon: 'float8',
  time_zone: 'text',
  seating_plan_hash: 'text',
  seat_count: 'int',
  categories: 'jsonb',
  registered_at: 'timestamptz',
});

const toRow = (venue: VenueRegisteredData): Row => ({
  venue_id: venue.venueId,
  name: venue.name,
  city: venue.city,
  country: venue.country,
  lat: venue.location.lat,
  lon: venue.location.lon,
  time_zone: venue.timeZone,
  seating_plan_hash: venue.seatingPlanHash,
  seat_count: venue.seatCount,
  categories: venue.categories,
  registered_at: venue.registeredAt,
});

export interface VenueQueries {
  venue(venueId: string): Promise<VenueView | undefined>;
  /** Returns venues by name, at most MAX_VENUES_LISTED. */
  all(): Promise<VenueView[]>;
}

export function venueQueries(db: Queryable): VenueQueries {
  return {
    venue: async (venueId) => {
      const { rows } = await db.query<StoredRow>({
        name: 'venues/one',
        text: `select ${venueRows.names} from venues where venue_id = $1`,
        values: [venueId],
      });
      return rows[0] && toView(rows[0]);
    },
    all: async () => {
      const { rows } = await db.query<StoredRow>({
        name: 'venues/all',
        text: `select ${venueRows.names} from venues
               order by name, venue_id limit ${MAX_VENUES_LISTED}`,
      });
      return rows.map(toView);
    },
  };
}

type StoredRow = Omit<Row, 'registered_at'> & { registered_at: Date };

const toView = (row: StoredRow): VenueView => ({
  venueId: row.venue_id,
  name: row.name,
  city: row.city,
  country: row.country,
  location: { lat: row.lat, lon: row.lon },
  timeZone: row.time_zone,
  seatingPlanHash: row.seating_plan_hash,
  seatCount: row.seat_count,
  categories: row.categories,
  registeredAt: row.registered_at.toISOString(),
});
