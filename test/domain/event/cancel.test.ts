import type {
  CancelEvent,
  EventRejection,
  FinishCancellation,
} from '../../../src/domain/event/commands.js';
import { decideEvent } from '../../../src/domain/event/decide.js';
import type { EventEvent } from '../../../src/domain/event/events.js';
import { evolveEvent, type ScheduledEvent } from '../../../src/domain/event/state.js';
import { NOON, secondsAfterNoon } from '../../support/seat-inventory/rules.js';

const iso = (instant: number) => new Date(instant).toISOString();
const eventId = 'opening-night';
const scheduled: EventEvent = {
  type: 'EventScheduled',
  data: {
    ...{
      eventId,
      venueId: 'little-theatre',
      name: 'Opening night',
      startsAt: iso(NOON),
      category: null,
    },
    ...{ performers: [], description: null, prices: [], onSaleAt: null, holdSeconds: 600 },
    ...{ maxSeatsPerCustomer: 10, singleSeatRule: 'off', seatingPlanHash: 'aa11', seatCount: 20 },
    scheduledAt: iso(NOON),
  },
};
const cancelled = (reason = 'rain'): EventEvent => ({
  type: 'EventCancelled',
  data: { eventId, reason, cancelledAt: iso(NOON) },
});
const finished: EventEvent = {
  type: 'CancellationFinished',
  data: { eventId, sales: 3, finishedAt: iso(NOON) },
};
const cancel = (reason = 'rain', now = NOON): CancelEvent => ({ type: 'CancelEvent', reason, now });
const finish = (now = NOON): FinishCancellation => ({ type: 'FinishCancellation', sales: 3, now });

const given = (...events: EventEvent[]) => ({
  when: (command: CancelEvent | FinishCancellation) => {
    const decision = decideEvent(command, events.reduce<ScheduledEvent>(evolveEvent, undefined));
    return {
      then: (...expected: EventEvent[]) =>
        expect(decision).toEqual({ accepted: true, events: expected }),
      thenRejected: (rejection: EventRejection) =>
        expect(decision).toEqual({ accepted: false, rejection }),
    };
  },
});

describe('CancelEvent', () => {
  it('calls the event off, and says why', () =>
    given(scheduled).when(cancel('rain')).then(cancelled('rain')));
  it('again changes nothing, whatever the reason', () =>
    given(scheduled, cancelled())
      .when(cancel('fire', secondsAfterNoon(60)))
      .then());
  it('after everybody has the money back changes nothing', () =>
    given(scheduled, cancelled(), finished).when(cancel()).then());
  it('is refused for an event that was never scheduled', () =>
    given().when(cancel()).thenRejected({ code: 'event-not-found' }));
});

describe('FinishCancellation', () => {
  it('writes down how many sales were paid back', () =>
    given(scheduled, cancelled()).when(finish()).then(finished));
  it('again changes nothing', () =>
    given(scheduled, cancelled(), finished)
      .when(finish(secondsAfterNoon(60)))
      .then());
  it('is refused for an event that takes place', () =>
    given(scheduled).when(finish()).thenRejected({ code: 'event-not-cancelled' }));
  it('is refused for an event that was never scheduled', () =>
    given().when(finish()).thenRejected({ code: 'event-not-found' }));
});

it('an event remembers why and when it was cancelled, and when everybody had the money back', () =>
  expect([scheduled, cancelled(), finished].reduce<ScheduledEvent>(evolveEvent, undefined)).toEqual(
    {
      ...scheduled.data,
      cancellation: { reason: 'rain', cancelledAt: iso(NOON), finishedAt: iso(NOON) },
    },
  ));

it('a domain event of newer code is not passed over', () =>
  expect(() =>
    [scheduled, { type: 'EventMoved', data: {} } as unknown as EventEvent].reduce<ScheduledEvent>(
      evolveEvent,
      undefined,
    ),
  ).toThrow('run a newer version'));
