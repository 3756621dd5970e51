import type { AdmissionRules, AdmissionView } from '../../domain/waiting-room/admission.js';
import { placeOf, stateOf, type WaitingRoom } from '../../domain/waiting-room/state.js';

/** Counters at one moment. */
export interface Sample {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly issued: number;
  readonly admitted: number;
}

/** Per minute. */
export interface RoomRates {
  readonly arrivals: number;
  readonly served: number;
}

/** Window of the measured rates. Milliseconds. */
const RATES_MS = 60_000;

/** Adds the counters of a view, and drops samples that left the window. */
export function addSample(samples: Sample[], { issued, counts }: AdmissionView, at: number): void {
  samples.push({ at, issued, admitted: counts.admitted });
  while (samples.length > 2 && (at - samples[0]!.at > RATES_MS || samples[0]!.at > at))
    samples.shift();
}

/** Returns the average over the samples; undefined before the second one. */
export function ratesOf(samples: readonly Sample[]): RoomRates | undefined {
  const [first] = samples;
  const last = samples.at(-1);
  if (!first || !last || last.at <= first.at) return undefined;
  const perMinute = (count: number) =>
    Math.max(0, Math.round((count * 60_000) / (last.at - first.at)));
  return {
    arrivals: perMinute(last.issued - first.issued),
    served: perMinute(last.admitted - first.admitted),
  };
}

/** Returns the rules that apply now. */
export function rulesOf(room: NonNullable<WaitingRoom>, now: number): AdmissionRules {
  const { admitPerMinute, maxShoppers, passSeconds, claimSeconds } = room.settings;
  return {
    admitting: stateOf(room, now) === 'open' && placeOf(room, 1) !== undefined,
    perMinute: admitPerMinute,
    maxShoppers,
    passMs: passSeconds * 1_000,
    claimMs: claimSeconds * 1_000,
  };
}

export const isShuffleDue = (room: NonNullable<WaitingRoom>, now: number): boolean =>
  stateOf(room, now) === 'open' && placeOf(room, 1) === undefined;
