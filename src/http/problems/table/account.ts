import { kind } from './problem-kind.js';

/** Problems with the token of a request or the roles of its account. */
export const ACCOUNT_PROBLEMS = {
  'token-missing': kind(
    401,
    'Token missing',
    'This call needs an account. Send a token in the header `Authorization: Bearer <token>`.',
  ),
  'token-invalid': kind(
    401,
    'Invalid token',
    'The token is malformed, lacks a required claim, or is not signed by the configured issuer. ' +
      'Sign in again and send the new token.',
  ),
  'token-expired': kind(
    401,
    'Token expired',
    'The token has expired. Sign in again and send the new token.',
  ),
  'role-required': kind(
    403,
    'Role required',
    'The account has none of the roles in `requiredRoles`. Use an account that has one of them.',
    { carries: ['requiredRoles'] },
  ),
  'token-keys-unavailable': kind(
    503,
    'Token keys unavailable',
    'The keys of the token issuer cannot be fetched, so the token cannot be verified. Send the ' +
      'same request again after `Retry-After` seconds.',
    { retryAfter: 2 },
  ),
};
