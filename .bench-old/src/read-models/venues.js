import { bulk, tableName } from './read-model.js';
/** Venues that a list gives at most. */ export const MAX_VENUES_LISTED = 1_000;
export const venues = {
    name: 'venues',
    version: 1,
    tables: [
        'venues'
    ],
    createTables: (set)=>`
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
    createIndices: (set)=>`
    create index on ${tableName('venues', set)} (name, venue_id)`,
    write: async (transaction, set, changes)=>{
        await transaction.query({
            name: `insert-venues-${set}`,
            text: `insert into ${tableName('venues', set)} (${venueRows.names}) ${venueRows.rows}`,
            values: venueRows.values(changes.map(toRow))
        });
    }
};
const venueRows = bulk({
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
    registered_at: 'timestamptz'
});
const toRow = (venue)=>({
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
        registered_at: venue.registeredAt
    });
export function venueQueries(db) {
    return {
        venue: async (venueId)=>{
            const { rows } = await db.query({
                name: 'venues/one',
                text: `select ${venueRows.names} from venues where venue_id = $1`,
                values: [
                    venueId
                ]
            });
            return rows[0] && toView(rows[0]);
        },
        all: async ()=>{
            const { rows } = await db.query({
                name: 'venues/all',
                text: `select ${venueRows.names} from venues order by name, venue_id limit ${MAX_VENUES_LISTED}`
            });
            return rows.map(toView);
        }
    };
}
const toView = (row)=>({
        venueId: row.venue_id,
        name: row.name,
        city: row.city,
        country: row.country,
        location: {
            lat: row.lat,
            lon: row.lon
        },
        timeZone: row.time_zone,
        seatingPlanHash: row.seating_plan_hash,
        seatCount: row.seat_count,
        categories: row.categories,
        registeredAt: row.registered_at.toISOString()
    });

//# sourceMappingURL=venues.js.map