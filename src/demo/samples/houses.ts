import type { PretixPlan } from './pretix-plan.js';
import type { SampleEvent, SampleVenue } from './sample-bodies.js';

const DAY_MS = 24 * 3_600_000;
const SATURDAY = 6;
const PLAY_IN_DAYS = 21;
const CONCERT_IN_DAYS = 42;

export const THEATRE = 'Old Town Theatre';
export const ARENA = 'Riverside Arena';

/**
 * A theatre with a play and an arena with a concert, both made up; `now` in milliseconds since the
 * epoch.
 */
export function houseEvents(
  plans: { readonly theatre: PretixPlan; readonly arena: PretixPlan },
  { now }: { now: number },
): { venues: SampleVenue[]; events: SampleEvent[] } {
  return {
    venues: [theatre(plans.theatre), arena(plans.arena)],
    events: [
      play(saturdayAt(now + PLAY_IN_DAYS * DAY_MS, '19:30')),
      concert(saturdayAt(now + CONCERT_IN_DAYS * DAY_MS, '18:00')),
    ],
  };
}

function theatre(plan: PretixPlan): SampleVenue {
  return {
    key: THEATRE,
    seatCount: seatCountOf(plan),
    body: {
      name: THEATRE,
      city: 'Edinburgh',
      country: 'GB',
      location: { lat: 55.9496, lon: -3.1907 },
      timeZone: 'Europe/London',
    },
    seatingPlan: () => plan,
  };
}

function arena(plan: PretixPlan): SampleVenue {
  return {
    key: ARENA,
    seatCount: seatCountOf(plan),
    body: {
      name: ARENA,
      city: 'Cologne',
      country: 'DE',
      location: { lat: 50.9385, lon: 6.983 },
      timeZone: 'Europe/Berlin',
    },
    seatingPlan: () => plan,
  };
}

function play(startsAt: string): SampleEvent {
  return {
    venue: THEATRE,
    body: {
      name: 'The Tempest',
      startsAt,
      category: 'Theatre',
      performers: ['Old Town Players', 'William Shakespeare'],
      description:
        'A shipwreck, an island and a duke who has not forgotten: ' +
        'Shakespeare’s last great play, in two acts.',
      prices: prices('GBP', { 'Stalls front': 68, 'Stalls rear': 45, 'Dress circle': 52, Box: 85 }),
      maxSeatsPerCustomer: 8,
      singleSeatRule: 'strict',
    },
  };
}

/** No single-seat rule: this is the one that sells out to the last seat. */
function concert(startsAt: string): SampleEvent {
  return {
    venue: ARENA,
    body: {
      name: 'Nightjar Parade — Homecoming',
      startsAt,
      category: 'Concert',
      performers: ['Nightjar Parade', 'The Lamplighters'],
      description:
        'The band’s only concert at home this year, in the round, with The Lamplighters opening.',
      prices: [
        ...prices('EUR', { 'Category I': 95, 'Category II': 65 }),
        ...prices('EUR', { Accessible: 65 }).map((price) => ({ ...price, byRequest: true })),
      ],
      maxSeatsPerCustomer: 6,
      singleSeatRule: 'off',
    },
  };
}

function prices(
  currency: string,
  major: Readonly<Record<string, number>>,
): SampleEvent['body']['prices'] {
  return Object.entries(major).map(([category, amount]) => ({
    category,
    amountMinor: amount * 100,
    currency,
  }));
}

/** The first Saturday on or after `instant`, at a time of day in UTC. */
function saturdayAt(instant: number, time: string): string {
  const daysAhead = (SATURDAY - new Date(instant).getUTCDay() + 7) % 7;
  const day = new Date(instant + daysAhead * DAY_MS).toISOString().slice(0, 10);
  return `${day}T${time}:00.000Z`;
}

function seatCountOf({ zones }: PretixPlan): number {
  return zones.flatMap(({ rows }) => rows).reduce((count, { seats }) => count + seats.length, 0);
}
