import { kind } from './problem-kind.js';

/** Refusals of what protects a sale from machines. Part of the one table, `problem-table.ts`. */
export const PROTECTION_PROBLEMS = {
  'proof-of-work-required': kind(
    428,
    'Some work first',
    'Solve `challenge` (ALTCHA, version 2) and send the same request again with the header `Proof-Of-Work`: base64 of the JSON `{challenge, solution}`.',
    {
      carries: ['challenge'],
      whenPaying: {
        status: 403,
        detail:
          'Many payments of this account, address or card were declined. Solve `challenge` (ALTCHA, version 2) and send the same request again with the header `Proof-Of-Work`: base64 of the JSON `{challenge, solution}`.',
      },
    },
  ),
  'proof-of-work-invalid': kind(
    403,
    'Work not right',
    'Solve the new `challenge`: this one was not made here for this account, or its solution is wrong.',
    { carries: ['challenge'] },
  ),
  'proof-of-work-expired': kind(
    403,
    'Work too late',
    'Solve the new `challenge` within two minutes.',
    {
      carries: ['challenge'],
    },
  ),
  'proof-of-work-used': kind(
    403,
    'Work used before',
    'Solve the new `challenge`: each is good for one request.',
    {
      carries: ['challenge'],
    },
  ),
  'contact-required': kind(
    403,
    'Mail address required',
    'This event accepts holds only from accounts with a mail address. Use a token with an `email` claim whose `email_verified` is not false.',
  ),
  'too-many-holds-of-account': kind(
    409,
    'Too many open holds',
    'Pay for or release a hold first: an account may have `limit` at once, over all events.',
    { carries: ['limit'] },
  ),
  'too-many-holds-of-address': kind(
    429,
    'Too many open holds here',
    'From this address `limit` holds are open, by all who share it. Pay for or release one, or try again in a minute.',
    { carries: ['limit'] },
  ),
  'rate-limited': kind(
    429,
    'Too many requests',
    'Send no more than `limit` in a minute; send the same request again after `retryAfterSeconds`.',
    { carries: ['limit', 'retryAfterSeconds'] },
  ),
};
