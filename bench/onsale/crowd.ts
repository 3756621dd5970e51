import {
  openAdmission,
  type Admission,
  type AdmissionRules,
} from '../../src/domain/waiting-room/admission.js';
import { leave, settleUse, trade, usePass } from '../../src/domain/waiting-room/numbers.js';
import { gaussian, STEP_MS, type Chance } from './arrivals.js';
import type { OnSale, Outcome, Sample } from './model.js';

/** Pause between two reads of the public status, and two requests for a pass. Milliseconds. */
const LOOK_MS = 2_000;
const ASK_AGAIN_MS = 1_000;
/** A shopper who asks this promptly must not be overtaken by more than that. Milliseconds. */
const PROMPT_MS = LOOK_MS + ASK_AGAIN_MS;
/** Log-normal duration of shopping. */
const SHOPPING = { medianMs: 75_000, spread: 0.7 };
const BUYERS = 0.8;
/** Share of those who buy nothing that let their time run out. */
const WANDER_OFF = 0.25;
export const OPENING = Date.parse('2026-01-15T10:00:00Z');

/** All who have a number: they wait, fetch their passes, shop and leave. */
export class Crowd {
  readonly admission: Admission = openAdmission(OPENING);
  readonly rules: AdmissionRules;
  /** By number, in steps. */
  readonly arrivedAt: Uint32Array;
  private readonly agenda = openAgenda();
  private readonly justCalled = watchCalls(this.admission.called);
  private readonly waits = new Uint32Array(1_000_000);
  private readonly samples: Sample[] = [];
  private readonly passesPerStep: number[] = [];
  /** Highest number that got a pass, by step. */
  private readonly highest: number[] = [];
  private inversions = 0;
  private overtaken = 0;
  private mostInside = 0;
  private lastCalled = 0;
  private lastStep = 0;
  private bought = 0;
  private latestPassed = 0;
  private passedBefore = 0;

  constructor(
    private readonly given: OnSale,
    readonly chance: Chance,
  ) {
    this.rules = {
      ...{ admitting: true, perMinute: given.admitPerMinute, maxShoppers: given.maxShoppers },
      ...{ passMs: given.passSeconds * 1_000, claimMs: given.claimSeconds * 1_000 },
    };
    this.admission.ceiling = given.arrivals;
    this.arrivedAt = new Uint32Array(given.arrivals + 1);
  }

  isBusy(): boolean {
    const { serving, issued, inside, called } = this.admission;
    return serving < issued || inside.size > 0 || called.size > 0;
  }

  /** Records the numbers that were just called; all but the no-shows will fetch their passes. */
  schedulePasses(step: number): void {
    for (const number of this.justCalled) {
      if (number < this.lastCalled) this.inversions++;
      this.lastCalled = number;
      this.waits[Math.floor(((step - this.arrivedAt[number]!) * STEP_MS) / 1_000)]!++;
      if (this.chance() < this.given.noShowShare) continue;
      this.agenda.add(step + 1 + Math.floor((this.chance() * LOOK_MS) / STEP_MS), number);
    }
    this.justCalled.length = 0;
  }

  act(step: number, now: number): void {
    for (const code of this.agenda.due(step)) {
      if (code > 0) this.fetchPass(code, step, now);
      else this.endVisit(code, now);
    }
    const { inside, called } = this.admission;
    this.mostInside = Math.max(this.mostInside, inside.size + called.size);
    this.lastStep = step;
  }

  private fetchPass(number: number, step: number, now: number): void {
    const account = String(number);
    const request = { account, number, place: number, passId: account };
    const traded = trade(this.admission, this.rules, request, now);
    if (traded.status === 'called') return this.agenda.add(step + ASK_AGAIN_MS / STEP_MS, number);
    if (traded.status !== 'admitted') throw new Error(`Number ${number} is ${traded.status}.`);
    this.countPass(number, step);
    const ms = SHOPPING.medianMs * Math.exp(SHOPPING.spread * gaussian(this.chance));
    const buys = this.chance() < BUYERS;
    if (!buys && this.chance() < WANDER_OFF) return;
    const code = buys ? -number : -number - this.given.arrivals;
    this.agenda.add(step + Math.max(1, Math.round(ms / STEP_MS)), code);
  }

  private countPass(number: number, step: number): void {
    const { highest, passesPerStep } = this;
    passesPerStep[step] = (passesPerStep[step] ?? 0) + 1;
    // Only passes that are older than a prompt shopper needs to ask count as overtaking.
    while (this.passedBefore < step - PROMPT_MS / STEP_MS)
      this.latestPassed = Math.max(this.latestPassed, highest[this.passedBefore++] ?? 0);
    if (this.latestPassed > number) this.overtaken++;
    highest[step] = Math.max(highest[step] ?? 0, number);
  }

  private endVisit(code: number, now: number): void {
    const { arrivals } = this.given;
    const buys = -code <= arrivals;
    const account = String(buys ? -code : -code - arrivals);
    const use = { account, passId: account, reservationId: account };
    if (usePass(this.admission, this.rules, use, now) !== 'granted') return;
    settleUse(this.admission, { ...use, heldUntil: now }, now);
    leave(this.admission, [account]);
    if (buys) this.bought++;
  }

  sample(step: number): void {
    const { issued: arrived, serving: served, inside } = this.admission;
    this.samples.push({ at: (step * STEP_MS) / 1_000, arrived, served, inside: inside.size });
  }

  outcome(): Outcome {
    const { given, lastStep, bought, inversions, overtaken, mostInside, samples } = this;
    const { admitted, noShows, timedOut } = this.admission.counts;
    return {
      given,
      simulatedSeconds: (lastStep * STEP_MS) / 1_000,
      wait: percentiles(this.waits, given.arrivals),
      ...{ admitted, noShows, bought, timedOut, inversions, overtaken, mostInside, samples },
      busiestTenSeconds: busiest(this.passesPerStep, lastStep) / (given.admitPerMinute / 6),
    };
  }
}

/** Returns a list to which each called place is added; the reader empties it. */
function watchCalls(called: Map<number, number>): number[] {
  const seen: number[] = [];
  const set = called.set.bind(called);
  called.set = (place, until) => {
    seen.push(place);
    return set(place, until);
  };
  return seen;
}

/** Actions by step: a positive number asks for its pass, a negative one leaves. */
function openAgenda() {
  const steps = new Map<number, number[]>();
  return {
    add: (step: number, code: number): void => {
      const due = steps.get(step);
      if (due) due.push(code);
      else steps.set(step, [code]);
    },
    /** Includes what is added for this step meanwhile. */
    *due(step: number): Generator<number> {
      const due = steps.get(step);
      if (!due) return;
      for (const code of due) yield code;
      steps.delete(step);
    },
  };
}

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
