import type { EventRejection, ScheduleEvent } from '../../../src/domain/event/commands.js';
import { decideEvent } from '../../../src/domain/event/decide.js';
import type { EventEvent } from '../../../src/domain/event/events.js';
import { evolveEvent, type ScheduledEvent } from '../../../src/domain/event/state.js';
import type { Venue } from '../../../src/domain/venue/state.js';
import { NOON } from '../../support/seat-inventory/rules.js';

const venue: Venue = {
  venueId: 'little-theatre',
  name: 'Little theatre',
  city: 'Graz',
  country: 'AT',
  location: { lat: 47.07, lon: 15.44 },
  timeZone: 'Europe/Vienna',
  seatingPlanHash: 'aa11',
  seatCount: 20,
  categories: [
    { name: 'Stalls', seatCount: 16 },
    { name: 'Balcony', seatCount: 4 },
    { name: 'Boxes', seatCount: 0 },
  ],
  registeredAt: '2026-01-01T00:00:00.000Z',
};
const price = (category: string, amountMinor = 1_000, currency = 'EUR') => ({
  category,
  amountMinor,
  currency,
});
const stalls = price('Stalls', 5_000);
const balcony = price('Balcony', 3_000);

const schedule = (changes: Partial<ScheduleEvent> = {}): ScheduleEvent => ({
  type: 'ScheduleEvent',
  eventId: 'opening-night',
  venueId: 'little-theatre',
  name: 'Opening night',
  startsAt: '2026-06-20T18:00:00.000Z',
  prices: [stalls, balcony],
  now: NOON,
  ...changes,
});
const plain: EventEvent = {
  type: 'EventScheduled',
  data: {
    eventId: 'opening-night',
    venueId: 'little-theatre',
    name: 'Opening night',
    startsAt: '2026-06-20T18:00:00.000Z',
    category: null,
    performers: [],
    description: null,
    prices: [stalls, balcony],
    onSaleAt: null,
    holdSeconds: 600,
    maxSeatsPerCustomer: 10,
    singleSeatRule: 'off',
    seatingPlanHash: 'aa11',
    seatCount: 20,
    scheduledAt: '2026-06-11T12:00:00.000Z',
  },
};
const eventAfter = (...events: EventEvent[]) =>
  events.reduce<ScheduledEvent>(evolveEvent, undefined);
const decided = (command: ScheduleEvent, at: Venue = venue, event = eventAfter()) =>
  decideEvent(command, event, at);

