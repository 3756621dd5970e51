import { columns } from '../columns.js';
import type {
  Comparison,
  ParkedView,
  ProjectionView,
  RebuildView,
} from '../../ports/projection/projection-operations.js';

const count = (number: number): string => number.toLocaleString('en-US');

/** One line for each, in columns. */
export function describeProjections(projections: readonly ProjectionView[]): string {
  const head = ['projection', 'serves', 'state here', 'lag', 'parked', 'previous', 'last rebuild'];
  const rows = projections.map(
    ({ name, serving, state, lagSeconds, parked, previous, rebuild }) => [
      name,
      named(serving),
      state,
      `${lagSeconds.toFixed(lagSeconds < 10 ? 2 : 0)} s`,
      parked.failed === 0 ? '0' : `${count(parked.failed)} (${count(parked.waiting)} wait)`,
      previous ? named(previous) : '–',
      rebuild ? describeRebuild(rebuild) : '–',
    ],
  );
  return columns([head, ...rows]);
}

const named = ({ version, generation }: { version: number; generation: number }): string =>
  generation === 1 ? `v${version}` : `v${version} g${generation}`;

export function describeRebuild({
  kind,
  phase,
  done,
  total,
  perSecond,
  etaSeconds,
  error,
  ...of
}: RebuildView): string {
  const what = `${kind} to ${named(of)} by ${of.startedBy}: ${phase}`;
  const at = total === null ? count(done) : `${count(done)} of ${count(total)}`;
  const left = etaSeconds === null ? '' : `, ${etaSeconds} s left`;
  const way =
    of.endedAt === null
      ? `, ${at} domain events, ${count(perSecond)}/s${left}`
      : `, ${at} domain events`;
  return `${what}${way}${error === null ? '' : ` (interrupted, tried again: ${error})`}`;
}

/** The keys under which old and new are not the same. */
export function describeComparison({ tables }: Comparison): string {
  return tables
    .filter(({ differing }) => differing.length > 0)
    .flatMap(({ table, oldRows, newRows, differing }) => [
      `${table}: ${count(oldRows)} rows before, ${count(newRows)} rebuilt; the first that differ:`,
      ...differing.map(({ key, in: where }) => {
        const named = key.map(({ column, value }) => `${column} ${value}`).join(', ');
        return `  ${named}: ${where === 'both' ? 'not the same' : `only in the ${where} table`}`;
      }),
    ])
    .join('\n');
}

export function describeParked(parked: readonly ParkedView[]): string {
  if (parked.length === 0) return 'Nothing is parked.';
  return parked
    .map(
      ({ id, stream, revision, type, error, attempts, parkedAt, waiting }) =>
        `${id}  ${type} ${stream}@${revision}, ${parkedAt}, tried ${attempts} times, ${count(waiting)} wait behind it\n  ${error}`,
    )
    .join('\n');
}
