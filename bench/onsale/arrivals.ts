/** Arrivals take ten minutes: a rush that builds up for some seconds, then decays. Milliseconds. */
const ARRIVING_MS = 600_000;
const BUILD_UP_MS = 5_000;
const DECAY_MS = 120_000;
/** Everything happens at a multiple of this. Milliseconds. */
export const STEP_MS = 100;

export type Chance = () => number;

/** Returns the random number of arrivals in each step; together they are `arrivals`. */
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

/** Box-Muller transform. */
export const gaussian = (chance: Chance): number =>
  Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance());
