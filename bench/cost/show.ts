import { table } from '../report.js';
import {
  BARE_POST,
  countsOf,
  figuresOf,
  medianOf,
  totalCpu,
  type Comparison,
  type Measurement,
} from './compare.js';

/** A commit and its measurements of all rounds. */
export interface Shown {
  readonly checkout: { readonly commit: string; readonly modified: boolean };
  readonly rounds: readonly Measurement[];
}

const HEAD = [
  'figure',
  'per second',
  'service µs',
  'Postgres µs',
  '× bare POST',
  'provider µs',
  'event store µs',
  'generator µs',
  'p50 ms',
];
const NONE = '–';

/** The medians of a commit, and a second table of counts where there are some. */
export function sideInWords({ checkout, rounds }: Shown): string {
  const barePost = medianOf(rounds, BARE_POST, totalCpu);
  const row = (figure: string) => {
    const of = (quantity: (one: Measurement) => number) => medianOf(rounds, figure, quantity);
    const some = (quantity: 'provider' | 'eventStore' | 'generator' | 'p50') =>
      rounds.some((one) => one.figure === figure && one[quantity])
        ? of((one) => one[quantity] ?? 0)
        : NONE;
    return [
      figure,
      of(({ perSecond }) => perSecond),
      of(({ service }) => service),
      of(({ postgres }) => postgres),
      barePost > 0 ? of(totalCpu) / barePost : NONE,
      some('provider'),
      some('eventStore'),
      some('generator'),
      some('p50'),
    ];
  };
  const figures = figuresOf(rounds);
  const title = `${checkout.commit}${checkout.modified ? ', modified' : ''} (medians)`;
  const tables = [table([HEAD, ...figures.map(row)]), ...countsInWords(rounds, figures)];
  return [title, ...tables].join('\n\n');
}

function countsInWords(rounds: readonly Measurement[], figures: readonly string[]): string[] {
  const counted = figures.filter((figure) => countsOf(rounds, figure).length > 0);
  if (counted.length === 0) return [];
  const names = [...new Set(counted.flatMap((figure) => countsOf(rounds, figure)))];
  const rows = counted.map((figure) => {
    const own = countsOf(rounds, figure);
    const of = (name: string) =>
      own.includes(name) ? medianOf(rounds, figure, ({ perSale }) => perSale![name]!) : NONE;
    return [figure, ...names.map(of)];
  });
  return [table([['per sale', ...names], ...rows])];
}

export function comparisonInWords(comparison: readonly Comparison[]): string {
  const limitOf = ({ limit, exceeded }: Comparison) => {
    if (!limit) return '';
    const text = 'atLeast' in limit ? `at least ${limit.atLeast}` : `at most ${limit.atMost}`;
    return exceeded ? `${text}: EXCEEDED` : text;
  };
  const rows = comparison.map((row) => [
    row.name,
    row.before,
    row.now,
    row.ratio ?? NONE,
    limitOf(row),
  ]);
  return table([['figure', 'before', 'now', 'ratio', 'limit'], ...rows]);
}
