export class InvalidCursor extends Error {
    name = 'InvalidCursor';
    constructor(){
        super('The cursor is not one that a page of this list has given.');
    }
}
/** Words of `q` beyond these are not looked at. */ const MAX_WORDS = 10;
const MAX_FACETS = 50;
/** Listed once it can be sold: an event is shown together with its venue and its inventory, or not at all. */ const FROM = 'from events e join venues v using (venue_id) join inventories i using (event_id)';
const COLUMNS = `e.event_id, e.name, e.cancelled_at is not null as cancelled, e.starts_at, e.category, e.performers, e.description, e.prices, e.on_sale_at,
  e.hold_seconds, e.max_seats_per_customer, e.single_seat_rule, e.seat_count, e.seating_plan_hash,
  v.venue_id, v.name as venue_name, v.city, v.country, v.lat, v.lon, v.time_zone, i.sales_closed,
  i.available, i.reserved, i.sold, i.blocked, i.revision::float8 as revision`;
/** Great-circle distance from ($6, $7) to the venue, in kilometres. */ const DISTANCE = `2 * 6371 * asin(sqrt(least(1, sin(radians(v.lat - $6::float8) / 2) ^ 2
  + cos(radians($6)) * cos(radians(v.lat)) * sin(radians(v.lon - $7::float8) / 2) ^ 2)))`;
const MATCHES = `
  not exists (
    select from unnest($1::text[]) word
    where concat_ws(' ', e.name, (select string_agg(performer, ' ') from jsonb_array_elements_text(e.performers) performer),
      v.name, v.city) not ilike word)
  and ($2::text is null or lower(v.city) = lower($2))
  and ($3::text is null or lower(e.category) = lower($3))
  and ($4::timestamptz is null or e.starts_at >= $4)
  and ($5::timestamptz is null or e.starts_at <= $5)
  and ($8::float8 is null or ${DISTANCE} <= $8)`;
const facet = (column)=>`(
  select coalesce(json_agg(f), '[]') from (
    select ${column} as value, count(*) as count from matching where ${column} is not null
    group by ${column} order by count(*) desc, ${column} limit ${MAX_FACETS}) f)`;
const SUMMARY = `
  with matching as materialized (select e.category, v.city ${FROM} where ${MATCHES})
  select (select count(*)::int from matching) as total, ${facet('city')} as cities, ${facet('category')} as categories`;
const PAGE = `
  select ${COLUMNS} ${FROM} where ${MATCHES}
    and ($9::timestamptz is null or (e.starts_at, e.event_id) > ($9, $10::text))
  order by e.starts_at, e.event_id limit $11`;
/** Behind the event where the page before ended, wherever that stands in this order. */ const pageBy = (key)=>`
  with ranked as (select ${COLUMNS}, ${key} as sort_key ${FROM} where ${MATCHES})
  select * from ranked
  where $9::timestamptz is null or (sort_key, starts_at, event_id) > (
    select sort_key, starts_at, event_id from ranked where event_id = $10::text and starts_at = $9)
  order by sort_key, starts_at, event_id limit $11`;
const PAGES = {
    date: PAGE,
    name: pageBy('lower(e.name)'),
    distance: pageBy(DISTANCE),
    relevance: pageBy('(select -count(*) from unnest($1::text[]) word where e.name ilike word)')
};
export function eventQueries(db) {
    return {
        event: async (eventId)=>{
            const { rows } = await db.query({
                name: 'events/one',
                text: `select ${COLUMNS} ${FROM} where e.event_id = $1`,
                values: [
                    eventId
                ]
            });
            return rows[0] && toView(rows[0]);
        },
        list: async (filter)=>{
            const after = filter.cursor === undefined ? undefined : readCursor(filter.cursor);
            const { near, sort = 'date' } = filter;
            const matching = [
                ...[
                    words(filter.q),
                    filter.city,
                    filter.category,
                    date(filter.from),
                    date(filter.to)
                ],
                ...[
                    near?.lat,
                    near?.lon,
                    near?.radiusKm
                ]
            ];
            const [summary, page] = await Promise.all([
                db.query({
                    name: 'events/summary',
                    text: SUMMARY,
                    values: matching
                }),
                db.query({
                    name: `events/page/${sort}`,
                    text: PAGES[sort],
                    values: [
                        ...matching,
                        date(after?.startsAt),
                        after?.eventId,
                        filter.limit + 1
                    ]
                })
            ]);
            const { total, cities, categories } = summary.rows[0];
            const hits = page.rows.slice(0, filter.limit).map(toView);
            const next = page.rows.length > filter.limit ? cursorAfter(hits.at(-1)) : null;
            return {
                total,
                hits,
                facets: {
                    cities,
                    categories
                },
                next
            };
        }
    };
}
/** Patterns for ILIKE, in which `%`, `_` and `\` of the user's text mean themselves. */ function words(q = '') {
    return q.split(/\s+/).filter((word)=>word !== '').slice(0, MAX_WORDS).map((word)=>`%${word.replace(/[%_\\]/g, '\\$&')}%`);
}
const date = (milliseconds)=>milliseconds === undefined ? undefined : new Date(milliseconds);
function cursorAfter({ startsAt, eventId }) {
    return Buffer.from(`${startsAt} ${eventId}`).toString('base64url');
}
/** A start in UTC, of a year of four digits. */ const STARTS_AT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
function readCursor(cursor) {
    const [, start, eventId] = /^(\S+) (\S+)$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
    const startsAt = Date.parse(start ?? '');
    // Only as `cursorAfter` writes it: Node has times that Postgres has not, long before Christ.
    if (eventId === undefined || !STARTS_AT.test(start) || Number.isNaN(startsAt)) throw new InvalidCursor();
    return {
        startsAt,
        eventId
    };
}
function toView(row) {
    return {
        eventId: row.event_id,
        name: row.name,
        status: row.cancelled ? 'cancelled' : 'scheduled',
        venue: {
            venueId: row.venue_id,
            name: row.venue_name,
            city: row.city,
            country: row.country,
            location: {
                lat: row.lat,
                lon: row.lon
            },
            timeZone: row.time_zone
        },
        startsAt: row.starts_at.toISOString(),
        category: row.category,
        performers: row.performers,
        description: row.description,
        prices: row.prices,
        onSaleAt: row.on_sale_at?.toISOString() ?? null,
        salesClosed: row.sales_closed,
        holdSeconds: row.hold_seconds,
        maxSeatsPerCustomer: row.max_seats_per_customer,
        singleSeatRule: row.single_seat_rule,
        seatCount: row.seat_count,
        seatingPlanHash: row.seating_plan_hash,
        availability: {
            available: row.available,
            reserved: row.reserved,
            sold: row.sold,
            blocked: row.blocked
        },
        revision: row.revision
    };
}

//# sourceMappingURL=events-queries.js.map