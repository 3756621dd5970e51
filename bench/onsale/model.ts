import {
  advance,
  openAdmission,
  type AdmissionRules,
} from '../../src/domain/waiting-room/admission.js';
import { seededChance } from '../../src/demo/crowd/seeded-chance.js';
import {
  giveNumber,
  leave,
  settleUse,
  trade,
  usePass,
} from '../../src/domain/waiting-room/numbers.js';

export interface OnSale {
  readonly arrivals: number;
  readonly seed: number;
  readonly admitPerMinute: number;
  readonly maxShoppers: number;
  readonly passSeconds: number;
  readonly claimSeconds: number;
  /** Of those called, how many do not come. */
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
  /** From the number to the call, in seconds. */
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
  /** Pairs of neighbours in the order of calls of whom the later number was called first. */
  readonly inversions: number;
  /**
   * Passes that somebody with a later number, who asked as promptly, had more than `PROMPT_MS`
   * before.
   */
  readonly overtaken: number;
  readonly mostInside: number;
  /** Passes given in any ten seconds, over what the rate brings in them. */
  readonly busiestTenSeconds: number;
  readonly samples: readonly Sample[];
}

/**
 * Arrivals take ten minutes: a rush that builds up for some seconds, then dies away. Milliseconds.
 */
const ARRIVING_MS = 600_000;
const BUILD_UP_MS = 5_000;
const DECAY_MS = 120_000;
/** Everything happens at a multiple of this. Milliseconds. */
const STEP_MS = 100;
const SAMPLE_MS = 10_000;
/**
 * The page of whoever waits looks at the public status this often, and asks again at the door that
 * often. Milliseconds.
 */
const LOOK_MS = 2_000;
const ASK_AGAIN_MS = 1_000;
/** Whoever asks so promptly is not to be overtaken by more than that. Milliseconds. */
const PROMPT_MS = LOOK_MS + ASK_AGAIN_MS;
/** How long somebody shops: half of them longer than this, and it varies by that. */
const SHOPPING = { medianMs: 75_000, spread: 0.7 };
const BUYERS = 0.8;
/** Of the others, those who wander off and let their time run out. */
const WANDER_OFF = 0.25;
const OPENING = Date.parse('2026-01-15T10:00:00Z');

/**
 * Lets a crowd through the admission that the product runs, on a clock of its own. The same seed
 * gives the same outcome.
 * @param progress called now and then with how many were called
 */
export function simulate(given: OnSale, progress: (called: number) => void = () => {}): Outcome {
  const crowd = openCrowd(given);
  const { admission } = crowd;
  const chance = seededChance(given.seed);
  const counts = arrivalsPerStep(given.arrivals, chance);
  for (let step = 0; crowd.isBusy() || step < counts.length; step++) {
    const now = OPENING + step * STEP_MS;
    const arriving = counts[step] ?? 0;
    for (let one = 0; one < arriving; one++) giveNumber(admission);
    crowd.arrivedAt.fill(step, admission.issued - arriving + 1, admission.issued + 1);
    advance(admission, crowd.rules, now);
    crowd.called(step, chance);
    crowd.act(step, now, chance);
    // A slot that fell free meanwhile calls the next one.
    crowd.called(step, chance);
    if ((step * STEP_MS) % SAMPLE_MS === 0) {
      crowd.sample(step);
      progress(admission.serving);
    }
  }
  return crowd.outcome();
}

type Chance = () => number;

