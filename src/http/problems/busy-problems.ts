import { kind } from './problem-kind.js';

/** Refusals of a node that cannot serve just now. Part of the one table, `problem-table.ts`. */
export const BUSY_PROBLEMS = {
  'mailbox-full': kind(
    503,
    'Too many are buying at once',
    'Nothing was done. Send the same request again after `Retry-After` seconds.',
    { retryAfter: 1 },
  ),
  'too-many-conflicts': kind(
    503,
    'Too many are buying at once',
    'Nothing was done. Send the same request again after `Retry-After` seconds.',
    { retryAfter: 1 },
  ),
  'event-store-unavailable': kind(
    503,
    'The log is out of reach',
    'Nothing was done. Send the same request again after `Retry-After` seconds.',
    { retryAfter: 2 },
  ),
  'log-replaced': kind(
    503,
    'Sales are stopped',
    'The event store was restored to a different state. Nothing was changed. An operator must act before sales resume.',
    { retryAfter: 30 },
  ),
  'read-model-unavailable': kind(
    503,
    'The database is out of reach',
    'Send the same request again after `Retry-After` seconds, with the same `Idempotency-Key` if it had one.',
    { retryAfter: 2 },
  ),
  'read-model-behind': kind(
    503,
    'Not up to date yet',
    'What you have just done is not shown yet. Ask again after `Retry-After` seconds.',
    { retryAfter: 1 },
  ),
  'outcome-unknown': kind(
    503,
    'It is not known whether it was done',
    'Ask again after `Retry-After` seconds with the same `Idempotency-Key`: nothing is done twice.',
    { retryAfter: 2 },
  ),
  'token-keys-unavailable': kind(
    503,
    'Tokens cannot be checked',
    'The keys of the token issuer are out of reach. Send the same request again after `Retry-After` seconds.',
    { retryAfter: 2 },
  ),
  'too-many-streams': kind(
    503,
    'Too many live feeds',
    'Ask for `seat-status` every few seconds instead, or try the feed again after `Retry-After` seconds.',
    { retryAfter: 15 },
  ),
  'too-many-uploads': kind(
    503,
    'Too many large uploads',
    'Other large seating plans are being read. Send the same request again after `Retry-After` seconds.',
    { retryAfter: 15 },
  ),
  'search-unavailable': kind(
    503,
    'Search does not answer',
    'Try again after `Retry-After` seconds. Events, seats and sales whose address is known go on meanwhile.',
    { retryAfter: 2 },
  ),
  'not-ready': kind(
    503,
    'This node cannot serve',
    'Send requests to another node until `checks` are all `ok` here.',
    { carries: ['checks'], retryAfter: 2 },
  ),
  'shutting-down': kind(
    503,
    'This node is going down',
    'Nothing was done. Send the same request again after `Retry-After` seconds; another node will answer.',
    { retryAfter: 1 },
  ),
};
