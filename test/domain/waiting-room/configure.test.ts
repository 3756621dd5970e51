import {
  runToConfigure,
  type WaitingRoomCommand,
} from '../../../src/domain/waiting-room/decide.js';
import type { RoomSettings, WaitingRoomEvent } from '../../../src/domain/waiting-room/events.js';
import { commitmentTo } from '../../../src/domain/waiting-room/shuffle.js';
import { stateOf } from '../../../src/domain/waiting-room/state.js';
import {
  at,
  configure,
  configured,
  decide,
  E,
  eventsOf,
  move,
  moved,
  NOON,
  roomAfter,
  SEED,
  SETTINGS,
} from './waiting-room.fixture.js';

describe('configuring', () => {
  it('opens with sales and demands a pass from everybody by default', () => {
    const decision = decide([], configure({ admitPerMinute: 10, maxShoppers: 20 }, at(30)));
    expect(decision).toMatchObject({
      accepted: true,
      events: [
        {
          type: 'WaitingRoomConfigured',
          data: {
            settings: {
              ...{ admitPerMinute: 10, maxShoppers: 20, passSeconds: 600, claimSeconds: 60 },
              ...{ shuffleAtOpening: false, queueAll: true, opensAt: at(30) },
            },
            seedCommitment: null,
          },
        },
      ],
    });
  });

  it('is open at once for an event that is on sale', () => {
    const events = eventsOf([], configure({ admitPerMinute: 10, maxShoppers: 20 }));
    expect(stateOf(roomAfter(...events), NOON)).toBe('open');
  });

  it('changes the rate and leaves the rest', () => {
    expect(decide([configured(), moved('open')], configure({ admitPerMinute: 9 }))).toMatchObject({
      events: [{ data: { settings: { ...SETTINGS, admitPerMinute: 9 } } }],
    });
  });

  it('writes nothing for what it is already', () => {
    expect(decide([configured()], configure({ admitPerMinute: 500 }))).toEqual({
      accepted: true,
      events: [],
    });
  });

  it('tells beforehand by which seed it will shuffle, without telling it', () => {
    const events = eventsOf([configured()], configure({ shuffleAtOpening: true }));
    expect(events).toMatchObject([{ data: { seedCommitment: commitmentTo(SEED) } }]);
    expect(JSON.stringify(events)).not.toContain(SEED);
  });

  it('keeps to what it has told, until it is another row', () => {
    const another = 'f'.repeat(32);
    const given = [configured({ shuffleAtOpening: true })];
    const commitmentAfter = (events: WaitingRoomEvent[]) => {
      const { seedCommitment } = runToConfigure(roomAfter(...events));
      const seed = seedCommitment === commitmentTo(SEED) ? SEED : another;
      const command = { ...configure({ admitPerMinute: 9 }), seed };
      return roomAfter(...events, ...eventsOf(events, command))!.seedCommitment;
    };
    expect(commitmentAfter(given)).toBe(commitmentTo(SEED));
    expect(commitmentAfter([...given, moved('off')])).toBe(commitmentTo(another));
  });

  it('writes nothing for what was decided by the opening, as it was', () => {
    const settings = { shuffleAtOpening: false, opensAt: at(60) };
    expect(eventsOf([configured(), moved('open')], configure(settings))).toEqual([]);
  });
});

