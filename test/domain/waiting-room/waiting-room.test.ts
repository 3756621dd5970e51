import type { WaitingRoomCommand } from '../../../src/domain/waiting-room/decide.js';
import type { WaitingRoomEvent } from '../../../src/domain/waiting-room/events.js';
import { shuffledPlace } from '../../../src/domain/waiting-room/shuffle.js';
import { isOn, placeOf, stateOf } from '../../../src/domain/waiting-room/state.js';
import {
  at,
  configured,
  decide,
  E,
  eventsOf,
  moved,
  NOON,
  roomAfter,
  SEED,
} from './waiting-room.fixture.js';

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
