import type { Clock } from '../../src/ports/system/clock.js';
import type { Randomness } from '../../src/ports/system/randomness.js';

/** Chance, time and the order of things: everything in a simulated world follows from its seed. */
export interface World {
  readonly seed: number;
  readonly chance: Chance;
  readonly clock: Clock;
  /**
   * A stream of chances of its own, so that what one part of the world draws does not move
   * another's.
   */
  chanceFor(name: string): Chance;
  /**
   * Lets time pass until then, each moment settled and looked at before the next. Resolves to how
   * many there were.
   */
  run(until: number, look: () => void): Promise<number>;
}

export interface Chance {
  /** True once in `1 / probability` times. */
  happens(probability: number): boolean;
  /** A whole number from `from` up to and including `upTo`. */
  between(from: number, upTo: number): number;
  pick<T>(options: readonly T[]): T;
  readonly randomness: Randomness;
}

interface Timer {
  readonly at: number;
  readonly ring: () => void;
}

/** Rounds of the event loop without anything new after which a moment is over. */
const QUIET_ROUNDS = 2;

export function openWorld(seed: number, start: number): World {
  const timers: Timer[] = [];
  let now = start;
  /** Counts the requests to this world: while it moves, the moment is not over. */
  let asked = 0;

  const clock: Clock = {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        asked++;
        if (signal?.aborted) return resolve();
        const aborted = () => {
          timers.splice(timers.indexOf(timer), 1);
          resolve();
        };
        const ring = () => {
          signal?.removeEventListener('abort', aborted);
          resolve();
        };
        const timer = { at: now + Math.max(0, Math.ceil(ms)), ring };
        insert(timers, timer);
        signal?.addEventListener('abort', aborted, { once: true });
      }),
  };

  const settled = async () => {
    for (let quiet = 0, seen = asked; quiet < QUIET_ROUNDS; quiet++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (asked !== seen) quiet = -1;
      seen = asked;
    }
  };

  const chanceFor = (name: string) => openChance(seed ^ hash(name));
  return {
    seed,
    chance: chanceFor('world'),
    clock,
    chanceFor,
    run: async (until, look) => {
      let moments = 0;
      await settled();
      for (; timers.length > 0 && timers[0]!.at <= until; moments++) {
        const timer = timers.shift()!;
        now = timer.at;
        timer.ring();
        await settled();
        look();
      }
      now = until;
      return moments;
    },
  };
}

/** Timers of the same moment ring in the order in which they were set. */
function insert(timers: Timer[], timer: Timer): void {
  let at = timers.length;
  while (at > 0 && timers[at - 1]!.at > timer.at) at--;
  timers.splice(at, 0, timer);
}

/** Mulberry32: small, fast and the same everywhere. */
function openChance(seed: number): Chance {
  let state = seed >>> 0;
  const fraction = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (from: number, upTo: number) => from + Math.floor(fraction() * (upTo - from + 1));
  const hex = (digits: number) =>
    Array.from({ length: digits }, () => between(0, 15).toString(16)).join('');
  return {
    happens: (probability) => fraction() < probability,
    between,
    pick: (options) => options[between(0, options.length - 1)]!,
    randomness: { fraction, uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}` },
  };
}

function hash(text: string): number {
  let value = 0;
  for (const letter of text) value = (Math.imul(value, 31) + letter.codePointAt(0)!) | 0;
  return value;
}
