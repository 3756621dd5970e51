import { kind } from './problem-kind.js';

/** Refusals to whoever looks into the past. Part of the one table, `problem-table.ts`. */
export const AUDIT_PROBLEMS = {
  'range-reversed': kind(
    400,
    'The end comes first',
    'Name the earlier moment as `from` and the later one as `to`.',
  ),
  'seat-not-found': kind(
    404,
    'Seat not found',
    'Check the seat id; the event’s seating plan names them all.',
  ),
  'moment-before-history': kind(
    404,
    'Before the sale was set up',
    'There was nothing yet: ask for a moment from `openedAt` on.',
    { carries: ['openedAt'] },
  ),
  'revision-not-reached': kind(
    404,
    'Revision not reached',
    'The sale has not come so far: ask for a revision up to `newest`.',
    { carries: ['newest'] },
  ),
  'audit-busy': kind(
    503,
    'Too many are looking into the past',
    'Send the same request again after `Retry-After` seconds.',
    { retryAfter: 2 },
  ),
};