function openCrowd(given: OnSale) {
  const { arrivals } = given;
  const rules: AdmissionRules = {
    ...{ admitting: true, perMinute: given.admitPerMinute, maxShoppers: given.maxShoppers },
    ...{ passMs: given.passSeconds * 1_000, claimMs: given.claimSeconds * 1_000 },
  };
  const admission = openAdmission(OPENING);
  admission.ceiling = arrivals;
  const agenda = openAgenda();
  const justCalled = watchCalls(admission.called);
  /** By number, in steps. */
  const arrivedAt = new Uint32Array(arrivals + 1);
  const waits = new Uint32Array(1_000_000);
  const samples: Sample[] = [];
  const passesPerStep: number[] = [];
  let [inversions, overtaken, mostInside, lastCalled, lastStep] = [0, 0, 0, 0, 0];
  let [bought, latestPassed, passedBefore] = [0, 0, 0];

  const ask = (number: number, step: number, now: number, chance: Chance) => {
    const account = String(number);
    const traded = trade(
      admission,
      rules,
      { account, number, place: number, passId: account },
      now,
    );
    if (traded.status === 'called') return agenda.add(step + ASK_AGAIN_MS / STEP_MS, number);
    if (traded.status !== 'admitted') throw new Error(`Number ${number} is ${traded.status}.`);
    passesPerStep[step] = (passesPerStep[step] ?? 0) + 1;
    // Passed before by somebody later, and that longer ago than a prompt shopper needs to ask.
    while (passedBefore < step - PROMPT_MS / STEP_MS)
      latestPassed = Math.max(latestPassed, highest[passedBefore++] ?? 0);
    if (latestPassed > number) overtaken++;
    highest[step] = Math.max(highest[step] ?? 0, number);
    const ms = SHOPPING.medianMs * Math.exp(SHOPPING.spread * gaussian(chance));
    const buys = chance() < BUYERS;
    if (!buys && chance() < WANDER_OFF) return;
    agenda.add(step + Math.max(1, Math.round(ms / STEP_MS)), buys ? -number : -number - arrivals);
  };
  const highest: number[] = [];

  const goOut = (code: number, now: number) => {
    const buys = -code <= arrivals;
    const account = String(buys ? -code : -code - arrivals);
    const use = { account, passId: account, reservationId: account };
    if (usePass(admission, rules, use, now) !== 'granted') return;
    settleUse(admission, { ...use, heldUntil: now }, now);
    leave(admission, [account]);
    if (buys) bought++;
  };

  return {
    ...{ admission, rules, arrivedAt },
    isBusy: () =>
      admission.serving < admission.issued ||
      admission.inside.size > 0 ||
      admission.called.size > 0,
    called: (step: number, chance: Chance) => {
      for (const number of justCalled) {
        if (number < lastCalled) inversions++;
        lastCalled = number;
        waits[Math.floor(((step - arrivedAt[number]!) * STEP_MS) / 1_000)]!++;
        if (chance() < given.noShowShare) continue;
        agenda.add(step + 1 + Math.floor((chance() * LOOK_MS) / STEP_MS), number);
      }
      justCalled.length = 0;
    },
    act: (step: number, now: number, chance: Chance) => {
      for (const code of agenda.due(step)) {
        if (code > 0) ask(code, step, now, chance);
        else goOut(code, now);
      }
      mostInside = Math.max(mostInside, admission.inside.size + admission.called.size);
      lastStep = step;
    },
    sample: (step: number) =>
      samples.push({
        ...{ at: (step * STEP_MS) / 1_000, arrived: admission.issued },
        ...{ served: admission.serving, inside: admission.inside.size },
      }),
    outcome: (): Outcome => ({
      ...{
        given,
        simulatedSeconds: (lastStep * STEP_MS) / 1_000,
        wait: percentiles(waits, arrivals),
      },
      ...{ admitted: admission.counts.admitted, noShows: admission.counts.noShows, bought },
      ...{ timedOut: admission.counts.timedOut, inversions, overtaken, mostInside, samples },
      busiestTenSeconds: busiest(passesPerStep, lastStep) / (given.admitPerMinute / 6),
    }),
  };
}

/** The places called, as they are called: whoever reads them takes them out. */
function watchCalls(called: Map<number, number>): number[] {
  const seen: number[] = [];
  const set = called.set.bind(called);
  called.set = (place, until) => {
    seen.push(place);
    return set(place, until);
  };
  return seen;
}

/** What people do next, by step: a number asks for its pass; a negative one goes out. */
function openAgenda() {
  const steps = new Map<number, number[]>();
  return {
    add: (step: number, code: number): void => {
      const due = steps.get(step);
      if (due) due.push(code);
      else steps.set(step, [code]);
    },
    /** Also what is added for this very step meanwhile. */
    *due(step: number): Generator<number> {
      const due = steps.get(step);
      if (!due) return;
      for (const code of due) yield code;
      steps.delete(step);
    },
  };
}

/**
 * How many come in each step: all of them, in the shape of the rush, with the unevenness of chance.
 */
export function arrivalsPerStep(arrivals: number, chance: Chance): Uint32Array {
  const steps = ARRIVING_MS / STEP_MS;
  const shape = Array.from({ length: steps }, (_, step) => {
    const at = step * STEP_MS;
    return Math.min(1, (at + STEP_MS) / BUILD_UP_MS) * Math.exp(-at / DECAY_MS);
  });
  let weight = shape.reduce((sum, one) => sum + one, 0);
  let left = arrivals;
  const counts = new Uint32Array(steps);
  for (let step = 0; step < steps; step++) {
    const share = step === steps - 1 ? 1 : Math.min(1, shape[step]! / weight);
    const spread = Math.sqrt(left * share * (1 - share));
    const count = Math.round(left * share + spread * gaussian(chance));
    counts[step] = Math.min(left, Math.max(0, count));
    left -= counts[step]!;
    weight -= shape[step]!;
  }
  return counts;
}

/** By Box and Muller. */
const gaussian = (chance: Chance): number =>
  Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance());

function percentiles(waits: Uint32Array, count: number): Outcome['wait'] {
  const at = (share: number): number => {
    let seen = 0;
    for (let second = 0; second < waits.length; second++) {
      seen += waits[second]!;
      if (seen >= share * count) return second;
    }
    return waits.length;
  };
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), longest: at(1) };
}

function busiest(passesPerStep: readonly number[], steps: number): number {
  const width = 10_000 / STEP_MS;
  let [sum, most] = [0, 0];
  for (let step = 0; step <= steps; step++) {
    sum += (passesPerStep[step] ?? 0) - (passesPerStep[step - width] ?? 0);
    most = Math.max(most, sum);
  }
  return most;
}
