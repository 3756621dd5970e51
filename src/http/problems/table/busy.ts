import { kind } from './problem-kind.js';

const RETRY = 'Nothing was changed. Send the same request again after `Retry-After` seconds.';

/** Problems of a node that is overloaded, is shutting down, or lacks a service. */
export const BUSY_PROBLEMS = {
  'mailbox-full': kind(
    503,
    'Too many requests for this event',
    `Too many requests for this event are waiting. ${RETRY}`,
    { retryAfter: 1 },
  ),
  'too-many-conflicts': kind(
    503,
    'Too many conflicting requests',
    `Other requests changed the same record at the same time. ${RETRY}`,
    { retryAfter: 1 },
  ),
  'event-store-unavailable': kind(
    503,
    'Event store unavailable',
    `The event store does not answer. ${RETRY}`,
    { retryAfter: 2 },
  ),
  'log-replaced': kind(
    503,
    'Sales stopped',
    'The event store was restored to a different state. Nothing was changed. An operator must ' +
      'act before sales resume.',
    { retryAfter: 30 },
  ),
  'read-model-unavailable': kind(
    503,
    'Database unavailable',
    'The database does not answer. Send the same request again after `Retry-After` seconds, with ' +
      'the same `Idempotency-Key` if the request had one.',
    { retryAfter: 2 },
  ),
  'read-model-behind': kind(
    503,
    'Not up to date yet',
    'The requested revision is not visible yet. Send the same request again after `Retry-After` ' +
      'seconds.',
    { retryAfter: 1 },
  ),
  'outcome-unknown': kind(
    503,
    'Outcome unknown',
    'The event store did not confirm the change, which may or may not be stored. Send the same ' +
      'request again after `Retry-After` seconds with the same `Idempotency-Key`: nothing is ' +
      'done twice.',
    { retryAfter: 2 },
  ),
  'too-many-streams': kind(
    503,
    'Too many live feeds',
    'This node has no free live feed for this address. Request `seat-status` every few seconds ' +
      'instead, or try again after `Retry-After` seconds.',
    { retryAfter: 15 },
  ),
  'too-many-uploads': kind(
    503,
    'Too many large uploads',
    'Other large seating plans are being read. Send the same request again after `Retry-After` ' +
      'seconds.',
    { retryAfter: 15 },
  ),
  'search-unavailable': kind(
    503,
    'Search unavailable',
    'The search does not answer. Try again after `Retry-After` seconds. Events, seats and sales ' +
      'are available by id meanwhile.',
    { retryAfter: 2 },
  ),
  'not-ready': kind(
    503,
    'Node not ready',
    'A service that this node needs is not `ok` in `checks`. Send requests to another node.',
    { carries: ['checks'], retryAfter: 2 },
  ),
  'shutting-down': kind(
    503,
    'Node shutting down',
    'This node is shutting down. Nothing was changed. Send the same request again after ' +
      '`Retry-After` seconds; another node will answer.',
    { retryAfter: 1 },
  ),
};
