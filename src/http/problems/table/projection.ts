import { kind, type ProblemKind } from './problem-kind.js';
import type { ProjectionRejection } from '../../../ports/projection/projection-operations.js';

/** Problems of an operator's calls on projections and the log. */
export const PROJECTION_PROBLEMS = {
  'projection-unknown': kind(
    404,
    'Projection not found',
    'No projection has this name. `GET /v1/ops/projections` lists the projections.',
  ),
  'parked-event-not-found': kind(
    404,
    'Parked domain event not found',
    'The domain event is not parked, or waits for an earlier one of its stream. ' +
      '`GET /v1/ops/projections/{name}/parked` lists the domain events that failed.',
  ),
  'rebuild-under-way': kind(
    409,
    'Rebuild in progress',
    'A projection can have one rebuild at a time. Wait for the current rebuild, or cancel it.',
  ),
  'rebuild-not-under-way': kind(
    409,
    'No rebuild in progress',
    'The projection has no rebuild to cancel.',
  ),
  'rebuild-no-difference': kind(
    409,
    'No difference to accept',
    'A difference can be accepted only while the rebuild waits in the phase `differs`.',
  ),
  'nothing-to-switch-back-to': kind(
    409,
    'No previous tables',
    'The previous tables of the projection are no longer kept. Rebuild the projection instead.',
  ),
  'log-not-replaced': kind(
    409,
    'Log not replaced',
    'The read models were built from the current log, so there is no other log to accept.',
  ),
  'parked-event-still-fails': kind(
    409,
    'Parked domain event still fails',
    'The domain event still fails with `error`. Nothing was changed. Remove the cause, or skip ' +
      'the domain event with a reason.',
    { carries: ['error'] },
  ),
} satisfies Record<ProjectionRejection['code'] | 'log-not-replaced', ProblemKind>;
