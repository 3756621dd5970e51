import { kind, type ProblemKind } from './problem-kind.js';
import type { ProjectionRejection } from '../../ports/projection/projection-operations.js';

/** Why an operator cannot do that to a projection. */
export const PROJECTION_PROBLEMS = {
  'projection-unknown': kind(
    404,
    'Projection unknown',
    'Check the name; `GET /v1/ops/projections` lists the projections.',
  ),
  'parked-event-not-found': kind(
    404,
    'No such parked domain event',
    'It is not parked, or waits behind another of its stream; `GET /v1/ops/projections/{name}/parked` lists those that failed.',
  ),
  'rebuild-under-way': kind(
    409,
    'Rebuild under way',
    'One rebuild of a projection at a time: wait for it, or cancel it.',
  ),
  'rebuild-not-under-way': kind(409, 'No rebuild under way', 'There is nothing to cancel.'),
  'rebuild-no-difference': kind(
    409,
    'No difference to accept',
    'Only a rebuild that waits with the phase `differs` can be told to go on.',
  ),
  'nothing-to-switch-back-to': kind(
    409,
    'Nothing to switch back to',
    'No tables are kept that served before: rebuild the projection instead.',
  ),
  'log-not-replaced': kind(
    409,
    'The log was not replaced',
    'The read models were built from the current log: there is nothing to accept.',
  ),
  'parked-event-still-fails': kind(
    409,
    'It still fails',
    'Nothing was changed: the domain event fails with `error`. Mend the cause, or skip it with a reason.',
    { carries: ['error'] },
  ),
} satisfies Record<ProjectionRejection['code'] | 'log-not-replaced', ProblemKind>;
