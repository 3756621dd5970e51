import { rulesOf } from '../../../src/commands/waiting-room/room-rules.js';
import {
  decideWaitingRoom,
  type WaitingRoomCommand,
} from '../../../src/domain/waiting-room/decide.js';
import type { RoomSettings, WaitingRoomEvent } from '../../../src/domain/waiting-room/events.js';
import { commitmentTo, shuffledPlace } from '../../../src/domain/waiting-room/shuffle.js';
import {
  evolveWaitingRoom,
  isOn,
  placeOf,
  stateOf,
} from '../../../src/domain/waiting-room/state.js';

const NOON = Date.parse('2026-07-01T12:00:00.000Z');
const at = (minutes: number) => new Date(NOON + minutes * 60_000).toISOString();
const SEED = '00112233445566778899aabbccddeeff';
const SETTINGS: RoomSettings = {
  admitPerMinute: 500,
  maxShoppers: 1_000,
  passSeconds: 600,
  claimSeconds: 60,
  shuffleAtOpening: false,
  queueAll: true,
  opensAt: at(60),
};
const E = 'event-1';
const configured = (settings: Partial<RoomSettings> = {}): WaitingRoomEvent => ({
  type: 'WaitingRoomConfigured',
  data: {
    eventId: E,
    settings: { ...SETTINGS, ...settings },
    seedCommitment: settings.shuffleAtOpening ? commitmentTo(SEED) : null,
    configuredAt: at(0),
  },
});
const moved = (to: 'open' | 'paused' | 'ended' | 'off'): WaitingRoomEvent => ({
  type: 'WaitingRoomMoved',
  data: { eventId: E, to, movedAt: at(0) },
});
const roomAfter = (...events: WaitingRoomEvent[]) => events.reduce(evolveWaitingRoom, undefined);
const decide = (given: WaitingRoomEvent[], command: WaitingRoomCommand) =>
  decideWaitingRoom(command, roomAfter(...given));
const eventsOf = (
  given: WaitingRoomEvent[],
  command: WaitingRoomCommand,
): readonly WaitingRoomEvent[] => {
  const decision = decide(given, command);
  if (!decision.accepted) throw new Error(decision.rejection.code);
  return decision.events;
};
const configure = (
  settings: Partial<RoomSettings>,
  onSaleAt: string | null = null,
): WaitingRoomCommand => ({
  ...{
    type: 'ConfigureWaitingRoom',
    eventId: E,
    settings,
    anew: true,
    onSaleAt,
    seedOf: () => SEED,
    now: NOON,
  },
});
const move = (to: 'open' | 'paused' | 'ended' | 'off', now = NOON): WaitingRoomCommand => ({
  ...{ type: 'MoveWaitingRoom', eventId: E, to, now },
});

describe('what a room shows', () => {
  it.each([
    ['off', [], 0],
    ['countdown', [configured()], 59],
    ['open', [configured()], 60],
    ['open', [configured(), moved('open')], 0],
    ['paused', [configured(), moved('paused')], 90],
    ['ended', [configured(), moved('ended')], 90],
    ['off', [configured(), moved('off')], 90],
    ['countdown', [configured(), moved('ended'), configured()], 59],
    ['paused', [configured(), moved('paused'), configured({ admitPerMinute: 9 })], 90],
  ] as const)('is %s after %j', (state, given, minutes) => {
    const shown = stateOf(roomAfter(...given), NOON + minutes * 60_000);
    expect(shown).toBe(state);
    expect(isOn(shown)).toBe(['countdown', 'open', 'paused'].includes(state));
  });
});

