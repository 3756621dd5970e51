import { setTimeout as pause } from 'node:timers/promises';

/** Numbers of domain events, statements and so on, by name. */
export type Counts = Readonly<Record<string, number>>;

/** All that was counted until a time in milliseconds. */
export interface Sample {
  readonly at: number;
  readonly counts: Counts;
}

/** Long enough for a few rounds of polling. Milliseconds. */
const IDLE_MS = 3_000;

/**
 * Counts what some work adds, without the polling of a service that has nothing to do.
 * @param take counts all so far; without it nothing is counted
 */
export async function counted<Result>(
  take: (() => Promise<Counts>) | undefined,
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly counts?: Counts }> {
  if (!take) return { result: await work() };
  const sample = async (): Promise<Sample> => ({ at: performance.now(), counts: await take() });
  const idle = await sample();
  await pause(IDLE_MS);
  const before = await sample();
  const result = await work();
  return { result, counts: beyondIdle(idle, before, await sample()) };
}

/** Counts from `before` to `after`, less those of an idle service in the same time. */
export function beyondIdle(idle: Sample, before: Sample, after: Sample): Counts {
  const times = (after.at - before.at) / (before.at - idle.at);
  return mapped(after.counts, (count, name) => {
    const idleCount = before.counts[name]! - idle.counts[name]!;
    return count - before.counts[name]! - idleCount * times;
  });
}

export const perSale = (counts: Counts, sales: number): Counts =>
  mapped(counts, (count) => count / sales);

const mapped = (counts: Counts, to: (count: number, name: string) => number): Counts =>
  Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, to(count, name)]));
