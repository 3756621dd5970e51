import { bowlPlan } from './bowl-plan.js';
import { parseCoordinates } from './coordinates.js';
import { pricesOf } from './world-cup-prices.js';
const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * 24 * HOUR_MS;
/** Dates move by whole years of 52 weeks, which keeps the weekday, the season and with it the clocks. */ const YEAR_MS = 52 * WEEK_MS;
/** The first match lies at least this far ahead, so that there is time to sell it. */ const LEAD_MS = WEEK_MS;
const MAX_SEATS_PER_CUSTOMER = 6;
/** Host cities whose name in the source is a region. */ const CITY_OF = new Map([
    [
        'San Francisco Bay Area',
        'San Francisco'
    ],
    [
        'New York/New Jersey',
        'New York'
    ]
]);
/** By host city; the source has only the offset in June. */ const TIME_ZONE_OF = new Map([
    [
        'Vancouver',
        'America/Vancouver'
    ],
    [
        'Seattle',
        'America/Los_Angeles'
    ],
    [
        'San Francisco',
        'America/Los_Angeles'
    ],
    [
        'Los Angeles',
        'America/Los_Angeles'
    ],
    [
        'Guadalajara',
        'America/Mexico_City'
    ],
    [
        'Mexico City',
        'America/Mexico_City'
    ],
    [
        'Monterrey',
        'America/Monterrey'
    ],
    [
        'Houston',
        'America/Chicago'
    ],
    [
        'Dallas',
        'America/Chicago'
    ],
    [
        'Kansas City',
        'America/Chicago'
    ],
    [
        'Atlanta',
        'America/New_York'
    ],
    [
        'Miami',
        'America/New_York'
    ],
    [
        'Toronto',
        'America/Toronto'
    ],
    [
        'Boston',
        'America/New_York'
    ],
    [
        'Philadelphia',
        'America/New_York'
    ],
    [
        'New York',
        'America/New_York'
    ]
]);
/**
 * The stadiums as venues and the matches as events, ready to be posted. `now` is in milliseconds since the epoch; all
 * matches lie after it. A stadium named in `plans` gets that plan, any other a bowl of its capacity.
 * @throws Error when a match names a ground that is no stadium's city, or a date or coordinates cannot be read
 */ export function worldCupEvents(matches, stadiums, { now, plans = {} }) {
    const stadiumOf = new Map(stadiums.map((stadium)=>[
            stadium.city,
            stadium
        ]));
    const kickOffs = matches.map(kickOffOf);
    const shift = shiftIntoFuture(Math.min(...kickOffs), now);
    return {
        venues: stadiums.map((stadium)=>venueOf(stadium, plans[stadium.name])),
        events: matches.map((match, at)=>{
            const stadium = stadiumOf.get(match.ground);
            if (!stadium) throw new Error(`No stadium lies in ${JSON.stringify(match.ground)}, where a match is played.`);
            return eventOf(match, stadium, kickOffs[at] + shift);
        })
    };
}
function venueOf(stadium, plan) {
    const city = hostCity(stadium.city);
    const timeZone = TIME_ZONE_OF.get(city);
    if (timeZone === undefined) throw new Error(`The time zone of ${city} is not known.`);
    return {
        key: stadium.name,
        seatCount: stadium.capacity,
        body: {
            name: stadium.name,
            city,
            country: stadium.cc.toUpperCase(),
            location: parseCoordinates(stadium.coords),
            timeZone
        },
        seatingPlan: ()=>plan ?? bowlPlan(stadium)
    };
}
function eventOf(match, stadium, kickOff) {
    const { round, group, team1, team2 } = match;
    const occasion = group ? `${round} of ${group}` : round;
    return {
        venue: stadium.name,
        body: {
            name: `${team1} v ${team2} — ${group ?? round}`,
            startsAt: new Date(kickOff).toISOString(),
            category: 'Football',
            performers: [
                team1,
                team2
            ],
            description: `${occasion} at the World Cup: ${team1} play ${team2} at ${stadium.name}, ${stadium.city}.`,
            prices: pricesOf(group ? 'Group' : round, stadium.cc.toUpperCase()),
            maxSeatsPerCustomer: MAX_SEATS_PER_CUSTOMER,
            singleSeatRule: 'lenient'
        }
    };
}
/** `San Francisco Bay Area (Santa Clara)` → `San Francisco`: the city that people search for. */ function hostCity(city) {
    const host = city.replace(/\s*\(.*\)$/, '');
    return CITY_OF.get(host) ?? host;
}
/** Milliseconds since the epoch. */ function kickOffOf({ date, time }) {
    const parts = /^(\d{2}):(\d{2}) UTC([+-]\d{1,2})$/.exec(time);
    const day = Date.parse(`${date}T00:00:00Z`);
    if (!parts || Number.isNaN(day)) throw new Error(`Cannot read the kick-off "${date} ${time}".`);
    const [, hours, minutes, offset] = parts;
    return day + (Number(hours) + Number(minutes) / 60 - Number(offset)) * HOUR_MS;
}
function shiftIntoFuture(first, now) {
    return Math.max(0, Math.ceil((now + LEAD_MS - first) / YEAR_MS)) * YEAR_MS;
}

//# sourceMappingURL=world-cup.js.map