describe('a room that opens with the sale', () => {
  const follow = (onSaleAt: string | null): WaitingRoomCommand => ({
    ...{ type: 'FollowOnSale', eventId: E, onSaleAt, now: NOON },
  });
  const withSale = (opensAt: string, more: Partial<RoomSettings> = {}): WaitingRoomEvent => ({
    type: 'WaitingRoomConfigured',
    data: {
      ...{ eventId: E, settings: { ...SETTINGS, ...more, opensAt }, seedCommitment: null },
      ...{ opensWithSale: true, configuredAt: at(0) },
    },
  });

  it('is one that nobody gave another time to', () => {
    const settings = { admitPerMinute: 10, maxShoppers: 20 };
    expect(eventsOf([], configure(settings, at(30)))).toMatchObject([
      { data: { opensWithSale: true } },
    ]);
    expect(
      eventsOf([], configure({ ...settings, opensAt: at(30) }, at(30)))[0]!.data,
    ).not.toHaveProperty('opensWithSale');
    expect(eventsOf([withSale(at(30))], configure({ admitPerMinute: 9 }))).toMatchObject([
      { data: { opensWithSale: true } },
    ]);
    expect(roomAfter(withSale(at(30)), configured({ opensAt: at(40) }))).toMatchObject({
      opensWithSale: false,
    });
  });

  it.each([
    ['later', [withSale(at(30))], at(90), at(90)],
    ['earlier', [withSale(at(30))], at(10), at(10)],
    ['at once', [withSale(at(30))], null, at(0)],
    ['put off when they had begun', [withSale(at(-30))], at(90), at(90)],
  ] as const)('follows sales that open %s', (_, given, onSaleAt, opensAt) => {
    const events = eventsOf([...given], follow(onSaleAt));
    expect(events).toEqual([{ ...withSale(opensAt) }]);
    expect(eventsOf([...given, ...events], follow(onSaleAt))).toEqual([]);
  });

  it.each([
    ['has a time of its own', [configured()]],
    ['was opened by hand', [withSale(at(30)), moved('open')]],
    ['is over', [withSale(at(30)), moved('ended')]],
    ['is none', []],
  ] as const)('is left alone when it %s', (_, given) => {
    expect(eventsOf([...given], follow(at(90)))).toEqual([]);
  });
});

describe('refusals', () => {
  it.each([
    ['waiting-room-not-configured', [], configure({ admitPerMinute: 10 })],
    ['waiting-room-not-configured', [], move('open')],
    ['waiting-room-over', [configured(), moved('ended')], move('open')],
    [
      'waiting-room-over',
      [configured(), moved('ended')],
      { ...configure({ admitPerMinute: 9 }), startsNewRun: false },
    ],
    ['waiting-room-over', [configured(), moved('off')], { ...configure({}), startsNewRun: false }],
    ['waiting-room-over', [configured(), moved('off')], move('paused')],
  ] as const)('%s', (code, given, command) => {
    expect(decide([...given], command)).toEqual({ accepted: false, rejection: { code } });
  });

  it('waiting-room-open: what was decided by the opening, by name', () => {
    const code = 'waiting-room-open';
    for (const given of [
      [configured(), moved('open')],
      [configured(), moved('paused')],
      [configured({ opensAt: at(-1) })],
    ]) {
      const opensAt = at(120);
      expect(decide(given, configure({ shuffleAtOpening: true, opensAt }))).toEqual({
        ...{ accepted: false, rejection: { code, fields: ['shuffleAtOpening', 'opensAt'] } },
      });
      expect(decide(given, configure({ admitPerMinute: 9, opensAt }))).toEqual({
        ...{ accepted: false, rejection: { code, fields: ['opensAt'] } },
      });
    }
  });

  it('waiting-room-open: places that are drawn, also when the opening was put off again', () => {
    const drawn: WaitingRoomEvent = {
      type: 'EarlyArrivalsShuffled',
      data: { eventId: E, early: 9, seed: SEED, shuffledAt: at(-1) },
    };
    const given = [configured({ shuffleAtOpening: true }), drawn];
    expect(decide(given, configure({ shuffleAtOpening: false, opensAt: at(120) }))).toEqual({
      ...{
        accepted: false,
        rejection: { code: 'waiting-room-open', fields: ['shuffleAtOpening'] },
      },
    });
    expect(decide(given, configure({ opensAt: at(120) }))).toMatchObject({ accepted: true });
  });

  it('are none for what is so already', () => {
    expect(decide([configured(), moved('open')], move('open'))).toEqual({
      accepted: true,
      events: [],
    });
    expect(decide([configured()], move('open', NOON + 61 * 60_000))).toEqual({
      accepted: true,
      events: [],
    });
  });
});
