import { columns } from '../columns.js';
import type {
  Comparison,
  ParkedView,
  ProjectionView,
  RebuildView,
} from '../../ports/projection/projection-operations.js';

const count = (number: number): string => number.toLocaleString('en-US');

/** Formats one line for each projection, in columns. */
export function describeProjections(projections: readonly ProjectionView[]): string {
  const head = ['projection', 'serves', 'state here', 'lag', 'parked', 'previous', 'last rebuild'];
  const rows = projections.map(
    ({ name, serving, state, lagSeconds, parked, previous, rebuild }) => [
      name,
      named(serving),
      state,
      `${lagSeconds.toFixed(lagSeconds < 10 ? 2 : 0)} s`,
      parked.failed === 0 ? '0' : `${count(parked.failed)} (${count(parked.waiting)} waiting)`,
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
  const title = `${kind} to ${named(of)} by ${of.startedBy}: ${phase}`;
  const at = total === null ? count(done) : `${count(done)} of ${count(total)}`;
  const left = etaSeconds === null ? '' : `, ${etaSeconds} s left`;
  const progress =
    of.endedAt === null
      ? `, ${at} domain events, ${count(perSecond)}/s${left}`
      : `, ${at} domain events`;
  return `${title}${progress}${error === null ? '' : ` (interrupted, will be retried: ${error})`}`;
}

/** Lists the keys whose rows differ between the old and the rebuilt tables. */
export function describeComparison({ tables }: Comparison): string {
  return tables
    .filter(({ differing }) => differing.length > 0)
    .flatMap(({ table, oldRows, newRows, differing }) => [
      `${table}: ${count(oldRows)} rows before, ${count(newRows)} rebuilt; first differences:`,
      ...differing.map(({ key, in: where }) => {
        const named = key.map(({ column, value }) => `${column} ${value}`).join(', ');
        return `  ${named}: ${where === 'both' ? 'differs' : `only in the ${where} table`}`;
      }),
    ])
    .join('\n');
}

export function describeParked(parked: readonly ParkedView[]): string {
  if (parked.length === 0) return 'No domain events are parked.';
  return parked
    .map(
      ({ id, stream, revision, type, error, attempts, parkedAt, waiting }) =>
        `${id}  ${type} ${stream}@${revision}, ${parkedAt}, ${attempts} attempts, ` +
        `${count(waiting)} events waiting for it\n  ${error}`,
    )
    .join('\n');
}
