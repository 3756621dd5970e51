import { kind } from './problem-kind.js';

/** Problems of the audit routes. */
export const AUDIT_PROBLEMS = {
  'range-reversed': kind(
    400,
    'Range reversed',
    'The range ends before its start. Send the earlier moment as `from` and the later one as `to`.',
  ),
  'seat-not-found': kind(
    404,
    'Seat not found',
    "The event's seating plan has no seat with this id. Check the id in the seating plan.",
  ),
  'moment-before-history': kind(
    404,
    'Before the first domain event',
    'The sale has no domain events before `openedAt`. Choose that moment or a later one.',
    { carries: ['openedAt'] },
  ),
  'revision-not-reached': kind(
    404,
    'Revision not reached',
    'The newest revision of the sale is `newest`. Choose that revision or an earlier one.',
    { carries: ['newest'] },
  ),
  'audit-busy': kind(
    503,
    'Too many audit requests',
    'Other audit requests are being processed. Send the same request again after `Retry-After` ' +
      'seconds.',
    { retryAfter: 2 },
  ),
};
