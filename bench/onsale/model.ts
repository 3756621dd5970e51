import { seededChance } from '../../src/demo/crowd/seeded-chance.js';
import { advance } from '../../src/domain/waiting-room/admission.js';
import { giveNumber } from '../../src/domain/waiting-room/numbers.js';
import { arrivalsPerStep, STEP_MS } from './arrivals.js';
import { Crowd, OPENING } from './crowd.js';

export interface OnSale {
  readonly arrivals: number;
  readonly seed: number;
  readonly admitPerMinute: number;
  readonly maxShoppers: number;
  readonly passSeconds: number;
  readonly claimSeconds: number;
  /** Share of the called who do not come. */
  readonly noShowShare: number;
}

export const DEFAULT_ON_SALE: OnSale = {
  ...{ arrivals: 10_000_000, seed: 2026, admitPerMinute: 60_000, maxShoppers: 100_000 },
  ...{ passSeconds: 600, claimSeconds: 60, noShowShare: 0.05 },
};

/** One point of the curves. */
export interface Sample {
  /** Seconds since the opening. */
  readonly at: number;
  readonly arrived: number;
  readonly served: number;
  readonly inside: number;
}

export interface Outcome {
  readonly given: OnSale;
  readonly simulatedSeconds: number;
  /** Time from the number to the call. Seconds. */
  readonly wait: {
    readonly p50: number;
    readonly p90: number;
    readonly p99: number;
    readonly longest: number;
  };
  readonly admitted: number;
  readonly noShows: number;
  readonly bought: number;
  readonly timedOut: number;
  /** Calls of a number lower than the one called before. */
  readonly inversions: number;
  /** Passes that were issued more than `PROMPT_MS` after one of a later number. */
  readonly overtaken: number;
  readonly mostInside: number;
  /** Most passes issued in ten seconds, as a multiple of what the rate allows. */
  readonly busiestTenSeconds: number;
  readonly samples: readonly Sample[];
}

const SAMPLE_MS = 10_000;

/**
 * Simulates an on-sale with the service's own admission code. The same seed gives the same outcome.
 * @param progress called every ten simulated seconds with the number of calls
 */
export function simulate(given: OnSale, progress: (called: number) => void = () => {}): Outcome {
  const crowd = new Crowd(given, seededChance(given.seed));
  const { admission } = crowd;
  const counts = arrivalsPerStep(given.arrivals, crowd.chance);
  for (let step = 0; crowd.isBusy() || step < counts.length; step++) {
    const now = OPENING + step * STEP_MS;
    const arriving = counts[step] ?? 0;
    for (let one = 0; one < arriving; one++) giveNumber(admission);
    crowd.arrivedAt.fill(step, admission.issued - arriving + 1, admission.issued + 1);
    advance(admission, crowd.rules, now);
    crowd.schedulePasses(step);
    crowd.act(step, now);
    // A slot that fell free meanwhile calls the next one.
    crowd.schedulePasses(step);
    if ((step * STEP_MS) % SAMPLE_MS === 0) {
      crowd.sample(step);
      progress(admission.serving);
    }
  }
  return crowd.outcome();
}