describe('configuring', () => {
  it('opens when sales do, and asks a pass of everybody, unless told otherwise', () => {
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
    const seedOf = (_: number, told: string | null) =>
      told === commitmentTo(SEED) ? SEED : another;
    const command = { ...configure({ admitPerMinute: 9 }), seedOf } as WaitingRoomCommand;
    const told = (events: readonly WaitingRoomEvent[]) => roomAfter(...events)!.seedCommitment;
    expect(told([...given, ...eventsOf(given, command)])).toBe(commitmentTo(SEED));
    const over = [...given, moved('off')];
    expect(told([...over, ...eventsOf(over, command)])).toBe(commitmentTo(another));
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
      { ...configure({ admitPerMinute: 9 }), anew: false },
    ],
    ['waiting-room-over', [configured(), moved('off')], { ...configure({}), anew: false }],
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

describe('numbers set aside', () => {
  const setAside = (upTo: number, nowServing: number, run = 0): WaitingRoomCommand => ({
    ...{ type: 'SetNumbersAside', eventId: E, run, upTo, issued: 4_200, nowServing, now: NOON },
  });
  const written: WaitingRoomEvent = {
    type: 'NumbersSetAside',
    data: { eventId: E, upTo: 5_000, issued: 4_000, nowServing: 10, setAsideAt: at(0) },
  };

  it('only go up', () => {
    expect(roomAfter(configured(), written)).toMatchObject({ setAside: 5_000, nowServing: 10 });
    expect(decide([configured(), written], setAside(4_000, 9))).toEqual({
      accepted: true,
      events: [],
    });
    expect(decide([configured(), written], setAside(4_000, 11))).toMatchObject({
      events: [{ data: { upTo: 5_000, issued: 4_200, nowServing: 11 } }],
    });
  });

  it('stay what they are when a room that runs is configured again', () => {
    const room = roomAfter(configured(), written, moved('open'), configured({ admitPerMinute: 9 }));
    expect(room).toMatchObject({
      run: 0,
      startsAfter: 0,
      setAside: 5_000,
      issued: 4_000,
      nowServing: 10,
    });
  });

  it('of a log that does not say how many were given say so', () => {
    const data = { eventId: E, upTo: 5_000, nowServing: 10, setAsideAt: at(0) };
    expect(roomAfter(configured(), { type: 'NumbersSetAside', data })).toMatchObject({
      setAside: 5_000,
      issued: undefined,
    });
  });
});

describe('a room that is set up again after it was over', () => {
  const first: WaitingRoomEvent[] = [
    configured({ shuffleAtOpening: true, opensAt: at(-30) }),
    {
      type: 'NumbersSetAside',
      data: { eventId: E, upTo: 700, issued: 612, nowServing: 0, setAsideAt: at(-40) },
    },
    {
      type: 'EarlyArrivalsShuffled',
      data: { eventId: E, early: 600, seed: SEED, shuffledAt: at(-30) },
    },
    {
      type: 'NumbersSetAside',
      data: { eventId: E, upTo: 900, issued: 800, nowServing: 500, setAsideAt: at(-20) },
    },
  ];

  it.each(['ended', 'off'] as const)(
    'begins behind every number of the run before (%s)',
    (over) => {
      const events = eventsOf(
        [...first, moved(over)],
        configure({ shuffleAtOpening: false }, at(30)),
      );
      const room = roomAfter(...first, moved(over), ...events)!;
      expect(room).toMatchObject({
        ...{
          run: 1,
          phase: 'scheduled',
          startsAfter: 900,
          setAside: 900,
          issued: 900,
          nowServing: 900,
        },
        ...{ shuffled: undefined, settings: { admitPerMinute: 500, opensAt: at(30) } },
      });
      expect(placeOf(room, 901)).toBe(901);
    },
  );

  it('opens at once when sales are open, whenever the run before had opened', () => {
    const events = eventsOf([...first, moved('ended')], configure({}, at(-60)));
    expect(stateOf(roomAfter(...first, moved('ended'), ...events), NOON)).toBe('open');
  });

  it('shuffles its own early arrivals, by another seed, among the places behind', () => {
    const another = 'f'.repeat(32);
    const command = {
      ...configure({ opensAt: at(10) }),
      seedOf: (run: number) => (run === 1 ? another : SEED),
    };
    const again = eventsOf([...first, moved('ended')], command as WaitingRoomCommand);
    expect(again).toMatchObject([{ data: { seedCommitment: commitmentTo(another) } }]);
    const given = [...first, moved('ended'), ...again];
    expect(placeOf(roomAfter(...given)!, 901)).toBeUndefined();
    const shuffle = {
      type: 'ShuffleEarlyArrivals',
      eventId: E,
      early: 950,
      seed: another,
      now: NOON,
    } as const;
    expect(eventsOf(given, { ...shuffle, run: 0 })).toEqual([]);
    const room = roomAfter(...given, ...eventsOf(given, { ...shuffle, run: 1 }))!;
    const places = Array.from({ length: 60 }, (_, at) => placeOf(room, 901 + at)!);
    expect(places.toSorted((one, other) => one - other)).toEqual(places.map((_, at) => 901 + at));
    expect(places.slice(0, 50)).not.toEqual(places.map((_, at) => 901 + at).slice(0, 50));
    expect(places.slice(50)).toEqual([951, 952, 953, 954, 955, 956, 957, 958, 959, 960]);
  });

  it('lets in whoever comes when nobody was early enough for the shuffle', () => {
    const again = [
      ...first,
      moved('ended'),
      configured({ shuffleAtOpening: true, opensAt: at(-1) }),
    ];
    expect(rulesOf(roomAfter(...again)!, NOON)).toMatchObject({ admitting: false });
    const drawn: WaitingRoomEvent = {
      type: 'EarlyArrivalsShuffled',
      data: { eventId: E, early: 900, seed: SEED, shuffledAt: at(0) },
    };
    const room = roomAfter(...again, drawn)!;
    expect(rulesOf(room, NOON)).toMatchObject({ admitting: true });
    expect(placeOf(room, 901)).toBe(901);
  });

  it('is told nothing any more by who still serves the run before', () => {
    const given = [...first, moved('ended'), configured()];
    const late = {
      type: 'SetNumbersAside',
      eventId: E,
      run: 0,
      upTo: 1_500,
      issued: 880,
      nowServing: 1_200,
      now: NOON,
    } as const;
    expect(eventsOf(given, late)).toEqual([]);
    expect(eventsOf(given, { ...late, run: 1 })).toMatchObject([
      { data: { upTo: 1_500, issued: 900 } },
    ]);
  });
});

describe('places of early arrivals', () => {
  it('are none before they are drawn', () => {
    const shuffling = roomAfter(configured({ shuffleAtOpening: true }))!;
    expect(placeOf(shuffling, 1)).toBeUndefined();
    expect(placeOf(roomAfter(configured())!, 7)).toBe(7);
    const drawn = eventsOf([configured({ shuffleAtOpening: true })], {
      ...{ type: 'ShuffleEarlyArrivals', eventId: E, run: 0, early: 10, seed: SEED, now: NOON },
    });
    const room = roomAfter(configured({ shuffleAtOpening: true }), ...drawn)!;
    expect(placeOf(room, 7)).toBe(shuffledPlace(7, 10, SEED));
    expect(placeOf(room, 11)).toBe(11);
  });
});
