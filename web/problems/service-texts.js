import { explanation, fixed, OUTDATED_PAGE } from './explanation.js';

/** @typedef {import('./explanation.js').Explain} Explain */

const BUSY = fixed(
  'The box office is very busy',
  'Nothing was changed or charged. Please try again.',
  'retry',
);
const DOWN = fixed(
  'The box office is not available',
  'Nothing was changed or charged. Please try again in a minute.',
  'retry',
);
const SIGNED_OUT = fixed(
  'You are not signed in',
  'Your sign-in has ended. Reload the page and try again.',
  'reload',
);
const PROOF_FAILED = fixed(
  'Your browser could not be checked',
  'The check of your browser did not succeed. Please try again.',
  'retry',
);

/** @type {Explain} */
function validationFailed(problem) {
  const errors = problem.body?.errors ?? [];
  if (!errors.some((/** @type {any} */ { path }) => path === '/email'))
    return OUTDATED_PAGE(problem);
  return explanation(
    'This email address is not valid',
    'Correct the email address and try again. Nothing was charged.',
  );
}

/** @type {Record<string, Explain>} */
export const TICKET_TEXTS = {
  'ticket-not-found': fixed('This ticket was not found', 'Reload the page.', 'reload'),
  'ticket-refunded': fixed('This ticket was refunded', 'It is no longer valid.'),
  'ticket-exchanged': fixed(
    'This ticket was exchanged',
    'Your new ticket is in My reservations.',
    'reservations',
  ),
  'ticket-already-redeemed': fixed('This ticket was used', 'The ticket was already checked in.'),
  'printer-busy': fixed(
    'Many tickets are being printed',
    'Try again in a few seconds. Your tickets are safe.',
    'retry',
  ),
};

/** @type {Record<string, Explain>} */
export const SERVICE_TEXTS = {
  'no-account': fixed('You are not signed in', 'Sign in to hold seats.', 'retry'),
  offline: fixed(
    'No connection',
    'Your selection is kept. Check the connection and try again.',
    'retry',
  ),
  'token-missing': SIGNED_OUT,
  'token-invalid': SIGNED_OUT,
  'token-expired': SIGNED_OUT,
  'role-required': fixed(
    'This account cannot buy tickets',
    'Sign in with a customer account to hold and buy seats.',
  ),
  'rate-limited': fixed('Too many requests', 'Wait a moment and try again.', 'retry'),
  'proof-of-work-required': PROOF_FAILED,
  'proof-of-work-invalid': PROOF_FAILED,
  'proof-of-work-expired': PROOF_FAILED,
  'proof-of-work-used': PROOF_FAILED,
  'mailbox-full': BUSY,
  'too-many-conflicts': BUSY,
  'event-store-unavailable': DOWN,
  'read-model-unavailable': DOWN,
  'token-keys-unavailable': DOWN,
  'log-replaced': fixed(
    'Sales are stopped',
    'The box office has to solve a problem first. Nothing was charged. Try again later.',
  ),
  'read-model-behind': fixed(
    'Not up to date yet',
    'Your last change is not shown yet. Try again in a few seconds.',
    'retry',
  ),
  'search-unavailable': fixed(
    'The search does not answer',
    'Try again in a minute. Links to events still work.',
    'retry',
  ),
  'not-found': OUTDATED_PAGE,
  'validation-failed': validationFailed,
  'url-malformed': OUTDATED_PAGE,
  'body-malformed': OUTDATED_PAGE,
  'body-too-large': OUTDATED_PAGE,
  'media-type-unsupported': OUTDATED_PAGE,
  'cursor-invalid': OUTDATED_PAGE,
  'idempotency-key-missing': OUTDATED_PAGE,
  'idempotency-key-invalid': OUTDATED_PAGE,
};