describe('ScheduleEvent', () => {
  it(
    'takes plan and seats from the venue; a hold lasts ten minutes and a customer ' +
      'may have ten seats',
    () => expect(decided(schedule())).toEqual({ accepted: true, events: [plain] }),
  );

  it('is refused for an event that has begun, even if sales would end later', () => {
    for (const startsAt of ['2026-06-11T12:00:00.000Z', '2020-01-01T20:00:00.000Z'])
      expect(decided(schedule({ startsAt, salesEndMinutesAfterStart: 60 }))).toEqual({
        accepted: false,
        rejection: { code: 'start-in-the-past', startsAt },
      });
    expect(decided(schedule({ startsAt: '2026-06-11T12:00:00.001Z' }))).toMatchObject({
      accepted: true,
    });
    // The same event again, once it has begun, changes nothing.
    expect(
      decided(schedule({ now: NOON + 30 * 24 * 3_600_000 }), venue, eventAfter(plain)),
    ).toEqual({
      accepted: true,
      events: [],
    });
  });

  it('takes every rule that the organiser sets', () => {
    const wanted = {
      category: 'theatre',
      performers: ['A troupe'],
      description: 'With an interval.',
      onSaleAt: '2026-06-15T08:00:00.000Z',
      holdSeconds: 60,
      maxSeatsPerCustomer: 4,
      singleSeatRule: 'strict',
    } as const;
    expect(decided(schedule(wanted))).toEqual({
      accepted: true,
      events: [{ type: 'EventScheduled', data: { ...plain.data, ...wanted } }],
    });
  });

  it(
    'sells by request what is named after those who need it, unless the organiser ' +
      'says otherwise',
    () => {
      const named = ['Wheelchair', 'Accessible seats', 'Rollstuhlplätze', 'Places PMR'];
      const others = ['Stalls', 'Inaccessible tower', 'Compromise'];
      const at = {
        ...venue,
        categories: [...named, ...others].map((name) => ({ name, seatCount: 1 })),
      };
      const prices = [...named, ...others].map((category) => price(category));
      const byRequestOf = (command: ScheduleEvent, event = eventAfter()) => {
        const decision = decided(command, at, event);
        if (!decision.accepted) return decision.rejection;
        if (decision.events.length === 0) return undefined;
        return eventAfter(...decision.events)!
          .prices.filter(({ byRequest }) => byRequest)
          .map(({ category }) => category);
      };
      expect(byRequestOf(schedule({ prices }))).toEqual(named);
      const all = prices.map((one) => ({ ...one, byRequest: false }));
      expect(byRequestOf(schedule({ prices: all }))).toEqual([]);
      const scheduled = decided(schedule({ prices }), at);
      const stored = eventAfter(...(scheduled.accepted ? scheduled.events : []));
      expect(byRequestOf(schedule({ prices }), stored)).toBeUndefined();
      expect(byRequestOf(schedule({ prices: all }), stored)).toEqual({
        code: 'event-fixed',
        fields: ['prices'],
      });
    },
  );

  it('the same command twice appends nothing new', () =>
    expect(decided(schedule({ now: NOON + 1 }), venue, eventAfter(plain))).toEqual({
      accepted: true,
      events: [],
    }));

  it(
    'the same event again must have what is fixed as it was; of what is left out ' +
      'nothing is said',
    () => {
      const again = (changes: Partial<ScheduleEvent>) =>
        decided(schedule(changes), undefined, eventAfter(plain));
      expect(
        again({ name: 'Another', startsAt: '2027-01-01T00:00:00.000Z', holdSeconds: 600 }),
      ).toEqual({
        accepted: true,
        events: [],
      });
      expect(again({ prices: [balcony, stalls] })).toEqual({ accepted: true, events: [] });
      expect(
        again({
          ...{
            venueId: 'elsewhere',
            holdSeconds: 60,
            maxSeatsPerCustomer: 1,
            singleSeatRule: 'strict',
          },
          prices: [stalls, price('Balcony', 1)],
        }),
      ).toEqual({
        accepted: false,
        rejection: {
          code: 'event-fixed',
          fields: ['venueId', 'holdSeconds', 'maxSeatsPerCustomer', 'singleSeatRule', 'prices'],
        },
      });
    },
  );

  it('a category without seats may have a price, but needs none', () => {
    const prices = [stalls, balcony, price('Boxes')];
    expect(decided(schedule({ prices }))).toMatchObject({
      accepted: true,
      events: [{ data: { prices } }],
    });
  });

  it('seats may be free of charge', () =>
    expect(decided(schedule({ prices: [stalls, price('Balcony', 0)] }))).toMatchObject({
      accepted: true,
    }));

  const refusals: [string, ScheduleEvent, EventRejection][] = [
    [
      'a category priced twice',
      schedule({ prices: [stalls, balcony, stalls, stalls] }),
      { code: 'prices-repeated', categories: ['Stalls'] },
    ],
    [
      'the price of a category that the plan lacks',
      schedule({ prices: [stalls, balcony, price('Moon')] }),
      { code: 'prices-of-unknown-category', categories: ['Moon'] },
    ],
    [
      'a category without a price',
      schedule({ prices: [stalls] }),
      { code: 'prices-missing', categories: ['Balcony'] },
    ],
    [
      'no price at all',
      schedule({ prices: [] }),
      { code: 'prices-missing', categories: ['Stalls', 'Balcony'] },
    ],
    [
      'prices in two currencies',
      schedule({ prices: [stalls, price('Balcony', 1, 'USD')] }),
      { code: 'currencies-mixed', currencies: ['EUR', 'USD'] },
    ],
  ];
  it.each(refusals)('refuses %s', (_, command, rejection) =>
    expect(decided(command)).toEqual({ accepted: false, rejection }),
  );
  it('refuses a venue that is not there', () =>
    expect(decideEvent(schedule(), undefined, undefined)).toEqual({
      accepted: false,
      rejection: { code: 'venue-not-found' },
    }));

  describe('of two reasons that hold, the one listed first is given', () => {
    it.each([
      [
        'prices-repeated',
        'prices-of-unknown-category',
        [price('Moon'), price('Moon')],
        [price('Moon')],
      ],
      ['prices-of-unknown-category', 'prices-missing', [price('Moon')], [stalls]],
      [
        'prices-missing',
        'currencies-mixed',
        [stalls, price('Boxes', 1, 'USD')],
        [stalls, price('Balcony', 1, 'USD')],
      ],
    ])('%s before %s', (first, second, both, onlySecond) => {
      expect(decided(schedule({ prices: both }))).toMatchObject({ rejection: { code: first } });
      expect(decided(schedule({ prices: onlySecond }))).toMatchObject({
        rejection: { code: second },
      });
    });
    it('venue-not-found before prices-repeated', () =>
      expect(
        decideEvent(schedule({ prices: [stalls, stalls] }), undefined, undefined),
      ).toMatchObject({
        rejection: { code: 'venue-not-found' },
      }));
  });
});
