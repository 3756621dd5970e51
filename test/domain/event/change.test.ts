import type {
  ChangeEvent,
  EventChanges,
  EventRejection,
} from '../../../src/domain/event/commands.js';
import { decideEvent } from '../../../src/domain/event/decide.js';
import type { EventEvent } from '../../../src/domain/event/events.js';
import { evolveEvent, salesEndOf, type ScheduledEvent } from '../../../src/domain/event/state.js';
import { NOON, secondsAfterNoon } from '../../support/seat-inventory/rules.js';

const iso = (instant: number) => new Date(instant).toISOString();
const eventId = 'opening-night';
const at = iso(NOON);
const tonight = iso(secondsAfterNoon(6 * 3_600));
const tomorrow = iso(secondsAfterNoon(30 * 3_600));

const scheduled: EventEvent = {
  type: 'EventScheduled',
  data: {
    ...{
      eventId,
      venueId: 'little-theatre',
      name: 'Opening night',
      startsAt: tonight,
      category: 'Theatre',
    },
    ...{
      performers: ['The Company'],
      description: null,
      prices: [],
      onSaleAt: null,
      holdSeconds: 600,
    },
    ...{ maxSeatsPerCustomer: 10, singleSeatRule: 'off', seatingPlanHash: 'aa11', seatCount: 20 },
    scheduledAt: at,
  },
};
const renamed = (name: string): EventEvent => ({
  type: 'EventRenamed',
  data: { eventId, name, renamedAt: at },
});
const described = (changes: object): EventEvent => ({
  type: 'EventDescribed',
  data: {
    ...{ eventId, category: 'Theatre', performers: ['The Company'], description: null },
    ...{ ...changes, describedAt: at },
  },
});
const rescheduled = (fromStartsAt: string, startsAt: string): EventEvent => ({
  type: 'EventRescheduled',
  data: { eventId, startsAt, fromStartsAt, rescheduledAt: at },
});
const zoned = (timeZone: string | null): EventEvent => ({
  type: 'EventTimeZoneChanged',
  data: { eventId, timeZone, changedAt: at },
});
const holdRules = (requireContactToHold: boolean, autoWaitingRoom: boolean): EventEvent => ({
  type: 'EventHoldRulesChanged',
  data: { eventId, requireContactToHold, autoWaitingRoom, changedAt: at },
});
const cancelled: EventEvent = {
  type: 'EventCancelled',
  data: { eventId, reason: 'rain', cancelledAt: at },
};
const salesEnd = (salesEndMinutesAfterStart: number): EventEvent => ({
  type: 'EventSalesEndChanged',
  data: { eventId, salesEndMinutesAfterStart, changedAt: at },
});
const change = (
  changes: EventChanges,
  now = NOON,
  onSaleAt: string | null = null,
): ChangeEvent => ({
  ...{ type: 'ChangeEvent', changes, onSaleAt, now },
});

const after = (events: readonly EventEvent[]) =>
  events.reduce<ScheduledEvent>(evolveEvent, undefined);
const given = (...events: EventEvent[]) => ({
  when: (command: ChangeEvent) => {
    const decision = decideEvent(command, after(events));
    return {
      then: (...expected: EventEvent[]) => {
        expect(decision).toEqual({ accepted: true, events: expected });
        // Whatever was done, to do it again later does nothing.
        const again = decideEvent({ ...command, now: NOON }, after([...events, ...expected]));
        expect(again).toEqual({ accepted: true, events: [] });
      },
      thenRejected: (rejection: EventRejection) =>
        expect(decision).toEqual({ accepted: false, rejection }),
    };
  },
});

