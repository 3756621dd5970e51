import { bowlPlan } from './bowl-plan.js';
import { parseCoordinates } from './coordinates.js';
import type { PretixPlan } from './pretix-plan.js';
import type { SampleEvent, SampleVenue } from './sample-bodies.js';
import { pricesOf } from './world-cup-prices.js';

/** One match, as openfootball's `worldcup.json` writes it. */
export interface WorldCupMatch {
  readonly round: string;
  /** `2026-06-11` */
  readonly date: string;
  /** `13:00 UTC-6` */
  readonly time: string;
  readonly team1: string;
  readonly team2: string;
  /** Missing in the knock-out rounds. */
  readonly group?: string;
  /** The stadium, by its `city`. */
  readonly ground: string;
}

export interface WorldCupStadium {
  readonly city: string;
  /** `UTC-7` */
  readonly timezone: string;
  /** ISO 3166-1 alpha-2, lower case. */
  readonly cc: string;
  readonly name: string;
  readonly capacity: number;
  readonly coords: string;
}

const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * 24 * HOUR_MS;
/**
 * Dates move by whole years of 52 weeks, which keeps the weekday, the season and with it the
 * clocks.
 */
const YEAR_MS = 52 * WEEK_MS;
/** The first match lies at least this far ahead, so that there is time to sell it. */
const LEAD_MS = WEEK_MS;
const MAX_SEATS_PER_CUSTOMER = 6;

/** Host cities whose name in the source is a region. */
const CITY_OF: ReadonlyMap<string, string> = new Map([
  ['San Francisco Bay Area', 'San Francisco'],
  ['New York/New Jersey', 'New York'],
]);

/** By host city; the source has only the offset in June. */
const TIME_ZONE_OF: ReadonlyMap<string, string> = new Map([
  ['Vancouver', 'America/Vancouver'],
  ['Seattle', 'America/Los_Angeles'],
  ['San Francisco', 'America/Los_Angeles'],
  ['Los Angeles', 'America/Los_Angeles'],
  ['Guadalajara', 'America/Mexico_City'],
  ['Mexico City', 'America/Mexico_City'],
  ['Monterrey', 'America/Monterrey'],
  ['Houston', 'America/Chicago'],
  ['Dallas', 'America/Chicago'],
  ['Kansas City', 'America/Chicago'],
  ['Atlanta', 'America/New_York'],
  ['Miami', 'America/New_York'],
  ['Toronto', 'America/Toronto'],
  ['Boston', 'America/New_York'],
  ['Philadelphia', 'America/New_York'],
  ['New York', 'America/New_York'],
]);

/**
 * The stadiums as venues and the matches as events, ready to be posted. `now` is in milliseconds
 * since the epoch; all matches lie after it. A stadium named in `plans` gets that plan, any other a
 * bowl of its capacity.
 * @throws Error when a match names a ground that is no stadium's city, or a date or coordinates
 * cannot be read
 */
export function worldCupEvents(
  matches: readonly WorldCupMatch[],
  stadiums: readonly WorldCupStadium[],
  { now, plans = {} }: { now: number; plans?: Readonly<Record<string, PretixPlan>> },
): { venues: SampleVenue[]; events: SampleEvent[] } {
  const stadiumOf = new Map(stadiums.map((stadium) => [stadium.city, stadium]));
  const kickOffs = matches.map(kickOffOf);
  const shift = shiftIntoFuture(Math.min(...kickOffs), now);
  return {
    venues: stadiums.map((stadium) => venueOf(stadium, plans[stadium.name])),
    events: matches.map((match, at) => {
      const stadium = stadiumOf.get(match.ground);
      if (!stadium)
        throw new Error(
          `No stadium lies in ${JSON.stringify(match.ground)}, where a match is played.`,
        );
      return eventOf(match, stadium, kickOffs[at]! + shift);
    }),
  };
}

function venueOf(stadium: WorldCupStadium, plan: PretixPlan | undefined): SampleVenue {
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
      timeZone,
    },
    seatingPlan: () => plan ?? bowlPlan(stadium),
  };
}

function eventOf(match: WorldCupMatch, stadium: WorldCupStadium, kickOff: number): SampleEvent {
  const { round, group, team1, team2 } = match;
  const occasion = group ? `${round} of ${group}` : round;
  return {
    venue: stadium.name,
    body: {
      name: `${team1} v ${team2} — ${group ?? round}`,
      startsAt: new Date(kickOff).toISOString(),
      category: 'Football',
      performers: [team1, team2],
      description:
        `${occasion} at the World Cup: ` +
        `${team1} play ${team2} at ${stadium.name}, ${stadium.city}.`,
      prices: pricesOf(group ? 'Group' : round, stadium.cc.toUpperCase()),
      maxSeatsPerCustomer: MAX_SEATS_PER_CUSTOMER,
      singleSeatRule: 'lenient',
    },
  };
}

/** `San Francisco Bay Area (Santa Clara)` → `San Francisco`: the city that people search for. */
function hostCity(city: string): string {
  const host = city.replace(/\s*\(.*\)$/, '');
  return CITY_OF.get(host) ?? host;
}

/** Milliseconds since the epoch. */
function kickOffOf({ date, time }: WorldCupMatch): number {
  const parts = /^(\d{2}):(\d{2}) UTC([+-]\d{1,2})$/.exec(time);
  const day = Date.parse(`${date}T00:00:00Z`);
  if (!parts || Number.isNaN(day)) throw new Error(`Cannot read the kick-off "${date} ${time}".`);
  const [, hours, minutes, offset] = parts;
  return day + (Number(hours) + Number(minutes) / 60 - Number(offset)) * HOUR_MS;
}

function shiftIntoFuture(first: number, now: number): number {
  return Math.max(0, Math.ceil((now + LEAD_MS - first) / YEAR_MS)) * YEAR_MS;
}
