import { kind } from './problem-kind.js';

/** Problems of rate limits, proof of work and limits on holds. */
export const ABUSE_PROBLEMS = {
  'proof-of-work-required': kind(
    428,
    'Proof of work required',
    'The request looks automated. Solve `challenge` (ALTCHA, version 2) and send the same ' +
      'request again with the header `Proof-Of-Work`: base64 of the JSON `{challenge, solution}`.',
    {
      carries: ['challenge'],
      whenPaying: {
        status: 403,
        detail:
          'Many payments of this account, address or card were declined. Solve `challenge` ' +
          '(ALTCHA, version 2) and send the same request again with the header `Proof-Of-Work`: ' +
          'base64 of the JSON `{challenge, solution}`.',
      },
    },
  ),
  'proof-of-work-invalid': kind(
    403,
    'Invalid proof of work',
    'The challenge was issued to another account or elsewhere, or the solution is wrong. Solve ' +
      'the new `challenge`.',
    { carries: ['challenge'] },
  ),
  'proof-of-work-expired': kind(
    403,
    'Proof of work expired',
    'The challenge was solved too late. Solve the new `challenge` within two minutes.',
    { carries: ['challenge'] },
  ),
  'proof-of-work-used': kind(
    403,
    'Proof of work already used',
    'A challenge is valid for one request. Solve the new `challenge`.',
    { carries: ['challenge'] },
  ),
  'contact-required': kind(
    403,
    'Mail address required',
    'This event accepts holds only from accounts with a mail address. Use a token with an ' +
      '`email` claim whose `email_verified` is not false.',
  ),
  'too-many-holds-of-account': kind(
    409,
    'Too many open holds of this account',
    'An account may have `limit` open holds over all events. Pay for or release a hold first.',
    { carries: ['limit'] },
  ),
  'too-many-holds-of-address': kind(
    429,
    'Too many open holds from this address',
    'All accounts at this address together may have `limit` open holds. Pay for or release a ' +
      'hold, or try again in a minute.',
    { carries: ['limit'] },
  ),
  'rate-limited': kind(
    429,
    'Too many requests',
    'The rate limit is `limit` requests a minute. Send the same request again after ' +
      '`retryAfterSeconds` seconds.',
    { carries: ['limit', 'retryAfterSeconds'] },
  ),
};