describe('ChangeEvent', () => {
  it('lets sales end later than the start, once, and follows the start', () => {
    given(scheduled)
      .when(change({ salesEndMinutesAfterStart: 30 }))
      .then(salesEnd(30));
    given(scheduled)
      .when(change({ salesEndMinutesAfterStart: 0 }))
      .then();
    expect(salesEndOf(after([scheduled])!)).toBe(tonight);
    const moved = after([scheduled, salesEnd(30), rescheduled(tonight, tomorrow)])!;
    expect(salesEndOf(moved)).toBe(iso(Date.parse(tomorrow) + 30 * 60_000));
  });

  it('renames', () =>
    given(scheduled)
      .when(change({ name: 'First night' }))
      .then(renamed('First night')));

  it.each<[what: string, changes: EventChanges]>([
    ['another category', { category: 'Opera' }],
    ['no category', { category: null }],
    ['other performers', { performers: ['Somebody'] }],
    ['no performers', { performers: [] }],
    ['a description', { description: 'With an interval.' }],
  ])('writes down all of the description when it has %s', (_, changes) =>
    given(scheduled).when(change(changes)).then(described(changes)),
  );

  it('reschedules, and remembers when it would have been', () =>
    given(scheduled, rescheduled(tonight, tomorrow))
      .when(change({ startsAt: tonight }))
      .then(rescheduled(tomorrow, tonight)));

  it('reschedules what should have begun: rain knows no schedule', () =>
    given(scheduled)
      .when(change({ startsAt: tomorrow }, Date.parse(tonight) + 1))
      .then({
        type: 'EventRescheduled',
        data: {
          ...{ eventId, startsAt: tomorrow, fromStartsAt: tonight },
          rescheduledAt: iso(Date.parse(tonight) + 1),
        },
      }));

  it('switches the rules of holds, each for itself', () => {
    given(scheduled)
      .when(change({ requireContactToHold: true }))
      .then(holdRules(true, false));
    given(scheduled, holdRules(true, false))
      .when(change({ autoWaitingRoom: true }))
      .then(holdRules(true, true));
    given(scheduled, holdRules(true, true))
      .when(change({ requireContactToHold: false }))
      .then(holdRules(false, true));
    given(scheduled)
      .when(change({ requireContactToHold: false, autoWaitingRoom: false }))
      .then();
  });

  it('tells its times in a zone of its own, or again in that of the venue', () => {
    given(scheduled)
      .when(change({ timeZone: 'Europe/Lisbon' }))
      .then(zoned('Europe/Lisbon'));
    given(scheduled, zoned('Europe/Lisbon'))
      .when(change({ timeZone: null }))
      .then(zoned(null));
    given(scheduled)
      .when(change({ timeZone: null }))
      .then();
  });

  it('does all of it at once', () =>
    given(scheduled)
      .when(change({ name: 'N', category: 'Opera', startsAt: tomorrow, timeZone: 'Europe/Lisbon' }))
      .then(
        renamed('N'),
        described({ category: 'Opera' }),
        rescheduled(tonight, tomorrow),
        zoned('Europe/Lisbon'),
      ));

  it('to what it is anyway changes nothing, also after it has begun', () =>
    given(scheduled)
      .when(
        change(
          {
            name: 'Opening night',
            category: 'Theatre',
            performers: ['The Company'],
            startsAt: tonight,
          },
          Date.parse(tomorrow),
        ),
      )
      .then());

  it('to what it was when it was cancelled changes nothing', () =>
    given(scheduled, cancelled)
      .when(change({ name: 'Opening night', startsAt: tonight }))
      .then());

  it('leaves the opening of the sale to the inventory', () =>
    given(scheduled)
      .when(change({ onSaleAt: at }))
      .then());

  const refusals: [string, EventEvent[], ChangeEvent, EventRejection][] = [
    ['of what was never scheduled', [], change({ name: 'N' }), { code: 'event-not-found' }],
    [
      'once it is cancelled',
      [scheduled, cancelled],
      change({ name: 'N' }),
      { code: 'event-cancelled' },
    ],
    [
      'to a start that is past',
      [scheduled],
      change({ startsAt: iso(NOON) }),
      { code: 'start-in-the-past', startsAt: iso(NOON) },
    ],
    [
      'to an opening of the sale when it begins',
      [scheduled],
      change({ onSaleAt: tonight }),
      { code: 'on-sale-after-start', startsAt: tonight },
    ],
    [
      'to an opening of the sale after its new start',
      [scheduled, rescheduled(tonight, tomorrow)],
      change({ startsAt: tonight, onSaleAt: iso(Date.parse(tonight) + 1) }),
      { code: 'on-sale-after-start', startsAt: tonight },
    ],
    [
      'to a start before sales open, as moved since it was scheduled',
      [scheduled],
      change({ startsAt: tonight.replace('18:', '17:') }, NOON, iso(Date.parse(tonight) - 60_000)),
      { code: 'on-sale-after-start', startsAt: tonight.replace('18:', '17:') },
    ],
    // Of two reasons that hold, the one listed first is given.
    [
      'once it is cancelled, whatever else is wrong',
      [scheduled, cancelled],
      change({ startsAt: iso(0) }),
      { code: 'event-cancelled' },
    ],
    [
      'to a start that is past, whenever sales would open',
      [scheduled],
      change({ startsAt: iso(0), onSaleAt: tomorrow }),
      { code: 'start-in-the-past', startsAt: iso(0) },
    ],
  ];
  it.each(refusals)('is refused %s', (_, events, command, rejection) =>
    given(...events)
      .when(command)
      .thenRejected(rejection),
  );
});

it('an event is what it was changed to', () =>
  expect(
    after([
      scheduled,
      renamed('N'),
      described({ category: null }),
      rescheduled(tonight, tomorrow),
      zoned('Asia/Tokyo'),
    ]),
  ).toEqual({
    ...scheduled.data,
    ...{ name: 'N', category: null, startsAt: tomorrow, timeZone: 'Asia/Tokyo' },
  }));

/** Storage format: a name or a field that is in somebody's log is never renamed. */
it('no domain event of an event is renamed, nor any of its fields', () => {
  const all = [
    scheduled,
    renamed('N'),
    described({}),
    rescheduled(tonight, tomorrow),
    zoned(null),
    holdRules(true, false),
    cancelled,
  ];
  expect(all.map(({ type, data }) => `${type}: ${Object.keys(data).sort().join(' ')}`)).toEqual([
    'EventScheduled: category description eventId holdSeconds maxSeatsPerCustomer ' +
      'name onSaleAt performers prices scheduledAt seatCount seatingPlanHash singleSeatRule ' +
      'startsAt venueId',
    'EventRenamed: eventId name renamedAt',
    'EventDescribed: category describedAt description eventId performers',
    'EventRescheduled: eventId fromStartsAt rescheduledAt startsAt',
    'EventTimeZoneChanged: changedAt eventId timeZone',
    'EventHoldRulesChanged: autoWaitingRoom changedAt eventId requireContactToHold',
    'EventCancelled: cancelledAt eventId reason',
  ]);
});
