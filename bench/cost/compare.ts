import { median } from '../report.js';
import type { Counts } from './counts.js';

/** CPU is in microseconds per request, or per command of the engine. */
export interface Measurement {
  readonly figure: string;
  readonly perSecond: number;
  readonly service: number;
  readonly postgres: number;
  /** CPU time of the payment provider. */
  readonly provider?: number;
  /** CPU time of the node of EventStoreDB. */
  readonly eventStore?: number;
  /** CPU time of the load generator; none for the engine. */
  readonly generator?: number;
  /** Half of all answers came within this time. Milliseconds. */
  readonly p50?: number;
  /** Counts and times of a sale. */
  readonly perSale?: Counts;
}

export interface Comparison {
  readonly name: string;
  /** Medians of the rounds. */
  readonly before: number;
  readonly now: number;
  /** Now ÷ before; unset where before is 0. */
  readonly ratio?: number;
  /** Unset for a figure that is only shown. */
  readonly limit?: { readonly atLeast: number } | { readonly atMost: number };
  readonly exceeded: boolean;
}

/**
 * The bare routes are the same code in both commits: their ratio shows how steady the machine was.
 */
export const BARE_GET = 'bare-get';
export const BARE_POST = 'bare-post';
const BARE = [BARE_GET, BARE_POST];
export const MIN_RATE_RATIO = 0.95;
export const MAX_CPU_RATIO = 1.05;

export type Quantity = (measurement: Measurement) => number;

export const totalCpu: Quantity = ({ service, postgres }) => service + postgres;

/** The median over all rounds of a figure. */
export function medianOf(
  measurements: readonly Measurement[],
  figure: string,
  quantity: Quantity,
): number {
  return median(measurements.filter((one) => one.figure === figure).map(quantity));
}

export const figuresOf = (measurements: readonly Measurement[]): string[] => [
  ...new Set(measurements.map(({ figure }) => figure)),
];

/**
 * Compares each figure's rate and CPU, and holds them to the limits unless the figure is a bare
 * route.
 */
export function compare(before: readonly Measurement[], now: readonly Measurement[]): Comparison[] {
  const row = (figure: string, name: string, quantity: Quantity, limit?: Comparison['limit']) =>
    judge(
      `${figure}, ${name}`,
      medianOf(before, figure, quantity),
      medianOf(now, figure, quantity),
      BARE.includes(figure) ? undefined : limit,
    );
  return figuresOf(now).flatMap((figure) => [
    row(figure, 'per second', ({ perSecond }) => perSecond, { atLeast: MIN_RATE_RATIO }),
    row(figure, 'CPU µs', totalCpu, { atMost: MAX_CPU_RATIO }),
    row(figure, 'of the service', ({ service }) => service),
    row(figure, 'of Postgres', ({ postgres }) => postgres),
    ...(now.some((one) => one.figure === figure && one.p50 !== undefined)
      ? [row(figure, 'p50 ms', ({ p50 }) => p50 ?? 0)]
      : []),
    ...countsOf(now, figure).map((name) =>
      row(figure, `${name} per sale`, ({ perSale }) => perSale?.[name] ?? 0),
    ),
  ]);
}

/** Names of the counts of a figure. */
export const countsOf = (measurements: readonly Measurement[], figure: string): string[] =>
  Object.keys(measurements.find((one) => one.figure === figure)?.perSale ?? {});

function judge(name: string, before: number, now: number, limit: Comparison['limit']): Comparison {
  const ratio = before === 0 ? undefined : now / before;
  return { name, before, now, ratio, limit, exceeded: isExceeded(ratio, limit) };
}

/** A figure that has a limit and can't be compared exceeds it. */
function isExceeded(ratio: number | undefined, limit: Comparison['limit']): boolean {
  if (!limit) return false;
  if (ratio === undefined) return true;
  return 'atLeast' in limit ? ratio < limit.atLeast : ratio > limit.atMost;
}
