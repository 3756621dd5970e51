import { decideWaitingRoom, type WaitingRoomCommand } from '../../src/domain/waiting-room/decide.js';
import type { RoomSettings, WaitingRoomEvent } from '../../src/domain/waiting-room/events.js';
import { commitmentTo, shuffledPlace } from '../../src/domain/waiting-room/shuffle.js';
import { evolveWaitingRoom, isOn, placeOf, stateOf } from '../../src/domain/waiting-room/state.js';

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
const eventsOf = (given: WaitingRoomEvent[], command: WaitingRoomCommand): readonly WaitingRoomEvent[] => {
  const decision = decide(given, command);
  if (!decision.accepted) throw new Error(decision.rejection.code);
  return decision.events;
};
const configure = (settings: Partial<RoomSettings>, onSaleAt: string | null = null): WaitingRoomCommand => ({
  ...{ type: 'ConfigureWaitingRoom', eventId: E, settings, anew: true, onSaleAt, seed: SEED, now: NOON },
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

  it('does not shuffle any more once it has opened', () => {
    expect(decide([configured(), moved('open')], configure({ shuffleAtOpening: true }))).toEqual({
      accepted: true,
      events: [],
    });
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

  it('are none for what is so already', () => {
    expect(decide([configured(), moved('open')], move('open'))).toEqual({ accepted: true, events: [] });
    expect(decide([configured()], move('open', NOON + 61 * 60_000))).toEqual({ accepted: true, events: [] });
  });
});

describe('numbers set aside', () => {
  const setAside = (upTo: number, nowServing: number): WaitingRoomCommand => ({
    ...{ type: 'SetNumbersAside', eventId: E, upTo, nowServing, now: NOON },
  });
  const written: WaitingRoomEvent = {
    type: 'NumbersSetAside',
    data: { eventId: E, upTo: 5_000, nowServing: 10, setAsideAt: at(0) },
  };

  it('only go up', () => {
    expect(roomAfter(configured(), written)).toMatchObject({ setAside: 5_000, nowServing: 10 });
    expect(decide([configured(), written], setAside(4_000, 9))).toEqual({ accepted: true, events: [] });
    expect(decide([configured(), written], setAside(4_000, 11))).toMatchObject({
      events: [{ data: { upTo: 5_000, nowServing: 11 } }],
    });
  });

  it('stay what they are when the room is configured again', () => {
    expect(roomAfter(configured(), written, moved('ended'), configured())).toMatchObject({ setAside: 5_000 });
  });
});

describe('shuffling early arrivals', () => {
  it.each([1, 2, 3, 7, 64, 1_000, 4_097])('gives each of %i its own place, all of them within', (size) => {
    const places = Array.from({ length: size }, (_, at) => shuffledPlace(at + 1, size, SEED));
    expect(places.toSorted((one, other) => one - other)).toEqual(places.map((_, at) => at + 1));
  });

  it('leaves those who come after where they are', () => {
    expect(shuffledPlace(1_001, 1_000, SEED)).toBe(1_001);
  });

  it('follows from the seed alone, and differs for another', () => {
    const places = (seed: string) => Array.from({ length: 50 }, (_, at) => shuffledPlace(at + 1, 50, seed));
    expect(places(SEED)).toEqual(places(SEED));
    expect(places(SEED)).not.toEqual(places('f'.repeat(32)));
  });

  it('favours nobody: over many seeds each tenth of the arrivals gets each tenth of the places alike', () => {
    const size = 1_000;
    const seeds = 200;
    const tenths = Array.from({ length: 10 }, () => new Array<number>(10).fill(0));
    for (let seed = 0; seed < seeds; seed++) {
      const text = commitmentTo(`seed ${seed}`).slice(0, 32);
      for (let number = 1; number <= size; number++) {
        const place = shuffledPlace(number, size, text);
        tenths[Math.floor((number - 1) / 100)]![Math.floor((place - 1) / 100)]!++;
      }
    }
    const expected = (size * seeds) / 100;
    const chiSquare = tenths.flat().reduce((sum, seen) => sum + (seen - expected) ** 2 / expected, 0);
    // 81 degrees of freedom: beyond 140 once in ten thousand. Without replacement it comes out lower.
    expect(chiSquare).toBeLessThan(140);
  });

  it('has no places before it is drawn', () => {
    const shuffling = roomAfter(configured({ shuffleAtOpening: true }))!;
    expect(placeOf(shuffling, 1)).toBeUndefined();
    expect(placeOf(roomAfter(configured())!, 7)).toBe(7);
    const drawn = eventsOf([configured({ shuffleAtOpening: true })], {
      ...{ type: 'ShuffleEarlyArrivals', eventId: E, early: 10, seed: SEED, now: NOON },
    });
    const room = roomAfter(configured({ shuffleAtOpening: true }), ...drawn)!;
    expect(placeOf(room, 7)).toBe(shuffledPlace(7, 10, SEED));
    expect(placeOf(room, 11)).toBe(11);
  });
});
