import { rulesOf } from '../../../src/commands/waiting-room/room-rules.js';
import { runToConfigure } from '../../../src/domain/waiting-room/decide.js';
import type { WaitingRoomEvent } from '../../../src/domain/waiting-room/events.js';
import { commitmentTo } from '../../../src/domain/waiting-room/shuffle.js';
import { placeOf, stateOf } from '../../../src/domain/waiting-room/state.js';
import {
  at,
  configure,
  configured,
  E,
  eventsOf,
  moved,
  NOON,
  roomAfter,
  SEED,
} from './waiting-room.fixture.js';

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
    const over = [...first, moved('ended')];
    const { run } = runToConfigure(roomAfter(...over));
    const command = { ...configure({ opensAt: at(10) }), seed: run === 1 ? another : SEED };
    const again = eventsOf(over, command);
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

  it('admits all arrivals when nobody was early enough for the shuffle', () => {
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
